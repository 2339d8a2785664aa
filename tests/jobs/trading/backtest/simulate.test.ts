import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import type { Arithmetic } from '../../../../jobs/trading/backtest/settings.ts';
import { toCandles, toRows } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import type { Candles, RiskSettings } from '../../../../jobs/trading/types.ts';
import {
  BUY_SIGNAL,
  MINUTE,
  pairOf,
  settingsOf,
  tableOf,
  type TableRow,
  type TableSettings,
} from '../../../support/backtest-tables.ts';

/** "entry minute @ price -> exit minute @ price, reason" of each trade. */
function trade(candles: Candles, change: TableSettings = {}, detail?: Candles): string[] {
  const pair = { ...pairOf(candles), ...(detail ? { detail } : {}) };
  const { trades } = simulate([pair], settingsOf(change));
  return trades.map(
    ({ entryTimeMs, entryPrice, exitTimeMs, exitPrice, exitReason }) =>
      `${entryTimeMs / MINUTE} @ ${round(entryPrice)} -> ${exitTimeMs / MINUTE} @ ${round(exitPrice)} ${exitReason}`,
  );
}

const round = (value: number) => Number(value.toFixed(9));

/** The four candles of the signal, then these; the entry is at the open of minute 4. */
const afterBuy = (...rows: TableRow[]) => tableOf([...BUY_SIGNAL, ...rows]);

const pct = (risk: Record<string, number>): RiskSettings =>
  Object.fromEntries(Object.entries(risk).map(([name, value]) => [name, money(value)]));

const BOTH: Arithmetic[] = ['float', 'exact'];

