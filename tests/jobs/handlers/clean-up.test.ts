import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHealthStore, listHealth } from '../../../db/queries/account-health.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { createTestClock, insertKey, insertUser, startEngine, type Engine } from '../../support/engine.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOW_MS) });
});

afterAll(() => engine.stop());

async function cleanUp(): Promise<void> {
  await engine.boss.enqueue(engine.deps.db, 'clean-up', [{ payload: { slotMs: NOW_MS } }]);
  await engine.drainOnce('clean-up');
}

describe('the clean-up', () => {
  it('removes alerts that were over for 90 days, and no open one however old', async () => {
    const userId = await insertUser(engine);
    const alert = (title: string, resolvedDaysAgo?: number) => ({
      userId,
      code: 'drift',
      title,
      detail: '',
      createdAt: new Date(NOW_MS - 200 * DAY_MS),
      resolvedAt: resolvedDaysAgo === undefined ? null : new Date(NOW_MS - resolvedDaysAgo * DAY_MS),
    });
    await engine.deps.db.insert(alerts).values([alert('open'), alert('recent', 89), alert('old', 91)]);
    await cleanUp();
    const kept = await engine.deps.db.select({ title: alerts.title }).from(alerts).orderBy(alerts.id);
    expect(kept.map((row) => row.title)).toEqual(['open', 'recent']);
  });

  it('forgets the health of accounts whose key is gone, and keeps that of others and of venues', async () => {
    const userId = await insertUser(engine);
    const credentials = { apiKey: 'clean-up-key', apiSecret: 'clean-up-secret' };
    const kept = await insertKey(engine, userId, { exchange: 'binance', credentials });
    const keys = [kept, 'venue:binance', randomUUID()];
    const store = createHealthStore(engine.deps.db);
    for (const key of keys) await store.note({ key, venue: 'binance' }, { latencyMs: 80 });
    await cleanUp();
    const known = await listHealth(engine.deps.db, keys, NOW_MS);
    expect([...known.keys()].sort()).toEqual([kept, 'venue:binance'].sort());
  });
});
