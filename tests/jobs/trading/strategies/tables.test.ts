/**
 * Small candle tables that a trader can follow by hand: what is said of them, and what comes of it in a backtest. Where averages
 * remember, the backtest waits for their warm-up, so the table ends with what is said.
 */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import { findStrategy } from '../../../../jobs/trading/strategies/registry.ts';
import { newestSignal } from '../../../../jobs/trading/strategies/scan.ts';
import type { Candles, Position } from '../../../../jobs/trading/types.ts';
import { MINUTE, pairOf, settingsOf, tableOf, type TableRow } from '../../../support/backtest-tables.ts';

const HELD: Position = { ...FLAT, quantity: money(1), openedAtMs: 0 };

function setUp(name: string, given: Record<string, unknown>) {
  const strategy = findStrategy(name)!;
  return { strategy, params: strategy.paramsSchema.parse(given) };
}

/** "BUY 4: why" for each candle that a strategy acts on; the number is the candle's minute. */
function hear(name: string, given: Record<string, unknown>, candles: Candles): string[] {
  const { strategy, params } = setUp(name, given);
  const { acts, signalAt } = strategy.scan(params, { candles, timeframe: '1m' });
  return [...acts.keys()]
    .filter((index) => acts[index] === 1)
    .map((index) => {
      const { kind, explain } = signalAt(index, null);
      return `${kind} ${candles.openTimeMs[index]! / MINUTE}: ${explain()}`;
    });
}

/** "entry minute @ price -> exit minute @ price". */
function trade(name: string, given: Record<string, unknown>, candles: Candles): string[] {
  const { params } = setUp(name, given);
  const { trades } = simulate([pairOf(candles)], settingsOf({ strategy: name, params }));
  return trades.map(
    ({ entryTimeMs, entryPrice, exitTimeMs, exitPrice }) =>
      `${entryTimeMs / MINUTE} @ ${entryPrice} -> ${exitTimeMs / MINUTE} @ ${exitPrice}`,
  );
}

function last(name: string, given: Record<string, unknown>, candles: Candles): string {
  const { strategy, params } = setUp(name, given);
  const { kind, reason } = newestSignal(strategy, { candles, timeframe: '1m' }, { params, position: null });
  return `${kind}: ${reason}`;
}

function next(name: string, given: Record<string, unknown>, candles: Candles): [flat: string, held: string] {
  const { strategy, params } = setUp(name, given);
  const input = { candles, timeframe: '1m' as const };
  return [strategy.next(params, input, null), strategy.next(params, input, HELD)];
}

/** Candles that open at the close before and reach no farther. */
function closes(...prices: number[]): Candles {
  const rows = prices.map((close, index): TableRow => {
    const open = prices[index - 1] ?? close;
    return [open, Math.max(open, close), Math.min(open, close), close];
  });
  return tableOf(rows);
}

/** So long a market without a move that every average has forgotten what came before it. */
const QUIET = 200;
const quiet = (price: number): number[] => Array.from({ length: QUIET }, () => price);

describe('SMA_CROSS', () => {
  const params = { fast_period: 2, slow_period: 3 };
  // SMA(2):           10   9.5  10   11.5 12   11   10
  // SMA(3):                9.67 10   11   11.67 11.33 10.67
  const candles = closes(10, 10, 9, 11, 12, 12, 10, 10);

  it('buys at the open after the fast average has come above the slow one, and sells after it has gone below', () => {
    expect(hear('SMA_CROSS', params, candles)).toEqual([
      'BUY 4: SMA(2) crossed above SMA(3) (11.5 > 10.6667)',
      'SELL 6: SMA(2) crossed below SMA(3) (11 < 11.3333)',
    ]);
    expect(trade('SMA_CROSS', params, candles)).toEqual(['5 @ 12 -> 7 @ 10']);
  });

  it('holds while nothing crosses, and says how the averages stand', () => {
    expect(last('SMA_CROSS', params, closes(10, 11, 12, 13, 14))).toBe(
      'HOLD: SMA(2) is 13.5, above 13, the SMA(3), and has not crossed it',
    );
    expect(last('SMA_CROSS', params, closes(10, 10, 10, 10))).toBe(
      'HOLD: SMA(2) is 10, equal to 10, the SMA(3), and has not crossed it',
    );
  });

  it('says what it waits for', () => {
    expect(next('SMA_CROSS', params, closes(10, 11, 12, 13, 14))).toEqual([
      'Buys when SMA(2), now 13.5, falls below and then crosses above SMA(3), now 13.',
      'Sells when SMA(2), now 13.5, crosses below SMA(3), now 13.',
    ]);
  });
});

