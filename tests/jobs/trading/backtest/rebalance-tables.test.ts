import { describe, expect, it } from 'vitest';
import type { RebalanceRun } from '../../../../jobs/trading/backtest/rebalance-run.ts';
import { simulateRebalance } from '../../../../jobs/trading/backtest/simulate-rebalance.ts';
import type { BacktestSettings } from '../../../../jobs/trading/backtest/settings.ts';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { paramsSchema } from '../../../../jobs/trading/rebalance/params.ts';
import {
  pairOf,
  settingsOf,
  tableOf,
  type TableRow,
  type TableSettings,
} from '../../../support/backtest-tables.ts';

const flat = (price: number): TableRow => [price, price, price, price];

type Terms = TableSettings & { weights: string } & Partial<
    Record<'at_least_candles' | 'at_most_candles' | 'min_trade', number>
  >;

function termsOf({
  weights,
  at_least_candles,
  at_most_candles,
  min_trade,
  ...change
}: Terms): BacktestSettings {
  const params = paramsSchema.parse({ weights, at_least_candles, at_most_candles, min_trade });
  const lots = { lotSize: money('0.0001'), tickSize: money('0.01'), arithmetic: 'exact' as const };
  return settingsOf({ strategy: 'REBALANCE', params, fee: money('0.001'), ...lots, ...change });
}

/** What filled in each minute, and what is free at its close. */
function table(
  pairs: Record<string, readonly TableRow[]>,
  terms: Terms,
  firstMinute: Record<string, number> = {},
) {
  const told: [fills: string, free: string][] = [];
  let known = 0;
  const given = Object.entries(pairs).map(([symbol, rows]) =>
    pairOf(tableOf(rows, firstMinute[symbol]), symbol),
  );
  const result = simulateRebalance(given, termsOf(terms), (run: RebalanceRun) => {
    const fills = run.fills.slice(known).map(({ symbol, fill }) => {
      const verb = fill.side === 'BUY' ? 'buys' : 'sells';
      return `${verb} ${fill.quantity.toFixed()} ${symbol} @ ${fill.price.toFixed()}`;
    });
    known = run.fills.length;
    told.push([fills.join(', '), run.cash.toFixed()]);
  });
  return { told, result };
}

