/** Every indicator that TA-Lib has, beside TA-Lib itself, on real candles. */
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { adx } from '../../../../jobs/trading/indicators/adx.ts';
import { atr } from '../../../../jobs/trading/indicators/atr.ts';
import { bollinger } from '../../../../jobs/trading/indicators/bollinger.ts';
import { donchian } from '../../../../jobs/trading/indicators/donchian.ts';
import { ema } from '../../../../jobs/trading/indicators/ema.ts';
import { macd } from '../../../../jobs/trading/indicators/macd.ts';
import { obv } from '../../../../jobs/trading/indicators/obv.ts';
import { rsi } from '../../../../jobs/trading/indicators/rsi.ts';
import { sma } from '../../../../jobs/trading/indicators/sma.ts';
import { standardDeviation } from '../../../../jobs/trading/indicators/standard-deviation.ts';
import { stochastic } from '../../../../jobs/trading/indicators/stochastic.ts';
import { trueRange } from '../../../../jobs/trading/indicators/true-range.ts';
import { wma } from '../../../../jobs/trading/indicators/wma.ts';
import { zScore } from '../../../../jobs/trading/indicators/z-score.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { loadTalib } from '../../../support/talib.ts';

const FILES = [
  'BINANCE_BTC-USDT_5m',
  'BINANCE_BTC-USDT_5m_2023',
  'BINANCE_BTC-USDT_1h',
  'BINANCE_DOGE-USDT_5m',
];
const TOLERANCE = 1e-9;
const SMA = 0;
const talib = await loadTalib();

/**
 * Fails unless both begin at one index and all values agree, relative to TA-Lib's value; `floor` is the size below which
 * differences count absolutely, where values pass through 0.
 */
function expectEqual(ours: Float64Array, theirs: Float64Array, { floor = 0, begin = 'same' } = {}): void {
  const first = (series: Float64Array) => series.findIndex((value) => !Number.isNaN(value));
  const from = first(theirs);
  expect(ours.length).toBe(theirs.length);
  if (begin === 'same') expect(first(ours)).toBe(from);
  let worst = 0;
  for (let index = from; index < theirs.length; index += 1) {
    const distance = Math.abs(ours[index]! - theirs[index]!);
    const size = Math.max(Math.abs(theirs[index]!), floor);
    worst = Math.max(worst, distance === 0 ? 0 : distance / size);
  }
  expect(worst).toBeLessThan(TOLERANCE);
}

describe.each(FILES)('on %s', (name) => {
  const file = findCandleFile(name);
  const candles = file === undefined ? toCandles([]) : toCandles(readCandleFile(file));
  const { high, low, close, volume } = candles;
  const ranges = [high, low, close];
  const compare = it.skipIf(file === undefined);

  compare.each([5, 14, 50, 200])('averages of %i equal SMA, EMA and WMA', (period) => {
    const call = { inputs: [close], options: [period] };
    expectEqual(sma(close, period), talib('SMA', call)[0]!);
    expectEqual(ema(close, period), talib('EMA', call)[0]!);
    expectEqual(wma(close, period), talib('WMA', call)[0]!);
  });

  compare.each([2, 14, 20])('RSI by Wilder averages of %i equals RSI', (period) => {
    const [theirs] = talib('RSI', { inputs: [close], options: [period] });
    expectEqual(rsi(close, period, 'wilder'), theirs!, { floor: 1, begin: 'neutral' });
  });

  compare('MACD, signal and histogram equal MACD', () => {
    for (const [fast, slow, signal] of [
      [12, 26, 9],
      [3, 10, 16],
    ] as const) {
      const [line, signalLine, histogram] = talib('MACD', {
        inputs: [close],
        options: [fast, slow, signal],
        outputs: 3,
      });
      const ours = macd(close, { fast, slow, signal });
      expectEqual(ours.macd, line!, { begin: 'earlier' });
      expectEqual(ours.signal, signalLine!);
      expectEqual(ours.histogram, histogram!);
    }
  });

  compare.each([20, 50])('Bollinger bands of %i equal BBANDS', (period) => {
    const [upper, middle, lower] = talib('BBANDS', {
      inputs: [close],
      options: [period, 2, 2, SMA],
      outputs: 3,
    });
    const ours = bollinger(close, period, 2);
    expectEqual(ours.upper, upper!);
    expectEqual(ours.middle, middle!);
    expectEqual(ours.lower, lower!);
  });

  // TA-Lib's running sums of squares lose half of their digits on prices; on one window, taken from 0, they do not.
  compare.each([2, 20, 200])(
    'standard deviation and z-score of %i equal STDDEV, window by window',
    (period) => {
      const deviations = standardDeviation(close, period);
      const scores = zScore(close, period);
      for (let end = period; end <= close.length; end += 97) {
        const window = close.slice(end - period, end).map((price) => price - close[end - period]!);
        const deviation = talib('STDDEV', { inputs: [window], options: [period, 1] })[0]!.at(-1)!;
        const mean = talib('SMA', { inputs: [window], options: [period] })[0]!.at(-1)!;
        const score = deviation === 0 ? 0 : (window.at(-1)! - mean) / deviation;
        expect(Math.abs(deviations[end - 1]! - deviation)).toBeLessThanOrEqual(TOLERANCE * deviation);
        expect(Math.abs(scores[end - 1]! - score)).toBeLessThanOrEqual(
          TOLERANCE * Math.max(1, Math.abs(score)),
        );
      }
    },
  );

  compare('true range, ATR and the directional indices equal TRANGE, ATR, ADX, PLUS_DI and MINUS_DI', () => {
    const call = { inputs: ranges, options: [14] };
    const ours = adx(candles, 14);
    expectEqual(trueRange(candles), talib('TRANGE', { inputs: ranges })[0]!);
    expectEqual(atr(candles, 14), talib('ATR', call)[0]!);
    expectEqual(ours.adx, talib('ADX', call)[0]!);
    expectEqual(ours.plusDi, talib('PLUS_DI', call)[0]!);
    expectEqual(ours.minusDi, talib('MINUS_DI', call)[0]!);
  });

  compare('fast and slow stochastic equal STOCHF and STOCH', () => {
    const [fastK, fastD] = talib('STOCHF', { inputs: ranges, options: [14, 3, SMA], outputs: 2 });
    const [slowK, slowD] = talib('STOCH', { inputs: ranges, options: [14, 3, SMA, 3, SMA], outputs: 2 });
    const fast = stochastic(candles, { period: 14, smoothing: 1, signal: 3 });
    const slow = stochastic(candles, { period: 14, smoothing: 3, signal: 3 });
    expectEqual(fast.k, fastK!, { floor: 1, begin: 'earlier' });
    expectEqual(fast.d, fastD!, { floor: 1 });
    expectEqual(slow.k, slowK!, { floor: 1, begin: 'earlier' });
    expectEqual(slow.d, slowD!, { floor: 1 });
  });

  compare.each([2, 20, 200])('the Donchian channel of %i equals MAX of highs and MIN of lows', (period) => {
    const ours = donchian(candles, period);
    expect(ours.upper).toEqual(talib('MAX', { inputs: [high], options: [period] })[0]);
    expect(ours.lower).toEqual(talib('MIN', { inputs: [low], options: [period] })[0]);
  });

  compare('on-balance volume equals OBV', () => {
    expectEqual(obv(candles), talib('OBV', { inputs: [close, volume] })[0]!);
  });
});
