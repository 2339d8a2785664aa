import type { ParamField } from './param-fields.ts';

type Fault = { message: string };
type NumberField = Extract<ParamField, { kind: 'int' | 'float' }>;

/** More values of one parameter than these are a slip of the pen. */
const MAX_LEVELS = 1_000;
/** A range of fractions without a step is cut into so many. */
const DEFAULT_STEPS = 20;

/** Returns whether a parameter is a number, so that it can be given as a range. */
export function isNumeric(field: ParamField): field is NumberField {
  return field.kind === 'int' || field.kind === 'float';
}

/** Reads one value as its parameter takes it. A fault's message continues the parameter's name. */
export function readValue(field: ParamField, text: string): { value: unknown } | Fault {
  switch (field.kind) {
    case 'int':
    case 'float':
      return readNumber(field, text);
    case 'choice': {
      const value = field.values.find((each) => String(each) === text);
      return value === undefined
        ? { message: `has no choice ${text || 'of no name'}; it has ${field.values.join(', ')}` }
        : { value };
    }
    case 'text':
      return { value: text };
    case 'structure':
      return readJson(text);
  }
}

/** Reads `from..to` or `from..to:step` into its values, ascending; `to` is among them where a step lands on it. */
export function readRange(field: NumberField, text: string): { list: number[] } | Fault {
  const parts = /^(.*?)\.\.([^:]*)(:[^:]*)?$/.exec(text);
  if (!parts) return { message: `is not from..to:step: ${text}` };
  const from = readNumber(field, parts[1]);
  if ('message' in from) return from;
  const to = readNumber(field, parts[2]);
  if ('message' in to) return to;
  if (to.value < from.value) return { message: `ends at ${to.value}, before it begins at ${from.value}` };
  const step = readStep(field, parts[3], to.value - from.value);
  return typeof step === 'number' ? listLevels(from.value, to.value, step) : step;
}

/** `text` is `:step`, or absent. A range without extent has one value, whatever the step. */
function readStep({ kind }: NumberField, text: string | undefined, extent: number): number | Fault {
  if (text === undefined) return kind === 'int' || extent === 0 ? 1 : extent / DEFAULT_STEPS;
  const step = toNumber(text.slice(1).trim());
  if (!(step > 0)) return { message: `needs a step above 0, not ${text.slice(1) || 'nothing'}` };
  if (kind === 'int' && !Number.isInteger(step))
    return { message: `takes whole numbers, so its step cannot be ${step}` };
  return step;
}

function listLevels(from: number, to: number, step: number): { list: number[] } | Fault {
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MAX_LEVELS)
    return { message: `would have ${count} values; at most ${MAX_LEVELS} are searched` };
  return { list: Array.from({ length: count }, (_, level) => tidy(from + level * step)) };
}

/** Returns a value without the noise of adding up: 0.1 + 2 x 0.1 is 0.3, as the trader wrote it. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function readNumber({ kind, min, max }: NumberField, given = ''): { value: number } | Fault {
  const text = given.trim();
  const value = toNumber(text);
  if (!Number.isFinite(value)) return { message: `needs a number, not ${text || 'nothing'}` };
  if (kind === 'int' && !Number.isInteger(value)) return { message: `takes whole numbers, not ${text}` };
  if (min !== null && value < min) return { message: `must be at least ${min}, not ${text}` };
  if (max !== null && value > max) return { message: `must be at most ${max}, not ${text}` };
  return { value };
}

/** Plain decimals alone: `Number` also takes '', '0x10' and 'Infinity'. */
function toNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

function readJson(text: string): { value: unknown } | Fault {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { message: `is a list or an object, written as JSON, not ${text}` };
  }
}
