import { and, eq, lt, ne } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { sessions, users } from '../schema/users.ts';
import type { User } from './users.ts';

/** `idHash` is the SHA-256 of what the cookie holds. */
export type StoredSession = { idHash: string; userId: string; expiresAt: Date };

/** Returns the session and whose it is, expired or not. */
export async function findSession(
  db: Db,
  idHash: string,
): Promise<{ session: StoredSession; user: User } | undefined> {
  const [row] = await db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, idHash));
  if (!row) return undefined;
  const { id, email, role, createdAt } = row.user;
  return {
    session: { idHash, userId: row.session.userId, expiresAt: row.session.expiresAt },
    user: { id, email, role, createdAtMs: createdAt.getTime() },
  };
}

export async function listSessions(db: Db, userId: string): Promise<StoredSession[]> {
  const rows = await db.select().from(sessions).where(eq(sessions.userId, userId));
  return rows.map((row) => ({ idHash: row.id, userId: row.userId, expiresAt: row.expiresAt }));
}

export async function insertSession(db: Db, session: StoredSession): Promise<void> {
  await db
    .insert(sessions)
    .values({ id: session.idHash, userId: session.userId, expiresAt: session.expiresAt });
}

export async function updateSessionExpiry(db: Db, idHash: string, expiresAt: Date): Promise<void> {
  await db.update(sessions).set({ expiresAt }).where(eq(sessions.id, idHash));
}

export async function deleteSession(db: Db, idHash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.id, idHash));
}

/** Ends a user's sessions, all but the one of `keepIdHash` where that is given. */
export async function deleteUserSessions(db: Db, userId: string, keepIdHash?: string): Promise<void> {
  const others = keepIdHash === undefined ? undefined : ne(sessions.id, keepIdHash);
  await db.delete(sessions).where(and(eq(sessions.userId, userId), others));
}

export async function deleteExpiredSessions(db: Db, now: Date): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, now));
}
