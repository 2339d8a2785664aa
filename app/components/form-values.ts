import type { FieldError } from '../schemas/views.ts';

/** What was typed, by field name; kept when a form is refused. */
export type FormValues = Record<string, string>;

/** What a refused form is rendered again with. `message` stands above the form, `errors` beside their fields. */
export type FormRefusal = { message: string; errors: FieldError[]; values: FormValues };

type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };
};

/** The texts of a form or a query string, without files and without fields that must not be sent back. */
export function toValues(entries: Iterable<[string, unknown]>, secret: readonly string[] = []): FormValues {
  const values: FormValues = {};
  for (const [name, value] of entries)
    if (typeof value === 'string' && !secret.includes(name)) values[name] = value;
  return values;
}

/** `{'sizing.value': '5'}` becomes `{sizing: {value: '5'}}`. Names nest one level deep. */
export function toNested(values: FormValues): Record<string, unknown> {
  const nested = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    const [head = name, ...tail] = name.split('.');
    if (tail.length === 0) nested.set(head, value);
    else nested.set(head, { ...(nested.get(head) as object | undefined), [tail.join('.')]: value });
  }
  return Object.fromEntries(nested);
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string; errors: FieldError[] };

/** Reads an input by its schema; the first message speaks for the whole form. */
export function parseInput<T>(schema: Schema<T>, input: unknown): Parsed<T> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  return { ok: false, message: 'Nothing was saved. Please look at the marked fields.', errors };
}

/** The message of one field, if it has one. */
export function errorOf(refusal: FormRefusal | undefined, path: string): string | undefined {
  return refusal?.errors.find((error) => error.path === path)?.message;
}

/** The message of a field or, with its path, of the first thing inside it. */
export function errorWithin(refusal: FormRefusal | undefined, path: string): string | undefined {
  const own = errorOf(refusal, path);
  if (own !== undefined) return own;
  const inside = refusal?.errors.find(
    (error) => error.path.startsWith(`${path}.`) || error.path.startsWith(`${path}[`),
  );
  return inside && `${inside.path.slice(path.length + 1)}: ${inside.message}`;
}
