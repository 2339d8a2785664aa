import type { Timeframe } from '../../timeframe.ts';
import type { Candles } from '../../types.ts';
import { higherRatio, higherSeries, higherWarmUp } from '../higher-series.ts';
import type { StrategyInput } from '../strategy.ts';
import type { Condition, SeriesOperand } from './rule-schema.ts';
import type { SeriesKind } from './series-kind.ts';
import { SERIES_KINDS } from './series-kinds.ts';
import { keyOf } from './tree.ts';

/** Computes each figure once, whichever conditions look at it. */
export type SeriesBook = {
  /** A figure as the bot's own candles see it. */
  series: (operand: SeriesOperand) => Float64Array;
  /** For how many candles in a row, of the figure's own timeframe, it has risen; negative: fallen. */
  streak: (operand: SeriesOperand) => Float64Array;
};

export function openBook(input: StrategyInput): SeriesBook {
  const known = new Map<string, Float64Array>();
  const once = (key: string, make: () => Float64Array) => {
    const values = known.get(key) ?? make();
    known.set(key, values);
    return values;
  };
  const compute = (operand: SeriesOperand) => (candles: Candles) => kindOf(operand).compute(candles, operand);
  const align = (operand: SeriesOperand, make: (candles: Candles) => Float64Array) => {
    const timeframe = timeframeOf(operand, input.timeframe);
    return timeframe === input.timeframe ? make(input.candles) : higherSeries(input, timeframe, make);
  };
  return {
    series: (operand) => once(keyOf(operand), () => align(operand, compute(operand))),
    streak: (operand) =>
      once(`streak ${keyOf(operand)}`, () =>
        align(operand, (candles) => countStreaks(compute(operand)(candles))),
      ),
  };
}

/** Returns an operand's kind. Throws a RangeError for a type that no schema lets pass. */
export function kindOf({ type }: SeriesOperand): SeriesKind {
  const kind = SERIES_KINDS[type];
  if (!kind) throw new RangeError(`Unknown figure ${type}`);
  return kind;
}

export const timeframeOf = ({ timeframe }: SeriesOperand, own: Timeframe): Timeframe =>
  (timeframe as Timeframe | undefined) ?? own;

/** Returns how many of the bot's candles a condition needs for one figure. */
export function operandWarmUp(operand: SeriesOperand, condition: Condition, own: Timeframe): number {
  const timeframe = timeframeOf(operand, own);
  const isStreak = condition.operator === 'rising' || condition.operator === 'falling';
  const count = kindOf(operand).warmUp(operand, timeframe) + (isStreak ? condition.candles : 1);
  if (timeframe === own || higherRatio(own, timeframe) === 0) return count;
  return higherWarmUp(own, timeframe, count);
}

/** Sums stop here, so that they depend on no more candles than a rule may ask for. */
const LONGEST_STREAK = 50;

function countStreaks(values: Float64Array): Float64Array {
  const streaks = new Float64Array(values.length);
  let streak = 0;
  for (let index = 1; index < values.length; index += 1) {
    const change = (values[index] ?? NaN) - (values[index - 1] ?? NaN);
    const step = Math.sign(change);
    if (step > 0) streak = Math.min(LONGEST_STREAK, Math.max(0, streak) + 1);
    else if (step < 0) streak = Math.max(-LONGEST_STREAK, Math.min(0, streak) - 1);
    else streak = 0;
    streaks[index] = streak;
  }
  return streaks;
}
