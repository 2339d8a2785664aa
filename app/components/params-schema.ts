/** A strategy's parameters as form fields, read from their JSON Schema. */

export type ParamField = {
  name: string;
  title: string;
  description: string | undefined;
  fallback: string;
} & (
  | { kind: 'number'; isWhole: boolean; min: number | undefined; max: number | undefined; step: string }
  | { kind: 'choice'; choices: string[] }
  | { kind: 'flag' }
  | { kind: 'text' }
);

type JsonSchema = Record<string, unknown>;

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** Bounds that only say "fits in a number" are none. */
function bound(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

function toField(name: string, schema: JsonSchema): ParamField {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const fallback = schema['default'];
  const base = {
    name,
    title: text(schema['title']) ?? name.replaceAll('_', ' '),
    description: text(schema['description']),
    fallback:
      isSchema(fallback) || fallback === undefined ? '' : String(fallback as string | number | boolean),
  };
  if (Array.isArray(schema['enum'])) return { ...base, kind: 'choice', choices: schema['enum'].map(String) };
  if (schema['type'] === 'boolean') return { ...base, kind: 'flag' };
  if (schema['type'] !== 'integer' && schema['type'] !== 'number') return { ...base, kind: 'text' };
  const isWhole = schema['type'] === 'integer';
  return {
    ...base,
    kind: 'number',
    isWhole,
    min: bound(schema['minimum'] ?? schema['exclusiveMinimum']),
    max: bound(schema['maximum'] ?? schema['exclusiveMaximum']),
    step: isWhole ? '1' : 'any',
  };
}

export function paramFields(schema: JsonSchema): ParamField[] {
  const properties = schema['properties'];
  if (!isSchema(properties)) return [];
  return Object.entries(properties).flatMap(([name, value]) =>
    isSchema(value) ? [toField(name, value)] : [],
  );
}

function toTyped(field: ParamField, text: string): unknown {
  if (field.kind === 'flag') return text === 'on' || text === 'true';
  if (field.kind === 'number' && /^[+-]?\d+(\.\d+)?$/.test(text.trim())) return Number(text);
  return text;
}

/** What a form sent, as the types that the strategy's schema asks for; an empty field means its default. */
export function toParams(schema: JsonSchema, sent: Record<string, unknown>): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const field of paramFields(schema)) {
    const text = sent[field.name];
    if (field.kind === 'flag' && text === undefined) params[field.name] = false;
    else if (typeof text === 'string' && text !== '') params[field.name] = toTyped(field, text);
  }
  return params;
}
