/** Every indicator once, with what the property tests need to know of it. */
import { adx, adxWarmUp, directionWarmUp } from '../../jobs/trading/indicators/adx.ts';
import { atr, atrWarmUp } from '../../jobs/trading/indicators/atr.ts';
import { bollinger, bollingerWarmUp } from '../../jobs/trading/indicators/bollinger.ts';
import { donchian, donchianWarmUp } from '../../jobs/trading/indicators/donchian.ts';
import { ema, emaWarmUp } from '../../jobs/trading/indicators/ema.ts';
import { keltner, keltnerWarmUp } from '../../jobs/trading/indicators/keltner.ts';
import { macd, macdWarmUp } from '../../jobs/trading/indicators/macd.ts';
import { OBV_WARM_UP, obv } from '../../jobs/trading/indicators/obv.ts';
import {
  extremesWarmUp,
  rollingHighest,
  rollingLowest,
} from '../../jobs/trading/indicators/rolling-extremes.ts';
import { rollingVwap, rollingVwapWarmUp } from '../../jobs/trading/indicators/rolling-vwap.ts';
import { rsi, rsiWarmUp } from '../../jobs/trading/indicators/rsi.ts';
import { sessionVwap, sessionVwapWarmUp } from '../../jobs/trading/indicators/session-vwap.ts';
import { sma, smaWarmUp } from '../../jobs/trading/indicators/sma.ts';
import {
  standardDeviation,
  standardDeviationWarmUp,
} from '../../jobs/trading/indicators/standard-deviation.ts';
import { stochastic, stochasticWarmUp } from '../../jobs/trading/indicators/stochastic.ts';
import { superTrend, superTrendWarmUp } from '../../jobs/trading/indicators/super-trend.ts';
import { TRUE_RANGE_WARM_UP, trueRange } from '../../jobs/trading/indicators/true-range.ts';
import { wilderAverage, wilderAverageWarmUp } from '../../jobs/trading/indicators/wilder-average.ts';
import { wma, wmaWarmUp } from '../../jobs/trading/indicators/wma.ts';
import { zScore, zScoreWarmUp } from '../../jobs/trading/indicators/z-score.ts';
import type { Candles } from '../../jobs/trading/types.ts';

export type IndicatorCase = {
  name: string;
  compute: (candles: Candles) => Float64Array;
  /** Index of the first number. */
  first: number;
  warmUp: number;
  /** `window`: depends on the candles of the warm-up alone; `fading`: older ones fade; `whole`: on the whole series. */
  memory: 'window' | 'fading' | 'whole';
  /** What differences are measured against: the price, or the value's own scale. */
  scale: 'price' | number;
  /** Its value while price and range stand still: the price itself, or a number; absent where it says nothing. */
  flat?: 'price' | number;
};

/** Timeframe of the candles that the cases are fed. */
export const CASE_TIMEFRAME_MS = 3_600_000;

const MACD = { fast: 3, slow: 7, signal: 4 };
const SLOW = { period: 6, smoothing: 3, signal: 2 };
const KELTNER = { period: 5, atrPeriod: 7, factor: 2 };

type Closes = (close: Float64Array) => Float64Array;
const ofCloses =
  (compute: Closes) =>
  ({ close }: Candles) =>
    compute(close);

const price = { scale: 'price', flat: 'price' } as const;
const spread = { scale: 'price', flat: 0 } as const;
const window = { memory: 'window' } as const;
const fading = { memory: 'fading' } as const;