describe.each(BOTH)('a backtest on %s figures', (arithmetic) => {
  const run = (candles: Candles, change: TableSettings = {}) => trade(candles, { arithmetic, ...change });

  it('fills a signal at the open of the next row, and sells at the last close what is still open', () => {
    expect(run(afterBuy([101, 106, 100, 105], [105, 108, 104, 107]))).toEqual(['4 @ 101 -> 5 @ 107 end']);
  });

  it('holds a rest that is too small to be sold without counting as in the market', () => {
    const candles = afterBuy(
      [101, 102, 100, 102],
      [102, 106, 102, 106],
      [106, 106, 99, 100],
      [98, 99, 97, 99],
      [99, 100, 99, 100],
    );
    // The fee is taken from what was bought: 0.99 of it is below a lot.
    const change = { arithmetic, fee: money('0.01'), lotSize: money(1) };
    const whole = simulate([pairOf(candles)], settingsOf(change));
    expect(whole.trades.map(({ quantity }) => quantity)).toEqual([8]);
    expect(whole.curve.equity.at(-1)).not.toBe(whole.curve.equity.at(-2));
    expect(whole.heldCandles).toBe(3);
  });

  it('fills an exit signal at the open of the next row', () => {
    // RSI(2): 100 on minute 5, 40 on minute 6.
    const candles = afterBuy(
      [101, 102, 100, 102],
      [102, 106, 102, 106],
      [106, 106, 99, 100],
      [98, 99, 97, 99],
    );
    expect(run(candles)).toEqual(['4 @ 101 -> 7 @ 98 signal']);
  });

  it('buys and sells worse than the open by the slippage, and ends without any', () => {
    const candles = afterBuy(
      [100, 102, 100, 102],
      [102, 106, 102, 106],
      [106, 106, 99, 100],
      [98, 99, 97, 99],
    );
    expect(run(candles, { slippageBps: 100 })).toEqual(['4 @ 101 -> 7 @ 97.02 signal']);
    expect(run(afterBuy([100, 102, 100, 102]), { slippageBps: 100 })).toEqual(['4 @ 101 -> 4 @ 102 end']);
  });

  it('ignores a signal on the last candle', () => {
    expect(run(tableOf(BUY_SIGNAL))).toEqual([]);
  });

  it('ignores a second buy while it holds, and a sale while it holds nothing', () => {
    // RSI(2) falls to 0 and crosses up again on minute 7 while the first trade is open.
    const twice = afterBuy(
      [101, 101, 99, 99],
      [99, 99, 98, 98],
      [98, 98, 97, 97],
      [97, 101, 97, 101],
      [101, 102, 101, 102],
    );
    expect(run(twice)).toEqual(['4 @ 101 -> 8 @ 102 end']);
    const sales = tableOf([
      [100, 100, 100, 100],
      [100, 101, 100, 101],
      [101, 102, 101, 102],
      [102, 102, 100, 100],
      [100, 100, 90, 90],
    ]);
    expect(run(sales)).toEqual([]);
  });

  it('takes the next row for the next candle, however long the gap', () => {
    const rows = toRows(afterBuy([101, 106, 100, 105], [105, 108, 104, 107]));
    const gap = rows.map((row, index) => ({
      ...row,
      openTimeMs: row.openTimeMs + (index > 3 ? 60 * MINUTE : 0),
    }));
    expect(run(toCandles(gap))).toEqual(['64 @ 101 -> 65 @ 107 end']);
  });

  it.each<[what: string, risk: RiskSettings, rows: TableRow[], expected: string]>([
    [
      'a stop inside a candle at the stop',
      pct({ stopLossPct: 5 }),
      [
        [100, 101, 94, 96],
        [96, 97, 96, 97],
      ],
      '4 @ 100 -> 4 @ 95 stop_loss',
    ],
    [
      'a stop that a low just reaches',
      pct({ stopLossPct: 5 }),
      [
        [100, 101, 95, 96],
        [96, 97, 96, 97],
      ],
      '4 @ 100 -> 4 @ 95 stop_loss',
    ],
    [
      'no stop that no low reaches',
      pct({ stopLossPct: 5 }),
      [
        [100, 101, 95.01, 96],
        [96, 97, 96, 97],
      ],
      '4 @ 100 -> 5 @ 97 end',
    ],
    [
      'a stop at the open of a candle that opens beyond it',
      pct({ stopLossPct: 5 }),
      [
        [100, 101, 99, 100],
        [93, 99, 92, 98],
      ],
      '4 @ 100 -> 5 @ 93 stop_loss',
    ],
    [
      'a target at the target',
      pct({ takeProfitPct: 3 }),
      [
        [100, 102, 99, 101],
        [101, 104, 100, 102],
      ],
      '4 @ 100 -> 5 @ 103 take_profit',
    ],
    [
      'a target at the open of a candle that opens beyond it',
      pct({ takeProfitPct: 3 }),
      [
        [100, 102, 99, 101],
        [105, 106, 104, 105],
      ],
      '4 @ 100 -> 5 @ 105 take_profit',
    ],
    [
      'the stop where a candle touches stop and target',
      pct({ stopLossPct: 5, takeProfitPct: 3 }),
      [
        [100, 102, 99, 101],
        [101, 104, 94, 102],
      ],
      '4 @ 100 -> 5 @ 95 stop_loss',
    ],
    [
      'the target where the open is beyond it, whatever the low',
      pct({ stopLossPct: 5, takeProfitPct: 3 }),
      [
        [100, 102, 99, 101],
        [104, 104, 94, 95],
      ],
      '4 @ 100 -> 5 @ 104 take_profit',
    ],
    [
      'a trailing stop below the highest high so far',
      pct({ trailingStopPct: 5 }),
      [
        [100, 110, 99, 108],
        [108, 109, 104, 105],
      ],
      '4 @ 100 -> 5 @ 104.5 trailing_stop',
    ],
    [
      'no trailing stop by a high of the same candle',
      pct({ trailingStopPct: 5 }),
      [
        [100, 110, 97, 108],
        [108, 109, 107, 108],
      ],
      '4 @ 100 -> 5 @ 108 end',
    ],
    [
      'a trailing stop that the open raised',
      pct({ trailingStopPct: 5 }),
      [
        [100, 101, 99, 101],
        [110, 111, 104, 105],
      ],
      '4 @ 100 -> 5 @ 104.5 trailing_stop',
    ],
    [
      'a trailing stop that later highs raised',
      pct({ trailingStopPct: 5 }),
      [
        [100, 104, 99, 103],
        [103, 108, 103, 107],
        [107, 109, 106, 108],
        [108, 108, 103, 104],
      ],
      '4 @ 100 -> 7 @ 103.55 trailing_stop',
    ],
    [
      'the higher of two stops, since a fall meets it first',
      pct({ stopLossPct: 5, trailingStopPct: 3 }),
      [
        [100, 100, 94, 95],
        [95, 96, 95, 96],
      ],
      '4 @ 100 -> 4 @ 97 trailing_stop',
    ],
    [
      'a trade by its age, at the open',
      { timeExitCandles: 2 },
      [
        [100, 101, 99, 100],
        [100, 101, 99, 100],
        [99, 101, 98, 100],
        [100, 101, 99, 100],
      ],
      '4 @ 100 -> 6 @ 99 time_exit',
    ],
    [
      'the stop before the age',
      { ...pct({ stopLossPct: 5 }), timeExitCandles: 2 },
      [
        [100, 101, 99, 100],
        [100, 101, 94, 100],
        [99, 101, 98, 100],
      ],
      '4 @ 100 -> 5 @ 95 stop_loss',
    ],
    [
      'a profit that is enough at its age',
      {
        roiTable: [
          { afterCandles: 0, profitPct: money(10) },
          { afterCandles: 2, profitPct: money(2) },
        ],
      },
      [
        [100, 103, 99, 100],
        [100, 103, 99, 100],
        [100, 103, 99, 100],
      ],
      '4 @ 100 -> 6 @ 102 roi',
    ],
  ])('sells %s', (...row) => {
    const [, risk, rows, expected] = row;
    expect(run(afterBuy(...rows), { risk })).toEqual([expected]);
  });

  it('goes by finer candles where they are given, in their order', () => {
    const risk = pct({ stopLossPct: 5, takeProfitPct: 3 });
    const candles = afterBuy([100, 102, 99, 101], [101, 104, 94, 102]);
    const at = (second: number, row: TableRow) => ({ row, openTimeMs: 5 * MINUTE + second * 1_000 });
    const detail = (first: TableRow, second: TableRow) =>
      toCandles(
        [at(0, first), at(30, second)].map(({ openTimeMs, row: [open, high, low, close] }) => ({
          openTimeMs,
          open,
          high,
          low,
          close,
          volume: 1,
        })),
      );
    const up = detail([101, 104, 101, 103], [103, 103, 94, 102]);
    const down = detail([101, 101, 94, 95], [95, 104, 95, 102]);
    expect(trade(candles, { arithmetic, risk }, up)).toEqual(['4 @ 100 -> 5 @ 103 take_profit']);
    expect(trade(candles, { arithmetic, risk }, down)).toEqual(['4 @ 100 -> 5 @ 95 stop_loss']);
  });

  it('lets finer candles raise a trailing stop inside a candle', () => {
    const candles = afterBuy([100, 102, 99, 101], [101, 110, 100, 108], [108, 109, 107, 108]);
    const rows = [
      [101, 110, 101, 109],
      [109, 109, 100, 108],
    ] as const;
    const detail = toCandles(
      rows.map(([open, high, low, close], index) => ({
        openTimeMs: 5 * MINUTE + index * 30_000,
        open,
        high,
        low,
        close,
        volume: 1,
      })),
    );
    const risk = pct({ trailingStopPct: 5 });
    expect(trade(candles, { arithmetic, risk })).toEqual(['4 @ 100 -> 6 @ 108 end']);
    expect(trade(candles, { arithmetic, risk }, detail)).toEqual(['4 @ 100 -> 5 @ 104.5 trailing_stop']);
  });

  it('takes the fee of a buy from what is bought, and of a sale from what it brings', () => {
    const { trades, curve } = simulate(
      [pairOf(afterBuy([100, 110, 100, 105], [105, 110, 105, 110]))],
      settingsOf({ arithmetic, fee: money('0.01') }),
    );
    // 1,000 buy 10, of which 9.9 arrive; they sell for 1,089, of which 1,078.11 arrive.
    const [only] = trades;
    expect(only?.quantity).toBeCloseTo(9.9, 12);
    expect(only?.fees).toBeCloseTo(10 + 10.89, 10);
    expect(only?.pnl).toBeCloseTo(78.11, 10);
    expect(only?.pnlPct).toBeCloseTo(7.811, 10);
    expect([...curve.equity].map((value) => Number(value.toFixed(6)))).toEqual([
      1_000, 1_000, 1_000, 1_000, 1_039.5, 1_078.11,
    ]);
  });

  it('spends a stake in quote units as often as there is enough of it', () => {
    const candles = afterBuy([100, 102, 100, 102], [102, 106, 102, 106]);
    const quantities = (stake: number) =>
      simulate([pairOf(candles)], settingsOf({ arithmetic, stake: money(stake) })).trades.map(
        ({ quantity }) => quantity,
      );
    expect(quantities(200)).toEqual([2]);
    expect(quantities(5_000)).toEqual([10]);
  });

  it('keeps to steps and minimums that it is given', () => {
    const candles = afterBuy([101, 106, 100, 105], [105, 108, 104, 107]);
    const quantities = (change: TableSettings) =>
      simulate([pairOf(candles)], settingsOf({ arithmetic, ...change })).trades.map(
        ({ quantity }) => quantity,
      );
    expect(quantities({ lotSize: money('0.1') })).toEqual([9.9]);
    expect(quantities({ minNotional: money(1_001) })).toEqual([]);
    expect(trade(candles, { arithmetic, tickSize: money('0.5'), slippageBps: 10 })).toEqual([
      '4 @ 101.5 -> 5 @ 107 end',
    ]);
  });

  it('is not led astray by a drawdown limit, a daily limit and a pause after losses', () => {
    const down: TableRow[] = [
      [100, 100, 90, 90],
      [90, 90, 89, 89],
      [89, 89, 88, 88],
      [88, 92, 88, 92],
    ];
    const candles = afterBuy(
      ...down,
      [92, 92, 80, 80],
      [80, 80, 79, 79],
      [79, 79, 78, 78],
      [78, 83, 78, 83],
      [83, 84, 83, 84],
    );
    const stop = pct({ stopLossPct: 5 });
    expect(run(candles, { risk: stop })).toEqual([
      '4 @ 100 -> 4 @ 95 stop_loss',
      '8 @ 92 -> 8 @ 87.4 stop_loss',
      '12 @ 83 -> 12 @ 84 end',
    ]);
    expect(run(candles, { risk: { ...stop, maxTradesPerDay: 1 } })).toHaveLength(1);
    expect(run(candles, { risk: { ...stop, ...pct({ maxDailyLossPct: 8 }) } })).toHaveLength(2);
    expect(run(candles, { risk: { ...stop, ...pct({ maxDrawdownPct: 4 }) } })).toHaveLength(1);
    expect(run(candles, { risk: { ...stop, cooldownCandles: 5 } })).toEqual([
      '4 @ 100 -> 4 @ 95 stop_loss',
      '12 @ 83 -> 12 @ 84 end',
    ]);
    expect(run(candles, { risk: { ...stop, lossStreak: 2 } })).toHaveLength(2);
    expect(run(candles, { risk: { ...stop, ...pct({ minConfidence: 1.1 }) } })).toEqual([]);
  });

  it('stops acting on signals once equity at a close is a drawdown below its peak, but still ends by its stop', () => {
    const candles = afterBuy([100, 100, 89, 89], [89, 95, 89, 95], [95, 95, 79, 85], [85, 86, 85, 86]);
    const risk = pct({ maxDrawdownPct: 10, stopLossPct: 20 });
    expect(run(candles, { risk })).toEqual(['4 @ 100 -> 6 @ 80 stop_loss']);
  });
});

