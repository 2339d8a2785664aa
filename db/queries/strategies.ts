import { asc, eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { strategies } from '../schema/bots.ts';

export type StoredStrategy = { name: string; description: string; enabled: boolean };

const columns = {
  name: strategies.name,
  description: strategies.description,
  enabled: strategies.enabled,
};

/** Returns all strategies of the table, by name. */
export function listStoredStrategies(db: Db): Promise<StoredStrategy[]> {
  return db.select(columns).from(strategies).orderBy(asc(strategies.name));
}

export async function findStoredStrategy(db: Db, name: string): Promise<StoredStrategy | undefined> {
  const [row] = await db.select(columns).from(strategies).where(eq(strategies.name, name));
  return row;
}

/** Adds what is missing and brings descriptions up to date; `enabled` stays as it is. */
export async function upsertStrategies(
  db: Db,
  declared: readonly { name: string; description: string }[],
): Promise<void> {
  for (const { name, description } of declared) {
    await db
      .insert(strategies)
      .values({ name, description })
      .onConflictDoUpdate({ target: strategies.name, set: { description } });
  }
}

/** Returns whether there is such a strategy. */
export async function updateStrategyEnabled(db: Db, name: string, enabled: boolean): Promise<boolean> {
  const rows = await db
    .update(strategies)
    .set({ enabled })
    .where(eq(strategies.name, name))
    .returning({ name: strategies.name });
  return rows.length > 0;
}
