import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findEquityChunk,
  insertEquity,
  packEquity,
  POINTS_A_CHUNK,
} from '../../../db/queries/backtest-equity.ts';
import { insertBacktest } from '../../../db/queries/backtests.ts';
import { users } from '../../../db/schema/users.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function addUser(email: string): Promise<string> {
  const [user] = await database.db.insert(users).values({ email, passwordHash: '-' }).returning();
  return user?.id ?? '';
}

describe('the whole equity curve of a backtest', () => {
  it('comes back to the last bit, a chunk at a time, to its owner alone', async () => {
    const userId = await addUser('one@example.org');
    const request = {
      ...{
        strategy: 'RSI_CROSS',
        params: {},
        venue: 'demo',
        symbols: ['BTC/USDT'],
        timeframe: '1m' as const,
      },
      ...{ fromMs: 0, toMs: 1, initialBalance: '1', stake: 'all', fee: '0', slippage: '0', risk: {} },
      fetchesMissing: false,
    };
    const createdAt = new Date();
    const { id } = await insertBacktest(database.db, { userId, name: 'Long', request, createdAt });
    const count = POINTS_A_CHUNK + 7;
    const column = (valueAt: (at: number) => number) =>
      Float64Array.from({ length: count }, (_, at) => valueAt(at));
    const curve = {
      timeMs: column((at) => 1_700_000_000_000 + at * 60_000),
      equity: column((at) => 1_000 / (at + 3)),
      hold: column((at) => Math.sin(at)),
    };
    await insertEquity(database.db, id, packEquity(curve));
    const chunks = await Promise.all([0, 1, 2].map((at) => findEquityChunk(database.db, { id, userId }, at)));
    expect(chunks.map((chunk) => chunk?.equity.length)).toEqual([POINTS_A_CHUNK, 7, undefined]);
    for (const name of ['timeMs', 'equity', 'hold'] as const)
      expect(chunks.flatMap((chunk) => (chunk ? [...chunk[name]] : []))).toEqual([...curve[name]]);
    const stranger = { id, userId: await addUser('other@example.org') };
    expect(await findEquityChunk(database.db, stranger, 0)).toBeUndefined();
  });
});