describe('EMA_CROSS', () => {
  it('buys and sells where exponential averages cross', () => {
    // EMA(2) moves by 2/3 of the distance, EMA(3) by 1/2.
    const params = { fast_period: 2, slow_period: 3 };
    const candles = closes(9, 9, 9, 9, 12, 12, 6, 6);
    expect(hear('EMA_CROSS', params, candles)).toEqual([
      'BUY 4: EMA(2) crossed above EMA(3) (11 > 10.5)',
      'SELL 6: EMA(2) crossed below EMA(3) (7.88889 < 8.625)',
    ]);
  });

  it('trades at the opens after that', () => {
    const params = { fast_period: 2, slow_period: 3 };
    // EMA(2):                          11  11.67  7.89
    // EMA(3):                          10.5 11.25 8.63
    const candles = closes(...quiet(9), 12, 12.5, 6, 5);
    expect(trade('EMA_CROSS', params, candles)).toEqual([`${QUIET + 1} @ 12 -> ${QUIET + 3} @ 6`]);
  });

  it('buys only above the trend of the higher timeframe, whose open candle does not count', () => {
    const params = { fast_period: 2, slow_period: 3, trend_timeframe: '3m', trend_period: 2 };
    // 3m closes: 20, 20, then 9 at minute 8: their EMA(2) is 20 from minute 5 on and 12.6667 from minute 8 on.
    const fall = closes(20, 20, 20, 20, 20, 20, 9, 9, 9, 12.5);
    const { strategy, params: parsed } = setUp('EMA_CROSS', params);
    const { acts, signalAt } = strategy.scan(parsed, { candles: fall, timeframe: '1m' });
    expect(acts[9]).toBe(0);
    expect(signalAt(9, null).explain()).toBe(
      'EMA(2) crossed above EMA(3) (11.4691 > 11.4375), but the close is 12.5, below 12.6667, the EMA(2) on 3m',
    );
    const rise = closes(20, 20, 20, 20, 20, 20, 9, 9, 9, 13);
    expect(hear('EMA_CROSS', params, rise).at(-1)).toBe(
      'BUY 9: EMA(2) crossed above EMA(3) (11.8025 > 11.6875) and the close is 13, above 12.6667, the EMA(2) on 3m',
    );
  });

  it('refuses a trend timeframe that its own candles cannot make', () => {
    const { strategy, params } = setUp('EMA_CROSS', { trend_timeframe: '5m' });
    expect(strategy.findFault?.(params, '1m')).toBeUndefined();
    expect(strategy.findFault?.(params, '5m')?.path).toEqual(['trend_timeframe']);
    expect(strategy.findFault?.(params, '3m')?.message).toBe(
      'Trend timeframe 5m cannot be made of 3m candles: choose a longer one that is a multiple.',
    );
    const { acts } = strategy.scan(params, { candles: closes(9, 9, 9, 12, 6, 12), timeframe: '3m' });
    expect([...acts]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('MACD', () => {
  const params = { fast_period: 2, slow_period: 3, signal_period: 2 };
  const candles = closes(10, 10, 10, 10, 9, 9, 12, 12, 12, 9);

  it('buys where momentum turns up and sells where it turns down', () => {
    expect(hear('MACD', params, candles).map((line) => line.slice(0, 6))).toEqual([
      'SELL 4',
      'BUY 6:',
      'SELL 8',
    ]);
    expect(hear('MACD', params, candles)[1]).toBe(
      'BUY 6: MACD crossed above its signal line (0.412037 > 0.231481)',
    );
  });

  it('trades at the opens after that', () => {
    // MACD:                          −0.17 −0.14 0.41 0.53 0.38
    // Its signal line:               −0.11 −0.13 0.23 0.43 0.39
    const candles = closes(...quiet(10), 9, 9, 12, 13, 13, 13, 9);
    expect(trade('MACD', params, candles)).toEqual([`${QUIET + 3} @ 12 -> ${QUIET + 5} @ 13`]);
  });

  it('passes over a buy on the wrong side of zero', () => {
    const kinds = (zero_filter: string) =>
      hear('MACD', { ...params, zero_filter }, candles).map((line) => line.slice(0, 6));
    expect(kinds('above_zero')).toEqual(['SELL 4', 'BUY 6:', 'SELL 8']);
    expect(kinds('below_zero')).toEqual(['SELL 4', 'SELL 8']);
    const { strategy, params: parsed } = setUp('MACD', { ...params, zero_filter: 'below_zero' });
    expect(strategy.scan(parsed, { candles, timeframe: '1m' }).signalAt(6, null).explain()).toMatch(
      /^MACD crossed above its signal line \(.*\), but not below zero$/,
    );
  });
});

describe('MEAN_REVERSION', () => {
  // A fall to 8 lies below the band of one deviation; 9 is back above it; 10 is above the average.
  const params = { period: 5, deviations: 1 };
  const candles = closes(10, 10, 10, 10, 8, 9, 9, 10, 10);

  it('buys on the way back from below the lower band and sells at the average', () => {
    // Minute 5: average 9.4, deviation 0.8. Minute 7: average 9.2.
    expect(hear('MEAN_REVERSION', params, candles)).toEqual([
      'BUY 5: Close 9 came back above the lower band, 8.6',
      'SELL 7: Close 10 reached the average, 9.2',
    ]);
    expect(trade('MEAN_REVERSION', params, candles)).toEqual(['6 @ 9 -> 8 @ 10']);
  });

  it('says the same in z-scores', () => {
    expect(hear('MEAN_REVERSION', { ...params, measure: 'z_score' }, candles)).toEqual([
      'BUY 5: Z-score −0.50 came back above −1',
      'SELL 7: Z-score 1.07 reached 0',
    ]);
  });

  it('waits for the upper band if told to', () => {
    // Minute 7: the upper band is 9.2 + 0.748.
    expect(hear('MEAN_REVERSION', { ...params, exit: 'upper' }, candles)[1]).toBe(
      'SELL 7: Close 10 reached the upper band, 9.94833',
    );
  });

  it('does not buy what has jumped past its target already', () => {
    expect(hear('MEAN_REVERSION', params, closes(10, 10, 10, 10, 8, 10, 10))).toEqual([
      'SELL 5: Close 10 reached the average, 9.6',
    ]);
  });

  it('says what it waits for', () => {
    expect(next('MEAN_REVERSION', params, closes(10, 10, 10, 10, 10, 8))).toEqual([
      'Buys when close 8 comes back above the lower band, 8.8.',
      'Sells when close 8 reaches the average, 9.6.',
    ]);
  });
});

describe('BREAKOUT', () => {
  const params = { entry_period: 3, exit_period: 2, atr_factor: 0 };
  const candles = tableOf([
    [10, 11, 9, 10],
    [10, 12, 9, 11],
    [11, 11, 10, 11],
    [11, 12, 11, 12], // 12 is the high: not above it
    [12, 13, 12, 13], // above 12
    [13, 14, 13, 13],
    [13, 13, 12, 12], // 12 is the low of minutes 4 and 5: not below it
    [12, 12, 11, 11], // below it
    [11, 12, 10, 11],
  ]);

  it('buys above the highs of the candles before and sells below their lows', () => {
    expect(hear('BREAKOUT', params, candles)).toEqual([
      'BUY 4: Close 13 broke out above 12, the high of 3 candles',
      'SELL 7: Close 11 fell below 12, the low of 2 candles',
    ]);
    expect(trade('BREAKOUT', params, candles)).toEqual(['5 @ 13 -> 8 @ 11']);
  });

  it('wants the breakout to be larger than the noise, if told to', () => {
    // The ATR(2) before minute 4 is 1.25: 13 must be above 12 + 1.25.
    const filtered = { ...params, atr_factor: 1, atr_period: 2 };
    expect(hear('BREAKOUT', filtered, candles)).toEqual([
      'SELL 7: Close 11 fell below 12, the low of 2 candles',
    ]);
  });

  it('refuses an exit channel that is longer than the entry channel', () => {
    const { paramsSchema } = findStrategy('BREAKOUT')!;
    expect(paramsSchema.safeParse({ entry_period: 10, exit_period: 11 }).error?.issues).toMatchObject([
      { path: ['exit_period'] },
    ]);
  });
});

describe('VWAP', () => {
  it('buys above the average of the last candles by volume, and sells below it', () => {
    // VWAP(2) of typical prices; each candle's volume is 1.
    const params = { anchor: 'rolling', period: 2, band_pct: 0 };
    const flat = (price: number): TableRow => [price, price, price, price];
    const candles = tableOf([flat(10), flat(10), flat(12), flat(12), flat(11), flat(11)]);
    expect(hear('VWAP', params, candles)).toEqual([
      'BUY 2: Close 12 crossed above the VWAP(2), 11',
      'SELL 4: Close 11 crossed below the VWAP(2), 11.5',
    ]);
    expect(trade('VWAP', params, candles)).toEqual(['3 @ 12 -> 5 @ 11']);
    // 12 is not 10 % above 11.
    expect(hear('VWAP', { ...params, band_pct: 10 }, candles)).toEqual([]);
  });

  it('begins anew at midnight', () => {
    const params = { band_pct: 1 };
    const rows = Array.from({ length: 6 }, (): TableRow => [10, 10, 10, 10]);
    // The last two candles of a day at 10, then 20 from midnight on: that is the new average, not above it.
    const candles = tableOf([...rows, ...rows.map((): TableRow => [20, 20, 20, 20])], 1_440 - 6);
    expect(hear('VWAP', params, candles)).toEqual([]);
    const up = tableOf(
      [
        [10, 10, 10, 10],
        [10, 10, 10, 10],
        [10, 11, 10, 11],
      ],
      1_440,
    );
    expect(hear('VWAP', params, up)).toEqual([
      'BUY 1442: Close 11 crossed above 10.3244, 1 % over the session VWAP, 10.2222',
    ]);
  });
});

describe('SUPERTREND', () => {
  it('buys where a close above the line turns the trend, and sells where one below turns it back', () => {
    // Every range is 2, so ATR(2) is 2 throughout, and the line trails 2 behind the middle of the candle. It begins as falling,
    // at 12: 12 does not cross it, 13 does. Then it rises to 11 with that candle: 11 does not cross it, 10 does.
    const bar = (close: number): TableRow => [close, close + 1, close - 1, close];
    const candles = tableOf([
      bar(10),
      bar(10),
      bar(10),
      bar(10),
      bar(11),
      bar(12),
      bar(13),
      bar(12),
      bar(11),
      bar(10),
    ]);
    const params = { atr_period: 2, factor: 1 };
    expect(hear('SUPERTREND', params, candles)).toEqual([
      'BUY 6: SuperTrend(2, 1) turned to rising: close 13 crossed its line, 12',
      'SELL 9: SuperTrend(2, 1) turned to falling: close 10 crossed its line, 11',
    ]);
    const later = tableOf([...quiet(10), 11, 12, 13, 12, 11, 10, 9].map(bar));
    expect(trade('SUPERTREND', params, later)).toEqual([`${QUIET + 3} @ 12 -> ${QUIET + 6} @ 9`]);
  });
});
