import { ema, emaWarmUp } from '../../indicators/ema.ts';
import { rollingVwap, rollingVwapWarmUp } from '../../indicators/rolling-vwap.ts';
import { sma, smaWarmUp } from '../../indicators/sma.ts';
import { superTrend, superTrendWarmUp } from '../../indicators/super-trend.ts';
import { wma, wmaWarmUp } from '../../indicators/wma.ts';
import { candleCount, factorField } from './operand-fields.ts';
import { numberOf, type SeriesKind } from './series-kind.ts';

type Average = Pick<SeriesKind, 'name' | 'title'> & {
  warmUp: (period: number) => number;
  compute: (close: Float64Array, period: number) => Float64Array;
};

const average = ({ name, title, warmUp, compute }: Average): SeriesKind => ({
  name,
  title,
  fields: { period: candleCount('Period', { standard: 50 }) },
  numbers: ['period'],
  warmUp: (params) => warmUp(numberOf(params, 'period')),
  compute: ({ close }, params) => compute(close, numberOf(params, 'period')),
  pane: 'price',
});

/** Lines that follow the price. */
export const AVERAGE_KINDS: Readonly<Record<string, SeriesKind>> = {
  sma: average({ name: 'SMA', title: 'Simple average (SMA)', warmUp: smaWarmUp, compute: sma }),
  ema: average({ name: 'EMA', title: 'Exponential average (EMA)', warmUp: emaWarmUp, compute: ema }),
  wma: average({ name: 'WMA', title: 'Weighted average (WMA)', warmUp: wmaWarmUp, compute: wma }),
  rolling_vwap: {
    name: 'VWAP',
    title: 'VWAP of the last candles',
    fields: { period: candleCount('Period', { standard: 96, max: 1_000 }) },
    numbers: ['period'],
    warmUp: (params) => rollingVwapWarmUp(numberOf(params, 'period')),
    compute: (candles, params) => rollingVwap(candles, numberOf(params, 'period')),
    pane: 'price',
  },
  super_trend: {
    name: 'SuperTrend',
    title: 'SuperTrend line',
    fields: {
      period: candleCount('ATR period', { standard: 10, max: 100 }),
      factor: factorField('Factor', 3),
    },
    numbers: ['period', 'factor'],
    warmUp: (params) => superTrendWarmUp(numberOf(params, 'period')),
    compute: (candles, params) =>
      superTrend(candles, numberOf(params, 'period'), numberOf(params, 'factor')).line,
    pane: 'price',
  },
};
