/** Part of `views.ts`: the same rules for decimals, times and units hold. */
import type { Side } from '../../jobs/trading/types.ts';

export type CandleView = {
  timeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
};

/** A line drawn with the candles: `values` has one entry per candle, null before warm-up. */
export type IndicatorView = {
  name: string;
  pane: 'price' | 'own';
  values: (number | null)[];
  /** Horizontal lines: an RSI's thresholds, for example. */
  levels: { label: string; value: number }[];
  /** Fixed range of the pane's axis, where the indicator has one. */
  range: { min: number; max: number } | null;
};

export type ChartView = {
  /** Closed candles, oldest first. */
  candles: CandleView[];
  indicators: IndicatorView[];
  /** Fills inside the chart's span, oldest first. */
  markers: { timeMs: number; side: Side; price: number; quantity: string; label: string }[];
  /** Stop and target prices of the open position. */
  lines: { label: string; price: string; kind: 'stop' | 'target' | 'entry' }[];
  /** Why there are no (fresh) candles, in a sentence; null when all is well. */
  problem: string | null;
};

/** What happens next: `headline` when it decides, `detail` what would make it act. */
export type NextView = { headline: string; detail: string; decidesAt: string | null };

/** One of the questions between a bot and its next buy. `isReason`: the one that explains why it does not trade. */
export type CheckView = {
  outcome: 'pass' | 'wait' | 'block';
  title: string;
  detail: string;
  isReason: boolean;
};

export type CurvePoint = { time: string; equity: string };

/** A market before a bot trades on it. The chart's markers are signals, not fills; `signals` is null without a strategy. */
export type MarketPreviewView = {
  chart: ChartView;
  /** What the strategy does, in words, where its parameters do not say it by themselves. */
  sentence: string | null;
  signals: { buys: number; sells: number } | null;
  /** Null where the venue states no tick size. */
  priceDecimals: number | null;
};
