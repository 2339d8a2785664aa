import { eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { users } from '../schema/users.ts';

export type User = { id: string; email: string; role: 'admin' | 'trader'; createdAtMs: number };

type Row = typeof users.$inferSelect;

/** Any number of its own: holds sign-ups back from each other, so that exactly one of them is the first. */
const SIGN_UP_LOCK = 7_240_001;

const toUser = (row: Row): User => ({
  id: row.id,
  email: row.email,
  role: row.role,
  createdAtMs: row.createdAt.getTime(),
});

/** Makes other sign-ups wait until this transaction ends. */
export async function lockSignUps(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(${SIGN_UP_LOCK})`);
}

/** Returns whether anybody has an account. */
export async function hasUsers(db: Db): Promise<boolean> {
  const rows = await db.select({ id: users.id }).from(users).limit(1);
  return rows.length > 0;
}

/** Returns the user of that e-mail, in any case, with the hash of the password. */
export async function findUserByEmail(
  db: Db,
  email: string,
): Promise<(User & { passwordHash: string }) | undefined> {
  const [row] = await db
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()));
  return row && { ...toUser(row), passwordHash: row.passwordHash };
}

/** Returns the hash of a user's password. */
export async function findPasswordHash(db: Db, userId: string): Promise<string | undefined> {
  const [row] = await db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId));
  return row?.hash;
}

/** Returns all users, oldest first. */
export async function listUsers(db: Db): Promise<User[]> {
  const rows = await db.select().from(users).orderBy(users.createdAt);
  return rows.map(toUser);
}

/** Returns the new user, or `undefined` where the e-mail is taken. */
export async function insertUser(
  db: Db,
  user: { email: string; passwordHash: string; role: User['role'] },
): Promise<User | undefined> {
  const [row] = await db.insert(users).values(user).onConflictDoNothing().returning();
  return row && toUser(row);
}

export async function updatePasswordHash(db: Db, userId: string, passwordHash: string): Promise<void> {
  await db.update(users).set({ passwordHash }).where(eq(users.id, userId));
}
