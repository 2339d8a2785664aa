import type { Timeframe } from '../../timeframe.ts';
import { higherRatio } from '../higher-series.ts';
import type { ParamFault } from '../strategy.ts';
import { isTime } from './compile.ts';
import type { Condition, Group } from './rule-schema.ts';
import { timeframeOf } from './series-book.ts';
import { isOfPosition, isSeries, listPaths, operandsOf } from './tree.ts';

const MOST_CONDITIONS = 20;

/** Returns what is wrong with a tree whose every condition is well-formed. */
export function listTreeFaults(side: 'entry' | 'exit', tree: Group): ParamFault[] {
  const conditions = listPaths(tree, [side]);
  const faults = conditions.flatMap(({ condition, path }) => {
    const message = findConditionFault(side, condition);
    return message === undefined ? [] : [{ path, message }];
  });
  if (conditions.length <= MOST_CONDITIONS) return faults;
  return [
    { path: [side], message: `At most ${MOST_CONDITIONS} conditions; there are ${conditions.length}.` },
    ...faults,
  ];
}

function findConditionFault(side: 'entry' | 'exit', condition: Condition): string | undefined {
  if (side === 'entry' && isOfPosition(condition))
    return 'A buy finds no position yet: conditions on it belong to the exit.';
  if (condition.operator !== 'between' || isTime(condition.left)) return undefined;
  const { low, high } = condition;
  const isReversed = typeof low === 'number' && typeof high === 'number' && low > high;
  return isReversed ? `The low end, ${low}, must not be above the high one, ${high}.` : undefined;
}

/** Returns why a figure's timeframe cannot be made of the bot's own candles, for the first such figure. */
export function findTimeframeFault(
  side: 'entry' | 'exit',
  tree: Group,
  own: Timeframe,
): ParamFault | undefined {
  for (const { condition, path } of listPaths(tree, [side])) {
    for (const [name, operand] of operandsOf(condition)) {
      if (!isSeries(operand)) continue;
      const timeframe = timeframeOf(operand, own);
      if (timeframe === own || higherRatio(own, timeframe) > 0) continue;
      const message = `${timeframe} candles cannot be made of ${own} candles: choose a longer timeframe that is a multiple.`;
      return { path: [...path, name, 'timeframe'], message };
    }
  }
  return undefined;
}