export const INDICATOR_CASES: IndicatorCase[] = [
  {
    name: 'SMA',
    compute: ofCloses((close) => sma(close, 5)),
    first: 4,
    warmUp: smaWarmUp(5),
    ...window,
    ...price,
  },
  {
    name: 'WMA',
    compute: ofCloses((close) => wma(close, 5)),
    first: 4,
    warmUp: wmaWarmUp(5),
    ...window,
    ...price,
  },
  {
    name: 'EMA',
    compute: ofCloses((close) => ema(close, 5)),
    first: 4,
    warmUp: emaWarmUp(5),
    ...fading,
    ...price,
  },
  {
    name: 'Wilder average',
    compute: ofCloses((close) => wilderAverage(close, 5)),
    first: 4,
    warmUp: wilderAverageWarmUp(5),
    ...fading,
    ...price,
  },
  {
    name: 'RSI, simple',
    compute: ofCloses((close) => rsi(close, 5, 'simple')),
    first: 0,
    warmUp: rsiWarmUp(5, 'simple'),
    ...window,
    scale: 100,
  },
  {
    name: 'RSI, Wilder',
    compute: ofCloses((close) => rsi(close, 5, 'wilder')),
    first: 0,
    warmUp: rsiWarmUp(5, 'wilder'),
    ...fading,
    scale: 100,
  },
  {
    name: 'MACD line',
    compute: ofCloses((close) => macd(close, MACD).macd),
    first: 6,
    warmUp: macdWarmUp(MACD),
    ...fading,
    ...spread,
  },
  {
    name: 'MACD signal',
    compute: ofCloses((close) => macd(close, MACD).signal),
    first: 9,
    warmUp: macdWarmUp(MACD),
    ...fading,
    ...spread,
  },
  {
    name: 'MACD histogram',
    compute: ofCloses((close) => macd(close, MACD).histogram),
    first: 9,
    warmUp: macdWarmUp(MACD),
    ...fading,
    ...spread,
  },
  ...(['middle', 'upper', 'lower'] as const).map((line) => ({
    name: `Bollinger ${line}`,
    compute: ofCloses((close) => bollinger(close, 6, 2)[line]),
    first: 5,
    warmUp: bollingerWarmUp(6),
    ...window,
    ...price,
  })),
  {
    name: 'Standard deviation',
    compute: ofCloses((close) => standardDeviation(close, 6)),
    first: 5,
    warmUp: standardDeviationWarmUp(6),
    ...window,
    ...spread,
  },
  {
    name: 'z-score',
    compute: ofCloses((close) => zScore(close, 6)),
    first: 5,
    warmUp: zScoreWarmUp(6),
    ...window,
    scale: 1,
    flat: 0,
  },
  {
    name: 'Highest',
    compute: ofCloses((close) => rollingHighest(close, 6)),
    first: 5,
    warmUp: extremesWarmUp(6),
    ...window,
    ...price,
  },
  {
    name: 'Lowest',
    compute: ofCloses((close) => rollingLowest(close, 6)),
    first: 5,
    warmUp: extremesWarmUp(6),
    ...window,
    ...price,
  },
  { name: 'True range', compute: trueRange, first: 1, warmUp: TRUE_RANGE_WARM_UP, ...window, ...spread },
  {
    name: 'ATR',
    compute: (candles) => atr(candles, 6),
    first: 6,
    warmUp: atrWarmUp(6),
    ...fading,
    ...spread,
  },
  {
    name: 'ADX',
    compute: (candles) => adx(candles, 6).adx,
    first: 11,
    warmUp: adxWarmUp(6),
    ...fading,
    scale: 100,
    flat: 0,
  },
  ...(['plusDi', 'minusDi'] as const).map((line) => ({
    name: line,
    compute: (candles: Candles) => adx(candles, 6)[line],
    first: 6,
    warmUp: directionWarmUp(6),
    ...fading,
    scale: 100,
    flat: 0,
  })),
  {
    name: 'Stochastic %K',
    compute: (candles) => stochastic(candles, SLOW).k,
    first: 7,
    warmUp: stochasticWarmUp(SLOW),
    ...window,
    scale: 100,
    flat: 0,
  },
  {
    name: 'Stochastic %D',
    compute: (candles) => stochastic(candles, SLOW).d,
    first: 8,
    warmUp: stochasticWarmUp(SLOW),
    ...window,
    scale: 100,
    flat: 0,
  },
  ...(['upper', 'middle', 'lower'] as const).map((line) => ({
    name: `Donchian ${line}`,
    compute: (candles: Candles) => donchian(candles, 6)[line],
    first: 5,
    warmUp: donchianWarmUp(6),
    ...window,
    ...price,
  })),
  ...(['middle', 'upper', 'lower'] as const).map((line) => ({
    name: `Keltner ${line}`,
    compute: (candles: Candles) => keltner(candles, KELTNER)[line],
    first: line === 'middle' ? 4 : 7,
    warmUp: keltnerWarmUp(KELTNER),
    ...fading,
    ...price,
  })),
  {
    name: 'VWAP, rolling',
    compute: (candles) => rollingVwap(candles, 6),
    first: 5,
    warmUp: rollingVwapWarmUp(6),
    ...window,
    ...price,
  },
  {
    name: 'VWAP, session',
    compute: sessionVwap,
    first: 0,
    warmUp: sessionVwapWarmUp(CASE_TIMEFRAME_MS),
    ...window,
    ...price,
  },
  { name: 'OBV', compute: obv, first: 0, warmUp: OBV_WARM_UP, memory: 'whole', scale: 1 },
  {
    name: 'SuperTrend line',
    compute: (candles) => superTrend(candles, 6, 3).line,
    first: 6,
    warmUp: superTrendWarmUp(6),
    ...fading,
    ...price,
  },
  {
    name: 'SuperTrend direction',
    compute: (candles) => superTrend(candles, 6, 3).direction,
    first: 6,
    warmUp: superTrendWarmUp(6),
    ...fading,
    scale: 1,
  },
];