describe('several pairs', () => {
  const rising = afterBuy([100, 106, 100, 105], [105, 110, 104, 110]);
  const summarise = (change: TableSettings, ...candles: Candles[]) =>
    simulate(
      candles.map((each, index) => pairOf(each, `C${index}/USDT`)),
      settingsOf(change),
    ).trades.map(({ symbol, quantity, exitTimeMs }) => `${symbol} ${quantity} until ${exitTimeMs / MINUTE}`);

  it('share one balance, parted among the positions that may be open at once', () => {
    expect(summarise({}, rising, rising)).toEqual(['C0/USDT 5 until 5', 'C1/USDT 5 until 5']);
    expect(summarise({ stake: money(600) }, rising, rising)).toEqual([
      'C0/USDT 6 until 5',
      'C1/USDT 4 until 5',
    ]);
  });

  it('enter no more positions than may be open, the first given first', () => {
    expect(summarise({ maxOpen: 1 }, rising, rising)).toEqual(['C0/USDT 10 until 5']);
  });

  it('can spend what one sold from the next candle on', () => {
    // The first is stopped out in minute 4; the second would enter at the open of minute 4 or 5.
    const stopped = afterBuy([100, 100, 95, 95], [95, 96, 95, 96]);
    const risk = pct({ stopLossPct: 5 });
    expect(summarise({ maxOpen: 1, risk }, stopped, rising)).toEqual(['C0/USDT 10 until 4']);
    const later = tableOf([[100, 100, 100, 100], ...BUY_SIGNAL, [100, 101, 100, 101]]);
    expect(summarise({ maxOpen: 1, risk }, stopped, later)).toEqual([
      'C0/USDT 10 until 4',
      'C1/USDT 9.5 until 5',
    ]);
  });

  it('have one equity curve over the times of all', () => {
    const late = tableOf(
      [
        [50, 60, 50, 60],
        [60, 61, 60, 60],
      ],
      5,
    );
    const { curve, candles, heldCandles } = simulate(
      [pairOf(rising, 'A/USDT'), pairOf(late, 'B/USDT')],
      settingsOf({ stake: money(100) }),
    );
    expect([...curve.timeMs].map((time) => time / MINUTE)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...curve.equity]).toEqual([1_000, 1_000, 1_000, 1_000, 1_005, 1_010, 1_010]);
    expect([candles, heldCandles]).toEqual([8, 1]);
  });

  it('cannot be none', () => {
    expect(() => simulate([], settingsOf())).toThrow(/needs candles/);
    expect(() => simulate([pairOf(rising)], settingsOf({ strategy: 'NONE' }))).toThrow(
      /Unknown strategy NONE/,
    );
  });
});
