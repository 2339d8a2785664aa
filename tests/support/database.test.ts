import { describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';

async function tablesOf({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select table_name as name from information_schema.tables`;
  return rows.map(({ name }) => name);
}

describe('test databases', () => {
  it('are migrated, and apart from each other', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await first.sql`create table mine (n int)`;
    expect(await tablesOf(first)).toEqual(expect.arrayContaining(['mine', 'users']));
    expect(await tablesOf(second)).not.toContain('mine');
    await Promise.all([first.drop(), second.drop()]);
  });
});
