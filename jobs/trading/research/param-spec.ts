import type { ParamField, ParamValue } from './param-fields.ts';
import { createSpace, type Dimension, type ParamSpace } from './param-space.ts';
import { isNumeric, readRange, readValue, tidy } from './param-text.ts';

/** What is wrong with one line of a search's specification, in a sentence that says what would be right. */
export type SpecFault = { name: string; message: string };

export type ParsedSpec = { space: ParamSpace } | { faults: SpecFault[] };

/** Steps that a suggested range has, about. */
const SUGGESTED_STEPS = 8;
/** Among more choices than these somebody has to choose first. */
const MOST_CHOICES = 6;
/** How much of the way to a bound a suggested range goes: at the bounds a strategy hardly acts, or always. */
const NEAR_BOUND = 0.7;

/**
 * Reads what a search varies, one parameter a line: `rsi_period=5..30:5` (from, to, step), `oversold=20|25|30` or
 * `smoothing=simple|wilder` (a list), `smoothing=*` (every choice), `overbought=70` (fixed). Without a step whole numbers go
 * by 1 and fractions in 20 steps. Parameters that no line names keep their defaults.
 */
export function parseSpec(fields: readonly ParamField[], lines: readonly string[]): ParsedSpec {
  const faults: SpecFault[] = [];
  const dimensions: Dimension[] = [];
  const fixed: Record<string, unknown> = {};
  for (const line of lines) {
    const { name, text } = splitLine(line);
    const isRepeated = name in fixed || dimensions.some((dimension) => dimension.name === name);
    const read = isRepeated ? { message: 'is given twice' } : readLine(fields, name, text);
    if ('message' in read) faults.push({ name, message: `${name} ${read.message}.` });
    else if ('fixed' in read) fixed[name] = read.fixed;
    else dimensions.push(read);
  }
  const points = dimensions.reduce((product, { values }) => product * values.length, 1);
  if (!Number.isSafeInteger(points))
    faults.push({ name: '', message: `${points} combinations are too many to number: widen the steps.` });
  return faults.length > 0 ? { faults } : { space: createSpace(dimensions, fixed) };
}

/**
 * Returns the line that searches around a parameter's default, if it can be searched: from half of it to twice, but no more than
 * most of the way to a bound, in steps of 1, 2 or 5 times a power of ten, with the default among the values.
 */
export function suggestSpec(field: ParamField): string | undefined {
  if (field.kind === 'choice')
    return field.values.length > MOST_CHOICES ? undefined : `${field.name}=${field.values.join('|')}`;
  const { name, defaultValue: middle } = field;
  if (!isNumeric(field) || typeof middle !== 'number' || middle <= 0) return undefined;
  const down = Math.min(middle / 2, NEAR_BOUND * (middle - (field.min ?? -Infinity)));
  const up = Math.min(middle, NEAR_BOUND * ((field.max ?? Infinity) - middle));
  const rounded = roundStep((down + up) / SUGGESTED_STEPS);
  const step = field.kind === 'int' ? Math.max(1, rounded) : rounded;
  const from = tidy(middle - Math.floor(down / step + 1e-9) * step);
  const to = tidy(middle + Math.floor(up / step + 1e-9) * step);
  return from < to ? `${name}=${from}..${to}:${step}` : undefined;
}

/** Returns the nearest 1, 2 or 5 times a power of ten, by ratio. */
function roundStep(exact: number): number {
  const power = 10 ** Math.floor(Math.log10(exact));
  const farness = (factor: number) => Math.abs(Math.log((factor * power) / exact));
  const nearest = [1, 2, 5, 10].reduce((one, other) => (farness(other) < farness(one) ? other : one));
  return tidy(nearest * power);
}

function splitLine(line: string): { name: string; text: string } {
  const at = line.indexOf('=');
  if (at < 0) return { name: line.trim(), text: '' };
  return { name: line.slice(0, at).trim(), text: line.slice(at + 1).trim() };
}

type LineReading = Dimension | { fixed: unknown } | { message: string };

function readLine(fields: readonly ParamField[], name: string, text: string): LineReading {
  const field = fields.find((each) => each.name === name);
  if (!field) {
    const known = fields.map((each) => each.name).join(', ');
    return { message: `is no parameter of this strategy; it has ${known || 'none'}` };
  }
  if (text === '') return { message: `has no value; write ${suggestSpec(field) ?? `${name}=…`}` };
  const values = readValues(field, text);
  if ('message' in values) return values;
  if (values.list.length === 1) return { fixed: values.list[0] };
  const list = values.list as ParamValue[];
  if (field.kind === 'choice') return { name, values: list, isOrdered: false };
  return { name, values: (list as number[]).toSorted((a, b) => a - b), isOrdered: true };
}

function readValues(field: ParamField, text: string): { list: unknown[] } | { message: string } {
  if (field.kind === 'choice' && text === '*') return { list: field.values };
  if (isNumeric(field) && text.includes('..')) return readRange(field, text);
  const list: unknown[] = [];
  for (const part of isNumeric(field) || field.kind === 'choice' ? text.split('|') : [text]) {
    const read = readValue(field, part.trim());
    if ('message' in read) return read;
    if (list.includes(read.value)) return { message: `lists ${part.trim()} twice` };
    list.push(read.value);
  }
  return { list };
}
