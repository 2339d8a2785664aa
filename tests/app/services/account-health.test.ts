import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAccountHealth, listRailAccounts } from '../../../app/services/account-health.server.ts';
import { addKey } from '../../../app/services/exchange-keys.server.ts';
import { createHealthStore } from '../../../db/queries/account-health.ts';
import { createUser, startWeb, type Web } from '../../support/web.ts';

let web: Web;

beforeAll(async () => {
  web = await startWeb();
});

afterAll(() => web.stop());

const KEY = { exchange: 'binance', api_key: 'health-key-0001', api_secret: 'health-secret-0001' };

/** A new user with a key whose exchange is known to answer as `facts` say. */
async function arrange(): Promise<{ userId: string; keyId: string }> {
  const user = await createUser(web);
  const key = await addKey(web.deps, user.id, { ...KEY, label: randomUUID() });
  return { userId: user.id, keyId: key.id };
}

describe('the health of an account', () => {
  it('is what any process last saw of it, with the clock of its exchange’s market', async () => {
    const { userId, keyId } = await arrange();
    const store = createHealthStore(web.deps.db);
    const [subject, atMs] = [{ key: keyId, venue: 'binance' }, web.clock.nowMs];
    await store.note(subject, { latencyMs: 82, okAtMs: atMs, weight: { used: 320, limit: 6_000, atMs } });
    await store.note(subject, { latencyMs: 90 });
    await store.note({ key: 'venue:binance', venue: 'binance' }, { clockOffsetMs: -12.4 });
    const at = new Date(atMs).toISOString();
    expect(await getAccountHealth(web.deps, userId, keyId)).toEqual({
      latencyMs: 90,
      weight: { used: 320, limit: 6_000, at },
      clockOffsetMs: -12,
      lastOkAt: at,
      lastError: null,
      ban: null,
      venueBan: null,
      bots: [],
    });
  });

  it('shows a ban while it lasts, and a shorter one does not shorten it', async () => {
    const { userId, keyId } = await arrange();
    const store = createHealthStore(web.deps.db);
    const [subject, atMs] = [{ key: keyId, venue: 'binance' }, web.clock.nowMs];
    await store.ban(subject, { untilMs: atMs + 60_000, reason: 'long', atMs });
    await store.ban(subject, { untilMs: atMs + 1_000, reason: 'short', atMs });
    expect((await getAccountHealth(web.deps, userId, keyId)).ban).toMatchObject({
      leftMs: 60_000,
      reason: 'long',
    });
    expect(await listRailAccounts(web.deps, userId)).toMatchObject([
      { state: 'paused', pauseLeftMs: 60_000 },
    ]);
    web.clock.nowMs += 60_000;
    expect((await getAccountHealth(web.deps, userId, keyId)).ban).toBeNull();
  });

  it('is nobody else’s to see', async () => {
    const { keyId } = await arrange();
    const other = await createUser(web);
    await expect(getAccountHealth(web.deps, other.id, keyId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await listRailAccounts(web.deps, other.id)).toEqual([]);
  });

  it('is failing while the newest call failed, and well once one worked again', async () => {
    const { userId, keyId } = await arrange();
    const store = createHealthStore(web.deps.db);
    const subject = { key: keyId, venue: 'binance' };
    const stateNow = async () => (await listRailAccounts(web.deps, userId))[0]?.state;
    expect(await stateNow()).toBe('unknown');
    await store.note(subject, { okAtMs: 1_000, error: { atMs: 2_000, message: 'no answer' } });
    expect(await stateNow()).toBe('failing');
    await store.note(subject, { okAtMs: 3_000 });
    expect(await stateNow()).toBe('well');
  });
});
