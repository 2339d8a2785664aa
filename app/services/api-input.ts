import type { z } from 'zod';
import type { FieldError } from '../schemas/views.ts';
import { AppError } from './app-error.ts';

const BODY_LIMIT_BYTES = 100_000;
/** So much of a body that is too large is still read, so that its sender gets to see the answer. */
const DRAIN_LIMIT_BYTES = 10_000_000;
const MALFORMED = new Set(['invalid_type', 'invalid_union', 'invalid_key']);

/** Returns the JSON of a request's body. Throws 413 beyond 100 kB, 400 for what is no JSON. */
export async function readJson(request: Request): Promise<unknown> {
  return parseJson(await readBytes(request, BODY_LIMIT_BYTES));
}

/** Returns the JSON that bytes hold. Throws 400 for what is no JSON. */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError('malformed', 'The body is not valid JSON.', { cause: error });
  }
}

/** Returns a request's body as it was sent. Throws 413 beyond `limit` bytes. */
export async function readBytes(request: Request, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const chunk = part.value as Uint8Array;
    bytes += chunk.byteLength;
    if (bytes <= limit) chunks.push(chunk);
    if (bytes > DRAIN_LIMIT_BYTES) break;
  }
  if (bytes > limit)
    throw new AppError('too_large', `The body is larger than ${String(Math.floor(limit / 1_000))} kB.`);
  return Buffer.concat(chunks);
}

/** Returns the input in its schema's shape. Throws 400 where types are wrong or missing, 422 where values are refused. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(toFieldErrors);
  const isMalformed = parsed.error.issues.some(
    (issue) => MALFORMED.has(issue.code) || valueAt(input, issue.path) === undefined,
  );
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ');
  throw new AppError(isMalformed ? 'malformed' : 'refused', detail, { errors });
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'There is no such field.' }));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
