import { z } from 'zod';

export type ParamValue = number | string | boolean;

/** One parameter of a strategy, as a search sees it. `defaultValue` is `undefined` where the schema has none. */
export type ParamField = { name: string; title: string; defaultValue: unknown } & (
  | { kind: 'int' | 'float'; min: number | null; max: number | null }
  | { kind: 'choice'; values: ParamValue[] }
  /** Text, lists and objects: these can be given, not searched. */
  | { kind: 'text' | 'structure' }
);

/** The part of JSON Schema that parameters use. */
type Property = {
  type?: string;
  title?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
};

/** Returns the parameters of a strategy's schema, in its order. */
export function listParamFields(schema: z.ZodObject): ParamField[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as {
    properties?: Record<string, Property>;
  };
  return Object.entries(properties).map(([name, property]) => toField(name, property));
}

function toField(name: string, property: Property): ParamField {
  const field = { name, title: property.title ?? name, defaultValue: property.default };
  if (property.enum?.every(isParamValue)) return { ...field, kind: 'choice', values: property.enum };
  if (property.type === 'boolean') return { ...field, kind: 'choice', values: [false, true] };
  if (property.type === 'integer') return { ...field, kind: 'int', ...boundsOf(property) };
  if (property.type === 'number') return { ...field, kind: 'float', ...boundsOf(property) };
  return { ...field, kind: property.type === 'string' ? 'text' : 'structure' };
}

/** A bound at the edge of the safe integers is how the schema says that there is none. */
function boundsOf(property: Property): { min: number | null; max: number | null } {
  const min = property.minimum ?? property.exclusiveMinimum ?? -Infinity;
  const max = property.maximum ?? property.exclusiveMaximum ?? Infinity;
  return {
    min: min > Number.MIN_SAFE_INTEGER ? min : null,
    max: max < Number.MAX_SAFE_INTEGER ? max : null,
  };
}

function isParamValue(value: unknown): value is ParamValue {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}
