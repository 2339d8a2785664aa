import { and, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { apiTokens, users } from '../schema/users.ts';
import type { User } from './users.ts';

export type ApiToken = {
  id: string;
  userId: string;
  name: string;
  scopes: string[];
  expiresAtMs: number;
  createdAtMs: number;
  lastUsedAtMs: number | null;
};

type Row = typeof apiTokens.$inferSelect;

/** The time of use is written at most this often. */
const USE_NOTED_EVERY_MS = 60_000;

const toToken = (row: Row): ApiToken => ({
  id: row.id,
  userId: row.userId,
  name: row.name,
  scopes: row.scopes,
  expiresAtMs: row.expiresAt.getTime(),
  createdAtMs: row.createdAt.getTime(),
  lastUsedAtMs: row.lastUsedAt?.getTime() ?? null,
});

export async function insertApiToken(
  db: Db,
  token: { userId: string; name: string; tokenHash: string; scopes: string[]; expiresAt: Date },
): Promise<void> {
  await db.insert(apiTokens).values(token);
}

/** Returns the unexpired token of that hash and its owner. */
export async function findApiToken(
  db: Db,
  tokenHash: string,
  now: Date,
): Promise<{ token: ApiToken; user: User } | undefined> {
  const [row] = await db
    .select({ token: apiTokens, user: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(and(eq(apiTokens.tokenHash, tokenHash), gt(apiTokens.expiresAt, now)));
  if (!row) return undefined;
  const { id, email, role, createdAt } = row.user;
  return { token: toToken(row.token), user: { id, email, role, createdAtMs: createdAt.getTime() } };
}

/** Notes that a token was used; a use within the last minute is note enough. */
export async function touchApiToken(db: Db, tokenId: string, now: Date): Promise<void> {
  const stale = new Date(now.getTime() - USE_NOTED_EVERY_MS);
  await db
    .update(apiTokens)
    .set({ lastUsedAt: now })
    .where(and(eq(apiTokens.id, tokenId), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, stale))));
}

/** Ends all tokens of a user. */
export async function deleteUserApiTokens(db: Db, userId: string): Promise<void> {
  await db.delete(apiTokens).where(eq(apiTokens.userId, userId));
}
