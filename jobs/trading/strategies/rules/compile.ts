import { ageInCandles } from '../../risk/rule.ts';
import { timeframeMs } from '../../timeframe.ts';
import type { Position } from '../../types.ts';
import { findCrossings, sideOf, valueAt } from '../crossing.ts';
import type { StrategyInput } from '../strategy.ts';
import type { Comparison, Condition, Figure, Node, Operand } from './rule-schema.ts';
import { openBook, type SeriesBook } from './series-book.ts';
import { isGroup, isOfPosition, isSeries, nodesOf } from './tree.ts';

/** Whether something holds at the close of a candle. `null`: no trade is open. */
export type Test = (index: number, position: Position | null) => boolean;
/** What a figure is at the close of a candle; NaN where there is none. */
export type Value = (index: number, position: Position | null) => number;

/** What a scan has computed so far: figures by value, tests by condition. */
export type Compiler = { input: StrategyInput; book: SeriesBook; tests: Map<Condition, Test> };

export const createCompiler = (input: StrategyInput): Compiler => ({
  input,
  book: openBook(input),
  tests: new Map(),
});

/** Returns the test of a tree. Of none at all it is never true. */
export function compileTree(node: Node, compiler: Compiler, leaf = compileCondition): Test {
  if (!isGroup(node)) return leaf(node, compiler);
  const tests = nodesOf(node).map((each) => compileTree(each, compiler, leaf));
  if (tests.length === 0) return () => false;
  return 'all' in node
    ? (index, position) => tests.every((test) => test(index, position))
    : (index, position) => tests.some((test) => test(index, position));
}

/** Returns whether a tree could hold at a candle with some trade open: no condition is negated, so open ones count as held. */
export function compilePossible(node: Node, compiler: Compiler): Test {
  return compileTree(node, compiler, (condition, each) =>
    isOfPosition(condition) ? () => true : compileCondition(condition, each),
  );
}

/** Returns the test of one condition, made once. */
export function compileCondition(condition: Condition, compiler: Compiler): Test {
  const test = compiler.tests.get(condition) ?? makeTest(condition, compiler);
  compiler.tests.set(condition, test);
  return test;
}

function makeTest(condition: Condition, compiler: Compiler): Test {
  switch (condition.operator) {
    case 'rising':
    case 'falling': {
      const streaks = compiler.book.streak(condition.left);
      const [sign, count] = [condition.operator === 'rising' ? 1 : -1, condition.candles];
      return (index) => sign * valueAt(streaks, index) >= count;
    }
    case 'between':
      return compileBetween(condition, compiler);
    case 'above':
    case 'below':
    case 'crosses_above':
    case 'crosses_below':
      return compileComparison(condition, compiler);
  }
}

type Between = Extract<Condition, { operator: 'between' }>;

/** Both ends count. Of hours and days a low end above the high one means: over midnight, over the weekend. */
function compileBetween({ left, low, high }: Between, compiler: Compiler): Test {
  const [value, bottom, top] = [left, low, high].map((each) => compileValue(each, compiler)) as [
    Value,
    Value,
    Value,
  ];
  const wraps = isTime(left) && typeof low === 'number' && typeof high === 'number' && low > high;
  return (index, position) => {
    const now = value(index, position);
    const isAbove = sideOf(now, bottom(index, position)) >= 0;
    const isBelow = sideOf(now, top(index, position)) <= 0;
    return wraps ? isAbove || isBelow : isAbove && isBelow;
  };
}

export const isTime = (operand: Operand): boolean =>
  typeof operand !== 'number' && ['hour', 'weekday'].includes(operand.type);

type Compared = Extract<Condition, { operator: Comparison }>;

function compileComparison({ operator, left, right }: Compared, compiler: Compiler): Test {
  const [value, level] = [compileValue(left, compiler), compileValue(right, compiler)];
  const direction = operator === 'above' || operator === 'crosses_above' ? 1 : -1;
  const isNow: Test = (index, position) =>
    sideOf(value(index, position), level(index, position)) === direction;
  if (operator === 'above' || operator === 'below') return isNow;
  if (isSeries(left) && isSeries(right)) {
    const crossings = findCrossings(compiler.book.series(left), compiler.book.series(right));
    return (index) => crossings[index] === direction;
  }
  // As in `findCrossings`: it is there now, and was not at the candle before.
  return (index, position) =>
    index > 0 &&
    isNow(index, position) &&
    sideOf(value(index - 1, position), level(index - 1, position)) * direction <= 0;
}

/** Returns the value of an operand at each candle. */
export function compileValue(operand: Operand, { input, book }: Compiler): Value {
  if (typeof operand === 'number') return () => operand;
  if (isSeries(operand)) {
    const values = book.series(operand);
    return (index) => valueAt(values, index);
  }
  return valueOfMoment(operand, input);
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A decision is made at a candle's close, so that is the moment that counts. 1970-01-01 was a Thursday. */
function valueOfMoment({ type }: Figure, input: StrategyInput): Value {
  const { candles, timeframe } = input;
  const length = timeframeMs(timeframe);
  const closeMs = (index: number) => valueAt(candles.openTimeMs, index) + length;
  switch (type) {
    case 'hour':
      return (index) => Math.floor(closeMs(index) / HOUR_MS) % 24;
    case 'weekday':
      return (index) => ((Math.floor(closeMs(index) / DAY_MS) + 3) % 7) + 1;
    case 'profit_pct':
      return (index, position) =>
        position ? 100 * (valueAt(candles.close, index) / position.entryPrice.toNumber() - 1) : NaN;
    default:
      return (index, position) =>
        position ? ageInCandles({ position, timeframe, nowMs: closeMs(index) }) : NaN;
  }
}