describe('rebalancing on a candle table', () => {
  it('buys its weights at the open after its first close, and brings them back after a drift', () => {
    const { told, result } = table(
      {
        'A/X': [flat(10), flat(10), [10, 14, 10, 14], flat(14), flat(14), flat(14)],
        'B/X': [flat(5), flat(5), flat(5), flat(5), flat(5), flat(5)],
      },
      { weights: 'A/X:50, B/X:30', fee: money(0) },
    );
    expect(told).toEqual([
      ['', '1000'],
      ['buys 50 A/X @ 10, buys 60 B/X @ 5', '200'],
      // A is now 700 of 1,200: 58.3 % of 50 %, and B 25 % of 30 %.
      ['', '200'],
      ['sells 7.1428 A/X @ 14, buys 12 B/X @ 5', '239.9992'],
      ['', '239.9992'],
      ['sells 42.8572 A/X @ 14, sells 72 B/X @ 5', '1200'],
    ]);
    expect(
      result.trades.map(({ symbol, entryTimeMs, exitTimeMs, quantity, pnl, exitReason }) => [
        symbol,
        entryTimeMs / 60_000,
        exitTimeMs / 60_000,
        quantity,
        Number(pnl.toFixed(4)),
        exitReason,
      ]),
    ).toEqual([
      ['A/X', 1, 3, 7.1428, 28.5712, 'signal'],
      ['A/X', 1, 5, 42.8572, 171.4288, 'end'],
      ['B/X', 1, 5, 60, 0, 'end'],
      ['B/X', 3, 5, 12, 0, 'end'],
    ]);
    expect([...result.curve.equity]).toEqual([1_000, 1_000, 1_200, 1_200, 1_200, 1_200]);
    expect([result.candles, result.heldCandles]).toEqual([12, 8]);
  });

  it('takes fees of buys from what is bought, those of sales from what they bring, and slippage on each', () => {
    const { told } = table(
      { 'A/X': [flat(10), flat(10), flat(20), flat(20), flat(20)] },
      { weights: 'A/X:50', slippageBps: 100 },
    );
    expect(told).toEqual([
      ['', '1000'],
      ['buys 50 A/X @ 10.1', '495'],
      // 49.95 are 999 of 1,494.
      ['', '495'],
      ['sells 12.6 A/X @ 19.8', '744.23052'],
      ['sells 37.35 A/X @ 20', '1490.48352'],
    ]);
  });

  it('buys at the next candle what waits for the sales of this one, and then leaves it', () => {
    const { told } = table(
      {
        'A/X': [flat(10), flat(10), flat(20), flat(20), flat(20), flat(20), flat(20)],
        'B/X': [flat(10), flat(10), flat(10), flat(10), flat(10), flat(10), flat(10)],
      },
      { weights: 'A/X:48, B/X:48', fee: money(0) },
    );
    expect(told).toEqual([
      ['', '1000'],
      ['buys 48 A/X @ 10, buys 48 B/X @ 10', '40'],
      ['', '40'],
      // 960 and 480 of 1,480, and 40 free: B wants 230.4, and gets what is free less a reserve of 1 %.
      ['sells 12.48 A/X @ 20, buys 3.9603 B/X @ 10', '249.997'],
      ['buys 19.0797 B/X @ 10', '59.2'],
      ['', '59.2'],
      ['sells 35.52 A/X @ 20, sells 71.04 B/X @ 10', '1480'],
    ]);
  });

  it('acts every so many candles whatever the drift, and not more often than it is told', () => {
    const slow = [flat(10), flat(10), flat(10.2), flat(10.4), flat(10.6), flat(10.8), flat(11)];
    const due = table(
      { 'A/X': slow },
      { weights: 'A/X:50', fee: money(0), at_least_candles: 3, min_trade: 1 },
    );
    expect(due.told.map(([fills]) => fills !== '')).toEqual([false, true, false, false, true, false, true]);
    const wild = [10, 10, 20, 40, 80, 160, 160].map(flat);
    const calm = table({ 'A/X': wild }, { weights: 'A/X:50', fee: money(0), at_most_candles: 4 });
    expect(calm.told.map(([fills]) => fills !== '')).toEqual([false, true, false, false, false, true, true]);
  });

  it('leaves the share of a pair free before its first candle, and sells it at its last', () => {
    const { told } = table(
      {
        'A/X': [flat(10), flat(10), flat(10), flat(10), flat(10), flat(10)],
        'B/X': [flat(5), flat(5), flat(5)],
      },
      { weights: 'A/X:40, B/X:40', fee: money(0) },
      { 'B/X': 2 },
    );
    expect(told).toEqual([
      ['', '1000'],
      ['buys 40 A/X @ 10', '600'],
      ['', '600'],
      ['buys 80 B/X @ 5', '200'],
      ['sells 80 B/X @ 5', '600'],
      ['sells 40 A/X @ 10', '1000'],
    ]);
  });

  it('fills an order at the next candle of its own pair, and decides nothing before that', () => {
    const whole = tableOf([flat(10), flat(10), flat(20), flat(20), flat(20), flat(20)]);
    const holed = tableOf([flat(10), flat(10), flat(10), flat(10), flat(10), flat(10)]);
    const minutes = (candles: typeof whole, kept: number[]) => {
      const keep = (column: Float64Array) => Float64Array.from(kept, (at) => column[at] ?? NaN);
      return {
        openTimeMs: keep(candles.openTimeMs),
        open: keep(candles.open),
        high: keep(candles.high),
        low: keep(candles.low),
        close: keep(candles.close),
        volume: keep(candles.volume),
      };
    };
    const pairs = [pairOf(whole, 'A/X'), pairOf(minutes(holed, [0, 3, 4, 5]), 'B/X')];
    const fills: string[] = [];
    simulateRebalance(pairs, termsOf({ weights: 'A/X:40, B/X:40', fee: money(0) }), (run, timeMs) => {
      const minute = timeMs / 60_000;
      for (const { symbol, fill } of run.fills.slice(fills.length))
        fills.push(`${minute} ${fill.side} ${symbol}`);
    });
    expect(fills).toEqual(['1 BUY A/X', '3 BUY B/X', '4 SELL A/X', '4 BUY B/X', '5 SELL A/X', '5 SELL B/X']);
  });

  it('drops a buy that a gap makes dearer than what there is, and tries again', () => {
    const { told } = table(
      { 'A/X': [flat(10), flat(11), flat(11), flat(11)] },
      { weights: 'A/X:100', fee: money(0) },
    );
    expect(told.map(([fills]) => fills)).toEqual(['', '', 'buys 90.009 A/X @ 11', 'sells 90.009 A/X @ 11']);
  });

  it('lets candles that only warm up pass', () => {
    const rows = [flat(10), flat(10), flat(10), flat(10), flat(10)];
    const pair = { ...pairOf(tableOf(rows), 'A/X'), warmUp: 3 };
    const { trades, curve, candles } = simulate([pair], termsOf({ weights: 'A/X:50' }));
    expect(trades.map(({ entryTimeMs }) => entryTimeMs / 60_000)).toEqual([3]);
    expect([curve.equity.length, candles]).toEqual([2, 2]);
  });

  it.each<[string, Partial<Terms>, RegExp]>([
    [
      'a weight without candles',
      { weights: 'A/X:10, C/X:10' },
      /The weights name C\/X, but the pairs are A\/X\. Name the same in both/,
    ],
    ['another pair', { weights: 'B/X:10' }, /The weights name B\/X/],
    ['a rule for single trades', { risk: { stopLossPct: money(5) } }, /takes no rules for single trades/],
    ['a stake', { stake: money(100) }, /buys by its weights/],
    ['a limit of positions', { maxOpen: 1 }, /holds all of its assets/],
  ])('refuses %s', (_, change, message) => {
    const begin = () =>
      simulate([pairOf(tableOf([flat(10)]), 'A/X')], termsOf({ weights: 'A/X:50', ...change }));
    expect(begin).toThrow(message);
  });

  it('refuses a pair that has no weight, and finer candles', () => {
    const pairs = ['A/X', 'B/X'].map((symbol) => pairOf(tableOf([flat(10)]), symbol));
    expect(() => simulate(pairs, termsOf({ weights: 'A/X:50' }))).toThrow(
      /do not name B\/X\. Give each pair its weight/,
    );
    const detailed = [{ ...pairs[0]!, detail: pairs[0]!.candles }];
    expect(() => simulate(detailed, termsOf({ weights: 'A/X:50' }))).toThrow(/takes no finer candles/);
  });
});
