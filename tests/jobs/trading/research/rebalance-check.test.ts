import { describe, expect, it } from 'vitest';
import type { PairCandles } from '../../../../jobs/trading/backtest/settings.ts';
import { sliceCandles, toCandles, toRows } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { paramsSchema } from '../../../../jobs/trading/rebalance/params.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import {
  checkRebalance,
  compareCutFills,
  type FillsOf,
} from '../../../../jobs/trading/research/rebalance-check.ts';
import { settingsOf } from '../../../support/backtest-tables.ts';
import { noiseCandles } from '../../../support/research.ts';

const pairOf = (symbol: string, seed: number, count = 1_500): PairCandles => ({
  symbol,
  candles: noiseCandles(count, seed),
});
const PAIRS = [pairOf('A/X', 1), pairOf('B/X', 2), pairOf('C/X', 3)];
const SETTINGS = settingsOf({
  strategy: 'REBALANCE',
  params: paramsSchema.parse({ weights: 'A/X:40, B/X:30, C/X:20', drift_points: 1 }),
  timeframe: '1h',
  fee: money('0.001'),
});

const compare = (pairs: PairCandles[], fillsOf: FillsOf) =>
  compareCutFills(pairs, fillsOf, createRandom(1, 'test'));

/** One buy at the first open, of as much as `pick` says. */
const buyOf =
  (pick: (pairs: readonly PairCandles[]) => number): FillsOf =>
  (pairs) => {
    const [symbol, timeMs] = [pairs[0]?.symbol ?? '', pairs[0]?.candles.openTimeMs[0] ?? NaN];
    const figures = { price: money(1), fee: money(0), feeQuote: money(0), feeCurrency: 'X', tradeId: '' };
    const fill = { ...figures, side: 'BUY' as const, quantity: money(pick(pairs)), timeMs };
    return [{ symbol, fill }];
  };

describe('the check of target weights', () => {
  it('finds that no order knows the future, wherever candles are cut', () => {
    const { lookAhead, warmUp } = checkRebalance(PAIRS, SETTINGS);
    expect(lookAhead).toMatchObject({ by: 'orders', checked: 20, acting: 20, differing: 0, share: 0 });
    expect(warmUp).toMatchObject({ by: 'orders', checked: 0, differing: 0 });
  });

  it('holds where pairs begin, end and pause at different times', () => {
    const [one, two, three] = PAIRS as [PairCandles, PairCandles, PairCandles];
    const rows = toRows(three.candles).filter((_, at) => at % 7 !== 3 && (at < 600 || at > 700));
    const odd = [
      one,
      { ...two, candles: sliceCandles(two.candles, 300, 1_300), warmUp: 10 },
      { ...three, candles: toCandles(rows) },
    ];
    const { lookAhead } = checkRebalance(odd, SETTINGS);
    expect(lookAhead).toMatchObject({ checked: 20, differing: 0 });
    expect(lookAhead.acting).toBeGreaterThan(15);
  });

  it('finds a buy that is larger because of what comes later', () => {
    const knowing = compare(
      PAIRS,
      buyOf((pairs) => pairs[1]?.candles.close.at(-1) ?? NaN),
    );
    expect(knowing).toMatchObject({ checked: 20, acting: 20, differing: 20, share: 1 });
    const honest = compare(
      PAIRS,
      buyOf((pairs) => pairs[1]?.candles.open[0] ?? NaN),
    );
    expect(honest).toMatchObject({ checked: 20, acting: 20, differing: 0 });
  });

  it('looks at the newest 5,000 candles, of the time in which there are all pairs', () => {
    const asked: [first: number, candles: number][] = [];
    const noting: FillsOf = (pairs) => {
      const [{ candles }] = pairs as [PairCandles];
      asked.push([candles.openTimeMs[0] ?? NaN, candles.close.length]);
      return [];
    };
    const long = pairOf('A/X', 1, 9_000);
    const short = { symbol: 'B/X', candles: sliceCandles(noiseCandles(9_000, 2), 0, 8_000) };
    compare([long, short], noting);
    expect(asked[0]).toEqual([long.candles.openTimeMs[3_000], 5_000]);
    expect(asked).toHaveLength(21);
    const later = { symbol: 'B/X', candles: sliceCandles(noiseCandles(9_000, 2), 8_500) };
    expect(
      compare([{ ...long, candles: sliceCandles(long.candles, 0, 8_000) }, later], noting),
    ).toMatchObject({
      checked: 0,
      differing: 0,
    });
  });
});
