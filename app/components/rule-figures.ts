/** What own rules can look at, read from the JSON Schema of their parameters. */

export type Figure = {
  type: string;
  title: string;
  numbers: { name: string; title: string; fallback: string }[];
  /** Those that it may be of; none where it is of no candles. */
  timeframes: string[];
};

type Schema = Record<string, unknown>;
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
const member = (schema: unknown, name: string): Schema => {
  const value = isSchema(schema) ? schema[name] : undefined;
  return isSchema(value) ? value : {};
};
const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);

/** Returns the figures that a strategy's parameters may name; none where it takes no rules. */
export function listFigures(paramsSchema: Schema): Figure[] {
  const definition = member(member(paramsSchema, '$defs'), 'RuleFigure');
  const members = definition['oneOf'] ?? definition['anyOf'];
  return Array.isArray(members) ? members.map(toFigure) : [];
}

function toFigure(schema: unknown): Figure {
  const properties = member(schema, 'properties');
  const type = text(member(properties, 'type')['const'], '');
  const numbers = Object.entries(properties).flatMap(([name, value]) => {
    const { type: kind, title, default: fallback } = isSchema(value) ? value : {};
    const isNumber = kind === 'integer' || kind === 'number';
    return isNumber ? [{ name, title: text(title, name), fallback: String(fallback) }] : [];
  });
  const title = isSchema(schema) ? text(schema['title'], type) : type;
  const { enum: timeframes } = member(properties, 'timeframe');
  return { type, title, numbers, timeframes: Array.isArray(timeframes) ? timeframes.map(String) : [] };
}

/** The choices that a row has no control for, as they are where they are left out. */
const UNSAID: Readonly<Record<string, string>> = { smoothing: 'simple' };

/** Returns an operand's numbers as a row writes them: "12, 26, 9"; `null` where a row cannot say the operand. */
export function figureNumbers(operand: Record<string, unknown>, figures: readonly Figure[]): string | null {
  const figure = figures.find((each) => each.type === operand['type']);
  if (!figure) return null;
  const names = figure.numbers.map(({ name }) => name);
  const isSayable = Object.entries(operand).every(
    ([name, value]) => ['type', 'timeframe', ...names].includes(name) || UNSAID[name] === value,
  );
  if (!isSayable) return null;
  return figure.numbers.map(({ name, fallback }) => sayNumber(operand[name], fallback)).join(', ');
}

const sayNumber = (value: unknown, fallback: string) =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : fallback;
