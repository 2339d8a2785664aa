import { describe, expect, it } from 'vitest';
import { bySymbol } from '../../../../../jobs/trading/backtest/metrics/by-symbol.ts';
import type { BacktestTrade } from '../../../../../jobs/trading/backtest/run.ts';
import { MINUTE, pairOf, tableOf, type TableRow } from '../../../../support/backtest-tables.ts';

const FLAT: TableRow = [100, 101, 99, 100];
const rising = (count: number): TableRow[] =>
  Array.from({ length: count }, (_, at) => [100 + at, 101 + at, 99 + at, 101 + at]);

const tradeOf = (symbol: string, pnl: number): BacktestTrade => ({
  ...{ symbol, entryTimeMs: 0, entryPrice: 100, exitTimeMs: MINUTE, exitPrice: 100 + pnl, quantity: 1 },
  ...{ fees: 0.5, pnl, pnlPct: pnl, exitReason: 'signal' },
});

describe('what each pair made', () => {
  it('is counted from its own trades and candles, those that warm up left out', () => {
    const pairs = [{ ...pairOf(tableOf(rising(4)), 'A/Q'), warmUp: 1 }, pairOf(tableOf([FLAT]), 'B/Q')];
    const trades = [tradeOf('A/Q', 3), tradeOf('A/Q', -1), tradeOf('A/Q', 0)];
    expect(bySymbol(trades, pairs, MINUTE)).toEqual([
      {
        ...{ symbol: 'A/Q', candles: 3, trades: 3, wins: 1, losses: 1, winRate: 1 / 3 },
        ...{ netProfit: 2, fees: 1.5, buyAndHold: 104 / 101 - 1, detail: null },
      },
      {
        ...{ symbol: 'B/Q', candles: 1, trades: 0, wins: 0, losses: 0, winRate: null },
        ...{ netProfit: 0, fees: 0, buyAndHold: 0, detail: null },
      },
    ]);
  });

  it('says in how many candles there were finer ones, and counts none outside of them', () => {
    const coarse = tableOf([FLAT, FLAT, FLAT, FLAT]);
    const openTimeMs = Float64Array.from([0, 5, 10, 15], (minute) => minute * MINUTE);
    // Minutes 3 to 11: of four candles of five minutes the first three hold some.
    const detail = tableOf(rising(9), 3);
    const [found] = bySymbol([], [{ symbol: 'A/Q', candles: { ...coarse, openTimeMs }, detail }], 5 * MINUTE);
    const span = { candles: 9, stepMs: MINUTE, fromMs: 3 * MINUTE, toMs: 11 * MINUTE };
    expect(found?.detail).toEqual({ ...span, covered: 3 / 4 });
    const late = tableOf(rising(3), 20);
    const [none] = bySymbol(
      [],
      [{ symbol: 'A/Q', candles: { ...coarse, openTimeMs }, detail: late }],
      5 * MINUTE,
    );
    const nothing = { candles: 0, stepMs: 0, fromMs: null, toMs: null };
    expect(none?.detail).toEqual({ ...nothing, covered: 0 });
  });
});
