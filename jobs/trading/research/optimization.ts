import type { Strategy } from '../strategies/strategy.ts';
import type { Timeframe } from '../timeframe.ts';
import { OPTIMIZATION_LIMITS } from './optimization-limits.ts';
import { findObjective, type Objective } from './objectives.ts';
import { listParamFields } from './param-fields.ts';
import { pointOf, readPoint, type ParamSpace } from './param-space.ts';
import { parseSpec } from './param-spec.ts';
import type { Sampler } from './search.ts';
import { splitOutOfSample, walkForward, type TrainTest } from './windows.ts';

/** What an optimisation was asked to do, beside what every backtest is asked. Plain data, as it is stored. */
export type OptimizationPlan = {
  /** Lines of `parseSpec`: what varies, over which values, and what is fixed. */
  vary: string[];
  sampler: Sampler;
  /** Name of an objective. */
  objective: string;
  /** Parameter sets to try, at most. */
  tries: number;
  seed: string;
  /** Fraction of the candles, the newest, that the search does not see. */
  holdOut: number;
  /** Fewer trades than these give no score. */
  minTrades: number;
  /** Steps of a walk-forward run; 0 for none. */
  walkSteps: number;
};

/** An optimisation whose plan holds. */
export type PreparedOptimization = {
  strategy: Strategy;
  space: ParamSpace;
  objective: Objective;
  /** What is searched on, and what is held out. */
  split: TrainTest;
  /** Windows of the walk-forward run, oldest first; none unless asked for. */
  walk: TrainTest[];
};

/**
 * Returns the plan of a space. Where nothing varies there is nothing to choose: the one set is checked, whatever it came to, so
 * neither few trades nor a figure without meaning may keep it from its score.
 */
export function planFor(space: ParamSpace, plan: OptimizationPlan): OptimizationPlan {
  if (space.dimensions.length > 0) return plan;
  return { ...plan, sampler: 'grid', objective: 'total_return', tries: 1, minTrades: 0 };
}

/** What is wrong with a plan; `path` leads to the field. */
export type PlanFault = { path: string; message: string };

type Given = {
  strategy: Strategy;
  timeframe: Timeframe;
  plan: OptimizationPlan;
  /** How many candles there are. */
  count: number;
};

/** Points of a space that are looked at for one that the strategy takes. */
const LOOKED_AT = 5_000;
/** Training is so many times as long as each test of a walk-forward run. */
const TRAIN_TESTS = 3;

/** Returns a plan made ready, or all that is wrong with it. */
export function prepareOptimization(given: Given): PreparedOptimization | { faults: PlanFault[] } {
  const { strategy, timeframe, plan, count } = given;
  const objective = findObjective(plan.objective);
  const read = readSpace(given, plan.vary);
  const faults = [
    ...checkNumbers(plan, count),
    ...('faults' in read ? read.faults : []),
    ...(objective ? [] : [{ path: 'objective', message: `There is no objective "${plan.objective}".` }]),
  ];
  if (faults.length > 0 || 'faults' in read || !objective) return { faults };
  const { space } = read;
  const windows = divide(plan, count, longestWarmUp(space, strategy, timeframe));
  return 'faults' in windows ? windows : { strategy, objective, space, ...windows };
}

const pathOf = (name: string): string => (name === '' ? 'vary' : `vary.${name}`);

function checkNumbers({ tries, sampler, walkSteps }: OptimizationPlan, count: number): PlanFault[] {
  const { candles, learnedTries } = OPTIMIZATION_LIMITS;
  const mostTries = sampler === 'tpe' ? learnedTries : OPTIMIZATION_LIMITS.tries;
  const faults: PlanFault[] = [];
  const refuse = (path: string, message: string) => faults.push({ path, message });
  if (!(tries >= 1 && tries <= mostTries))
    refuse(
      'tries',
      `Between 1 and ${grouped(mostTries)} sets can be tried in this way, not ${grouped(tries)}.`,
    );
  if (!(walkSteps >= 0 && walkSteps <= OPTIMIZATION_LIMITS.walkSteps))
    refuse('walk_steps', `A walk forward has at most ${OPTIMIZATION_LIMITS.walkSteps} steps.`);
  if (count > candles)
    refuse(
      'from',
      `${grouped(count)} candles are too many: at most ${grouped(candles)}. Choose fewer days or longer candles.`,
    );
  return faults;
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Which sets a plan's lines stand for, and the first of them that the strategy takes. */
export type PlanSpace = { space: ParamSpace; params: Record<string, unknown> };

/** Returns the sets that lines stand for, or what is wrong with the lines. */
export function readSpace(
  { strategy, timeframe }: Pick<Given, 'strategy' | 'timeframe'>,
  lines: readonly string[],
): PlanSpace | { faults: PlanFault[] } {
  const parsed = parseSpec(listParamFields(strategy.paramsSchema), lines);
  if ('faults' in parsed)
    return { faults: parsed.faults.map(({ name, message }) => ({ path: pathOf(name), message })) };
  const { space } = parsed;
  const judge = { strategy, timeframe };
  for (let point = 0; point < Math.min(space.size, LOOKED_AT); point += 1) {
    const read = readPoint(space, judge, point);
    if ('params' in read) return { space, params: read.params };
  }
  const first = readPoint(space, judge, 0);
  const message = `No combination is possible. ${'fault' in first ? first.fault : ''}`.trim();
  return { faults: [{ path: 'vary', message }] };
}

function divide(
  { holdOut, walkSteps }: OptimizationPlan,
  count: number,
  warmUp: number,
): Pick<PreparedOptimization, 'split' | 'walk'> | { faults: PlanFault[] } {
  const split = splitOutOfSample({ count, warmUp, share: holdOut });
  if ('fault' in split) return { faults: [{ path: 'hold_out', message: split.fault }] };
  if (walkSteps === 0) return { split, walk: [] };
  const test = Math.max(1, Math.floor(count / (walkSteps + TRAIN_TESTS)));
  const train = count - walkSteps * test;
  const walk = walkForward({ count, warmUp, train, test, mode: 'rolling' });
  return 'fault' in walk ? { faults: [{ path: 'walk_steps', message: walk.fault }] } : { split, walk };
}

/** Corners of the space that are looked at for its longest warm-up. */
const CORNERS = 4_096;

/**
 * Returns the longest warm-up among the corners of a space: the ends of what has an order, every choice of what has none.
 * A set in between that needs more begins that much later.
 */
function longestWarmUp(space: ParamSpace, strategy: Strategy, timeframe: Timeframe): number {
  let corners: number[][] = [[]];
  for (const { values, isOrdered } of space.dimensions) {
    const levels = isOrdered ? [0, values.length - 1] : values.map((_, level) => level);
    corners = corners.flatMap((corner) => levels.map((level) => [...corner, level])).slice(0, CORNERS);
  }
  return corners.reduce((longest, levels) => {
    const read = readPoint(space, { strategy, timeframe }, pointOf(space, levels));
    return 'fault' in read ? longest : Math.max(longest, strategy.warmUp(read.params, timeframe));
  }, 0);
}
