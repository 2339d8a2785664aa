import { AppError } from './app-error.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns the refusal for an id of nothing, and for one of someone else's: the two are not told apart. */
export function notFound(what: string): AppError {
  return new AppError('not_found', `There is no such ${what}.`);
}

/** Returns whether a text can be an id. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Returns the id; throws 404 for anything that cannot be one. */
export function requireId(id: string, what: string): string {
  if (!UUID.test(id)) throw notFound(what);
  return id.toLowerCase();
}

/** Returns the caller's own id where a path names a user; throws 404 for anybody else's. */
export function requireOwnId(id: string, userId: string): string {
  if (id.toLowerCase() !== userId) throw notFound('user');
  return userId;
}
