import { paramsJsonSchema, type Strategy } from '../../jobs/trading/strategies/strategy.ts';
import type { FieldError } from '../schemas/views.ts';

type Field = { type?: unknown; title?: unknown };

type Parsed = { params: Record<string, unknown>; errors: null } | { params: null; errors: FieldError[] };

/**
 * Returns a strategy's parameters, checked and with defaults. Forms send text: a number or a tick box that arrives as text
 * is read as what the schema wants, an empty field as left out. Refusals name the field by its title.
 */
export function parseParams(strategy: Strategy, given: Record<string, unknown>): Parsed {
  const fields = (paramsJsonSchema(strategy)['properties'] ?? {}) as Record<string, Field>;
  const entries = Object.entries(given)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => [name, fromText(fields[name], value)] as const);
  const parsed = strategy.paramsSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return { params: parsed.data, errors: null };
  const errors = parsed.error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: `params.${key}`,
        message: `${strategy.title} has no such parameter.`,
      }));
    const name = String(issue.path[0] ?? '');
    return [{ path: name === '' ? 'params' : `params.${name}`, message: sayIssue(fields[name], issue) }];
  });
  return { params: null, errors };
}

function fromText(field: Field | undefined, value: unknown): unknown {
  if (typeof value !== 'string' || !field) return value;
  const text = value.trim();
  const isNumeric = field.type === 'number' || field.type === 'integer';
  if (isNumeric && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (field.type === 'boolean' && ['true', 'false', 'on'].includes(text)) return text !== 'false';
  return text;
}

type Issue = {
  code: string;
  message: string;
  minimum?: unknown;
  maximum?: unknown;
  expected?: unknown;
  values?: unknown;
};

/** What a bound, type or choice that was missed is called; any other message is the schema's own sentence. */
const SENTENCES: Record<string, (issue: Issue) => string> = {
  too_small: ({ minimum }) => `must be at least ${String(minimum)}`,
  too_big: ({ maximum }) => `must be at most ${String(maximum)}`,
  invalid_type: ({ expected }) => `must be a ${expected === 'int' ? 'whole number' : String(expected)}`,
  invalid_value: ({ values }) => `must be one of: ${Array.isArray(values) ? values.join(', ') : ''}`,
};

function sayIssue(field: Field | undefined, issue: Issue): string {
  const title = typeof field?.title === 'string' ? field.title : 'This parameter';
  const say = SENTENCES[issue.code];
  return say ? `${title} ${say(issue)}.` : issue.message;
}
