import { sayFigure } from '../price-words.ts';
import type { Comparison, Condition, Group, Node, Operand, SeriesOperand } from './rule-schema.ts';
import { kindOf } from './series-book.ts';
import { isGroup, listConditions, nodesOf } from './tree.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Returns a tree as the part of a sentence that follows "when"; groups of several inside another stand in brackets. */
export function sayTree(node: Node): string {
  if (!isGroup(node)) return sayCondition(node);
  const nodes = nodesOf(node);
  const [only] = nodes;
  if (only && nodes.length === 1) return sayTree(only);
  return nodes.map(sayInner).join('all' in node ? ' and ' : ' or ');
}

function sayInner(node: Node): string {
  const isOfSeveral = listConditions(node).length > 1;
  return isOfSeveral ? `(${sayTree(node)})` : sayTree(node);
}

/** Returns the whole strategy as a sentence or two. */
export function sayRules({ entry, exit }: { entry: Group; exit: Group }): string {
  const sells =
    nodesOf(exit).length === 0 ? 'Sells by its risk rules alone.' : `Sells when ${sayTree(exit)}.`;
  return `Buys when ${sayTree(entry)}. ${sells}`;
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  hour: 'the hour (UTC)',
  weekday: 'the day (UTC)',
  profit_pct: "the position's gain",
  candles_held: "the position's age",
};

/** Returns a figure's name, as "EMA(200) on 1h"; a number by what it is held against, as "Friday". */
export function sayOperand(operand: Operand, unitOf?: Operand): string {
  if (typeof operand === 'number') return sayNumber(operand, unitOf);
  return OTHER_NAMES[operand.type] ?? saySeries(operand);
}

function saySeries(operand: SeriesOperand): string {
  const { name, numbers } = kindOf(operand);
  const own = numbers.map((each) => sayFigure(Number(operand[each])));
  if (operand['smoothing'] === 'wilder') own.push('Wilder');
  const label = own.length === 0 ? name : `${name}(${own.join(', ')})`;
  const timeframe = operand['timeframe'];
  return timeframe === undefined ? label : `${label} on ${timeframe}`;
}

/** A number by what it is held against: a day has a name, a gain is a percentage. */
function sayNumber(value: number, unitOf: Operand | undefined): string {
  const type = typeof unitOf === 'object' ? unitOf.type : '';
  if (type === 'weekday') return DAYS[value - 1] ?? sayFigure(value);
  if (type === 'profit_pct') return `${sayFigure(value)} %`;
  if (type === 'candles_held') return `${sayFigure(value)} ${value === 1 ? 'candle' : 'candles'}`;
  return sayFigure(value);
}

/** Returns one condition as part of a sentence. */
export function sayCondition(condition: Condition): string {
  const left = sayOperand(condition.left);
  switch (condition.operator) {
    case 'rising':
      return `${left} has risen ${sayCount(condition.candles)}`;
    case 'falling':
      return `${left} has fallen ${sayCount(condition.candles)}`;
    case 'between': {
      const [low, high] = [condition.low, condition.high].map((end) => sayOperand(end, condition.left));
      return `${left} is between ${low} and ${high}`;
    }
    case 'above':
    case 'below':
    case 'crosses_above':
    case 'crosses_below':
      return sayOfPosition(condition) ?? `${left} ${VERBS[condition.operator]} ${sayRight(condition)}`;
  }
}

const VERBS: Readonly<Record<Comparison, string>> = {
  above: 'is above',
  below: 'is below',
  crosses_above: 'crosses above',
  crosses_below: 'crosses below',
};

const sayCount = (candles: number) => (candles === 1 ? 'in a candle' : `for ${candles} candles`);
const sayRight = ({ right, left }: Compared) => sayOperand(right, left);

type Compared = Extract<Condition, { operator: Comparison }>;

/** What a trader says of a position: it has gained, lost, been held. */
function sayOfPosition({ left, operator, right }: Compared): string | undefined {
  if (typeof right !== 'number' || operator.startsWith('crosses')) return undefined;
  const isAbove = operator === 'above';
  if (left.type === 'candles_held')
    return `the position has been held for ${isAbove ? 'more' : 'fewer'} than ${sayNumber(right, left)}`;
  if (left.type !== 'profit_pct') return undefined;
  if (isAbove) return right < 0 ? undefined : `the position has gained more than ${sayFigure(right)} %`;
  return right > 0 ? undefined : `the position has lost more than ${sayFigure(-right)} %`;
}
