import { MOST_CANDLES } from '../../jobs/trading/strategies/scan.ts';
import { paramsJsonSchema, type Strategy } from '../../jobs/trading/strategies/strategy.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { FieldError } from '../schemas/views.ts';
import { toParamErrors, type ParamIssue } from './param-issues.ts';

type Field = { type?: unknown; title?: unknown; enum?: unknown };

type Parsed = { params: Record<string, unknown>; errors: null } | { params: null; errors: FieldError[] };

/**
 * Returns a strategy's parameters, checked and with defaults. Forms send text: a number, a tick box or a structure (as JSON)
 * that arrives as text is read as what the schema wants, an empty field as left out. Refusals name the field by its title.
 */
export function parseParams(strategy: Strategy, given: Record<string, unknown>): Parsed {
  const fields = (paramsJsonSchema(strategy)['properties'] ?? {}) as Record<string, Field>;
  const entries = Object.entries(given)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => [name, fromText(fields[name], value)] as const);
  const parsed = strategy.paramsSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return { params: parsed.data, errors: null };
  const of = (name: string) => {
    const title = fields[name]?.title;
    return typeof title === 'string' ? title : undefined;
  };
  const issues = parsed.error.issues as ParamIssue[];
  return { params: null, errors: toParamErrors(issues, { strategy: strategy.title, of }) };
}

type Choice = {
  strategy: Strategy | undefined;
  /** As `parseParams` returns them. */
  params: Record<string, unknown> | null | undefined;
  timeframe: Timeframe | undefined;
};

/** Returns why parameters cannot be used on a timeframe; nothing while one of the three is not known. */
export function listUnusable({ strategy, params, timeframe }: Choice): FieldError[] {
  if (!strategy || !params || !timeframe) return [];
  const fault = strategy.findFault?.(params, timeframe);
  const titles = { strategy: strategy.title, of: () => undefined };
  if (fault) return toParamErrors([{ code: 'custom', ...fault }], titles);
  const needed = strategy.warmUp(params, timeframe);
  if (needed <= MOST_CANDLES) return [];
  const message =
    `With these parameters ${strategy.title} needs the last ${needed.toLocaleString('en')} candles of ${timeframe} before it ` +
    `can decide; at most ${MOST_CANDLES.toLocaleString('en')} are kept. Choose shorter periods or a longer timeframe.`;
  return [{ path: 'params', message }];
}

function fromText(field: Field | undefined, value: unknown): unknown {
  if (typeof value !== 'string' || !field) return value;
  const text = value.trim();
  const isNumeric = field.type === 'number' || field.type === 'integer';
  if (isNumeric && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (field.type === 'boolean' && ['true', 'false', 'on'].includes(text)) return text !== 'false';
  const isStructure = field.type === undefined && field.enum === undefined;
  return isStructure ? fromJson(text) : text;
}

/** What is no JSON stays text, which the schema refuses by name. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
