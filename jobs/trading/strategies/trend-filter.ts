import { z } from 'zod';
import { ema, emaWarmUp } from '../indicators/ema.ts';
import { TIMEFRAMES, type Timeframe } from '../timeframe.ts';
import { sideAt, valueAt } from './crossing.ts';
import { higherRatio, higherSeries, higherWarmUp } from './higher-series.ts';
import { sayRelation } from './price-words.ts';
import type { IndicatorSeries, ParamFault, StrategyInput } from './strategy.ts';

/** Parameters of a strategy that may buy with the trend of a higher timeframe alone. */
export const trendFields = {
  trend_timeframe: z
    .enum(['off', ...TIMEFRAMES])
    .default('off')
    .meta({
      title: 'Trend timeframe',
      description:
        'Buys only while the close is above an EMA of this longer timeframe, of its closed candles. Sells are never held back.',
    }),
  trend_period: z.int().min(2).max(200).default(50).meta({
    title: 'Trend EMA period',
    description: 'Candles of the trend timeframe that its EMA spans. Without effect while the trend is off.',
  }),
};

export type TrendParams = { trend_timeframe: 'off' | Timeframe; trend_period: number };

/** `line` is absent while the filter is off. */
export type Trend = {
  allows: (index: number) => boolean;
  explain: (index: number) => string;
  line: IndicatorSeries | null;
};

const OFF: Trend = { allows: () => true, explain: () => '', line: null };

/** Returns what the trend of a higher timeframe says of each base candle. What it does not know yet, it does not allow. */
export function createTrend({ trend_timeframe, trend_period }: TrendParams, input: StrategyInput): Trend {
  if (trend_timeframe === 'off') return OFF;
  const label = `EMA(${trend_period}) on ${trend_timeframe}`;
  const { close } = input.candles;
  const values = higherSeries(input, trend_timeframe, (candles) => ema(candles.close, trend_period));
  const explain = (index: number) => {
    const side = sideAt(close, values, index);
    return `the close is ${sayRelation(valueAt(close, index), side, valueAt(values, index))}, the ${label}`;
  };
  return {
    allows: (index) => sideAt(close, values, index) === 1,
    explain,
    line: { id: 'trend', label, pane: 'price', values },
  };
}

/** Returns how many base candles the trend needs; 0 while it is off. */
export function trendWarmUp({ trend_timeframe, trend_period }: TrendParams, timeframe: Timeframe): number {
  return trend_timeframe === 'off' ? 0 : higherWarmUp(timeframe, trend_timeframe, emaWarmUp(trend_period));
}

/** Returns why a trend timeframe cannot be used on a bot's own. */
export function findTrendFault(
  { trend_timeframe }: TrendParams,
  timeframe: Timeframe,
): ParamFault | undefined {
  if (trend_timeframe === 'off' || higherRatio(timeframe, trend_timeframe) > 0) return undefined;
  const message = `Trend timeframe ${trend_timeframe} cannot be made of ${timeframe} candles: choose a longer one that is a multiple.`;
  return { path: ['trend_timeframe'], message };
}
