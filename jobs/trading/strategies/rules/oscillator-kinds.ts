import { adx, adxWarmUp, directionWarmUp, type DirectionalIndex } from '../../indicators/adx.ts';
import { atr, atrWarmUp } from '../../indicators/atr.ts';
import { macd, macdWarmUp, type Macd } from '../../indicators/macd.ts';
import { rsi, rsiWarmUp } from '../../indicators/rsi.ts';
import { stochastic, stochasticWarmUp, type Stochastic } from '../../indicators/stochastic.ts';
import { zScore, zScoreWarmUp } from '../../indicators/z-score.ts';
import { candleCount, smoothingField } from './operand-fields.ts';
import { numberOf, type SeriesKind, type SeriesParams } from './series-kind.ts';

const period = (standard: number, max = 200) => ({ period: candleCount('Period', { standard, max }) });
const periodOf = (params: SeriesParams) => numberOf(params, 'period');

type Ranked = Pick<SeriesKind, 'name' | 'title'>;

/** The shorter period is the fast one, whichever field it stands in: so no two numbers contradict each other. */
function macdKind(named: Ranked, line: keyof Macd): SeriesKind {
  const toPeriods = (params: SeriesParams) => {
    const [one, other] = [numberOf(params, 'fast'), numberOf(params, 'slow')];
    return { fast: Math.min(one, other), slow: Math.max(one, other), signal: numberOf(params, 'signal') };
  };
  return {
    ...named,
    fields: {
      fast: candleCount('Fast period', { standard: 12, max: 100 }),
      slow: candleCount('Slow period', { standard: 26, max: 200 }),
      signal: candleCount('Signal period', { standard: 9, max: 100 }),
    },
    numbers: ['fast', 'slow', 'signal'],
    warmUp: (params) => macdWarmUp(toPeriods(params)),
    compute: ({ close }, params) => {
      const periods = toPeriods(params);
      // Two averages of one period never part.
      return periods.fast === periods.slow ? new Float64Array(close.length) : macd(close, periods)[line];
    },
    pane: 'below',
  };
}

function stochasticKind(named: Ranked, line: keyof Stochastic): SeriesKind {
  const toPeriods = (params: SeriesParams) => ({
    period: periodOf(params),
    smoothing: numberOf(params, 'smoothing'),
    signal: numberOf(params, 'signal'),
  });
  return {
    ...named,
    fields: {
      ...period(14),
      smoothing: candleCount('Smoothing', { standard: 3, max: 100 }),
      signal: candleCount('Signal period', { standard: 3, max: 100 }),
    },
    numbers: ['period', 'smoothing', 'signal'],
    warmUp: (params) => stochasticWarmUp(toPeriods(params)),
    compute: (candles, params) => stochastic(candles, toPeriods(params))[line],
    pane: 'below',
  };
}

const directional = (named: Ranked, line: keyof DirectionalIndex): SeriesKind => ({
  ...named,
  fields: period(14),
  numbers: ['period'],
  warmUp: (params) => (line === 'adx' ? adxWarmUp : directionWarmUp)(periodOf(params)),
  compute: (candles, params) => adx(candles, periodOf(params))[line],
  pane: 'below',
});

/** Figures with a scale of their own. */
export const OSCILLATOR_KINDS: Readonly<Record<string, SeriesKind>> = {
  rsi: {
    name: 'RSI',
    title: 'RSI',
    fields: { ...period(14), smoothing: smoothingField },
    numbers: ['period'],
    warmUp: (params) => rsiWarmUp(periodOf(params), smoothingOf(params)),
    compute: ({ close }, params) => rsi(close, periodOf(params), smoothingOf(params)),
    pane: 'below',
  },
  macd: macdKind({ name: 'MACD', title: 'MACD' }, 'macd'),
  macd_signal: macdKind({ name: 'MACD signal', title: 'MACD signal line' }, 'signal'),
  macd_histogram: macdKind({ name: 'MACD histogram', title: 'MACD histogram' }, 'histogram'),
  stochastic_k: stochasticKind({ name: 'stochastic %K', title: 'Stochastic %K' }, 'k'),
  stochastic_d: stochasticKind({ name: 'stochastic %D', title: 'Stochastic %D' }, 'd'),
  adx: directional({ name: 'ADX', title: 'ADX (strength of a trend)' }, 'adx'),
  plus_di: directional({ name: '+DI', title: '+DI' }, 'plusDi'),
  minus_di: directional({ name: '−DI', title: '−DI' }, 'minusDi'),
  atr: {
    name: 'ATR',
    title: 'ATR (average true range)',
    fields: period(14),
    numbers: ['period'],
    warmUp: (params) => atrWarmUp(periodOf(params)),
    compute: (candles, params) => atr(candles, periodOf(params)),
    pane: 'below',
  },
  z_score: {
    name: 'z-score',
    title: 'z-score',
    fields: period(20, 500),
    numbers: ['period'],
    warmUp: (params) => zScoreWarmUp(periodOf(params)),
    compute: ({ close }, params) => zScore(close, periodOf(params)),
    pane: 'below',
  },
};

const smoothingOf = (params: SeriesParams) => (params['smoothing'] === 'wilder' ? 'wilder' : 'simple');
