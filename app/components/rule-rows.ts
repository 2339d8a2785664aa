/** Own rules as rows of a form. A row says what one condition says; what rows cannot say is written as JSON. */
import type { FormValues } from './form-values.ts';
import { figureNumbers, type Figure } from './rule-figures.ts';

export const SIDES = ['entry', 'exit'] as const;
export type Side = (typeof SIDES)[number];
export type Join = 'all' | 'any';

/** The texts of one row. `numbers` are written as in RSI(14) and upper Bollinger band(20, 2). */
export type Row = {
  left: string;
  leftNumbers: string;
  leftTimeframe: string;
  operator: string;
  right: string;
  rightNumbers: string;
  rightTimeframe: string;
};
export type Rows = { join: Join; rows: Row[] };

export const NUMBER = 'number';
export const NEW_ROW: Row = {
  left: 'close',
  leftNumbers: '',
  leftTimeframe: '',
  operator: 'above',
  right: 'sma',
  rightNumbers: '50',
  rightTimeframe: '',
};

export const rowField = (side: Side, index: number, part: keyof Row) =>
  `rule.${side}.${String(index)}.${part}`;
export const joinField = (side: Side) => `rule.${side}.join`;
export const jsonField = (side: Side) => `json.${side}`;
export const treeField = (side: Side) => `params.${side}`;
export const EDIT = 'edit_rules';

/**
 * Returns a form's values with its rows read into `params.entry` and `params.exit` as JSON, after the edit that a button asked
 * for: "add entry", "remove exit 2", "json entry", "rows exit".
 */
export function readRules(values: FormValues, figures: readonly Figure[]): FormValues {
  const rest = Object.fromEntries(
    Object.entries(values).filter(([name]) => !name.startsWith('rule.') && name !== EDIT),
  );
  const edit = readEdit(values[EDIT]);
  for (const side of SIDES) {
    const verb = edit.side === side ? edit.verb : '';
    if (verb === 'json' || verb === 'rows') rest[jsonField(side)] = verb === 'json' ? '1' : '';
    const join = values[joinField(side)];
    if (join === undefined) continue;
    const rows = listRows(values, side);
    if (verb === 'add') rows.push(NEW_ROW);
    if (verb === 'remove') rows.splice(edit.index, 1);
    const conditions = rows.map((row) => toCondition(row, figures));
    rest[treeField(side)] = JSON.stringify({ [join === 'any' ? 'any' : 'all']: conditions }, null, 2);
  }
  return rest;
}

function readEdit(text = ''): { verb: string; side: string; index: number } {
  const [verb = '', side = '', index = ''] = text.split(' ');
  return { verb, side, index: Number(index) };
}

function listRows(values: FormValues, side: Side): Row[] {
  const rows: Row[] = [];
  while (values[rowField(side, rows.length, 'operator')] !== undefined) {
    const part = (name: keyof Row) => values[rowField(side, rows.length, name)] ?? '';
    rows.push({
      left: part('left'),
      leftNumbers: part('leftNumbers'),
      leftTimeframe: part('leftTimeframe'),
      operator: part('operator'),
      right: part('right'),
      rightNumbers: part('rightNumbers'),
      rightTimeframe: part('rightTimeframe'),
    });
  }
  return rows;
}

const listNumbers = (text: string) =>
  text
    .split(/[,;\s]+/)
    .filter((part) => part !== '')
    .map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));

function toCondition(row: Row, figures: readonly Figure[]): Record<string, unknown> {
  const { operator } = row;
  const left = toOperand(figures, [row.left, row.leftNumbers, row.leftTimeframe]);
  const numbers = listNumbers(row.rightNumbers);
  if (operator === 'rising' || operator === 'falling') return { operator, left, candles: numbers[0] ?? 1 };
  if (operator === 'between') return { operator, left, low: numbers[0], high: numbers[1] };
  return { operator, left, right: toOperand(figures, [row.right, row.rightNumbers, row.rightTimeframe]) };
}

function toOperand(figures: readonly Figure[], [type, text, timeframe]: [string, string, string]): unknown {
  const given = listNumbers(text);
  if (type === NUMBER) return given.length === 1 ? given[0] : text;
  const figure = figures.find((each) => each.type === type);
  const names = figure?.numbers.map(({ name }) => name) ?? [];
  // A number too many is kept under a name that the schema refuses.
  const entries = given.map((value, at) => [names[at] ?? `number ${String(at + 1)}`, value] as const);
  const isOfCandles = figure !== undefined && figure.timeframes.length > 0 && timeframe !== '';
  return { type, ...Object.fromEntries(entries), ...(isOfCandles ? { timeframe } : {}) };
}

/** Returns a tree of conditions, as JSON, as rows; `null` where rows cannot say it. */
export function toRows(json: string, figures: readonly Figure[]): Rows | null {
  const tree = parseObject(json);
  const join = tree && 'any' in tree ? 'any' : 'all';
  const nodes = tree?.[join];
  if (!Array.isArray(nodes)) return null;
  const rows = nodes.map((node) => toRow(node, figures));
  return rows.every((row) => row !== null) ? { join, rows } : null;
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Half = [type: string, numbers: string, timeframe: string];
const NO_RIGHT: Half = [NUMBER, '', ''];

function toRow(node: unknown, figures: readonly Figure[]): Row | null {
  if (!isObject(node) || typeof node['operator'] !== 'string') return null;
  const left = toHalf(node['left'], figures);
  const right = toRightHalf(node, figures);
  if (!left || !right) return null;
  return {
    left: left[0],
    leftNumbers: left[1],
    leftTimeframe: left[2],
    operator: node['operator'],
    right: right[0],
    rightNumbers: right[1],
    rightTimeframe: right[2],
  };
}

function toRightHalf(node: Record<string, unknown>, figures: readonly Figure[]): Half | null {
  const { operator, right, low, high, candles } = node;
  if (operator === 'rising' || operator === 'falling') return [NUMBER, sayPlain(candles ?? 1), ''];
  if (operator !== 'between') return right === undefined ? NO_RIGHT : toHalf(right, figures);
  if (isObject(low) || isObject(high)) return null;
  return [
    NUMBER,
    [low, high]
      .filter((end) => end !== undefined)
      .map(sayPlain)
      .join(', '),
    '',
  ];
}

const sayPlain = (value: unknown) => (['string', 'number'].includes(typeof value) ? String(value) : '');

function toHalf(operand: unknown, figures: readonly Figure[]): Half | null {
  if (typeof operand === 'number' || typeof operand === 'string') return [NUMBER, String(operand), ''];
  const numbers = isObject(operand) ? figureNumbers(operand, figures) : null;
  if (!isObject(operand) || numbers === null) return null;
  return [sayPlain(operand['type']), numbers, sayPlain(operand['timeframe'])];
}
