/** A strategy's parameters as form fields, read from their JSON Schema. */

export type ParamField = {
  name: string;
  title: string;
  description: string | undefined;
  fallback: string;
} & (
  | { kind: 'number'; isWhole: boolean; min: number | undefined; max: number | undefined }
  | { kind: 'choice'; choices: string[] }
  | { kind: 'flag' }
  | { kind: 'text' }
  /** An object or a list, written as JSON. */
  | { kind: 'structure' }
);

type JsonSchema = Record<string, unknown>;

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** Bounds that only say "fits in a number" are none. */
function bound(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);

function sayDefault(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

function toField(name: string, schema: JsonSchema): ParamField {
  const base = {
    name,
    title: asText(schema['title']) ?? name.replaceAll('_', ' '),
    description: asText(schema['description']),
    fallback: sayDefault(schema['default']),
  };
  if (Array.isArray(schema['enum'])) return { ...base, kind: 'choice', choices: schema['enum'].map(String) };
  if (schema['type'] === 'boolean') return { ...base, kind: 'flag' };
  if (schema['type'] === undefined)
    return { ...base, kind: 'structure', fallback: JSON.stringify(schema['default'] ?? {}, null, 2) };
  if (schema['type'] !== 'integer' && schema['type'] !== 'number') return { ...base, kind: 'text' };
  return { ...base, kind: 'number', isWhole: schema['type'] === 'integer', ...boundsOf(schema) };
}

function boundsOf(schema: JsonSchema) {
  return {
    min: bound(schema['minimum'] ?? schema['exclusiveMinimum']),
    max: bound(schema['maximum'] ?? schema['exclusiveMaximum']),
  };
}

export function paramFields(schema: JsonSchema): ParamField[] {
  const properties = schema['properties'];
  if (!isSchema(properties)) return [];
  return Object.entries(properties).flatMap(([name, value]) =>
    isSchema(value) ? [toField(name, value)] : [],
  );
}
