import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listHealth } from '../../../db/queries/account-health.ts';
import { accountHealth } from '../../../db/schema/account-health.ts';
import { pauseOfStatus, pauseOfWords } from '../../../jobs/exchange/pause-length.ts';
import type { Engine } from '../../support/engine.ts';
import type { Fault } from '../../support/exchange-simulator/server.ts';
import {
  startVenueEngine,
  VENUE_NAMES,
  VENUE_START_MS,
  type VenueEngine,
  type VenueName,
} from '../../support/venue-engine.ts';
import { failureOf } from './binance-scenario.ts';

/** Longer than another process may take to see a ban. */
const SEEN_MS = 300;

const inWords = (words: string): Fault => ({
  type: 'reply',
  status: 200,
  body: JSON.stringify({ error: [words] }),
});
const inStatus = (status: number): Fault => ({
  type: 'reply',
  status,
  body: '{"code":-1003,"msg":"Too much."}',
});
const throttledUntil = Math.floor(VENUE_START_MS / 1_000) + 3_600;

const ASKED: Record<VenueName, [what: string, fault: Fault, pauseMs: number][]> = {
  binance: [
    ['429 alone', inStatus(429), 60_000],
    ['418 alone', inStatus(418), 120_000],
  ],
  kraken: [
    ['EAPI:Rate limit exceeded', inWords('EAPI:Rate limit exceeded'), 15_000],
    ['EOrder:Rate limit exceeded', inWords('EOrder:Rate limit exceeded'), 5_000],
    ['EGeneral:Temporary lockout', inWords('EGeneral:Temporary lockout'), 300_000],
    ['EService: Throttled until a time', inWords(`EService: Throttled: ${throttledUntil}`), 0],
    ['429 alone', inStatus(429), 30_000],
  ],
};

describe.each(VENUE_NAMES)('on %s, a pause whose length is not stated', (venue) => {
  let at: VenueEngine;
  let another: Engine;

  beforeAll(async () => {
    at = await startVenueEngine(venue);
    another = await at.startAnother();
  });

  afterEach(async () => {
    at.simulator.setFault(undefined);
    await at.engine.deps.db.delete(accountHealth);
  });

  afterAll(async () => {
    await another.stop();
    await at.stop();
  });

  const accountOf = (engine: Engine) =>
    engine.deps.accountFor({ accountId: at.accountId, userId: at.userId, mode: 'live', venue });

  it.each(ASKED[venue])('holds in every process: %s', async (what, fault, pauseMs) => {
    // Two processes share the nonces of Kraken's clock, so each call has a moment of its own.
    const moveTo = (nowMs: number) => {
      at.engine.clock.nowMs = nowMs;
      another.clock.nowMs = nowMs;
    };
    const [one, two] = [await accountOf(at.engine), await accountOf(another)];
    for (const account of [one, two]) {
      moveTo(at.engine.clock.nowMs + 100);
      await account.fetchBalances();
    }
    const startMs = at.engine.clock.nowMs + 100;
    moveTo(startMs);
    at.simulator.setFault(() => fault);
    expect(await failureOf(one.fetchBalances())).toMatchObject({ kind: 'rate-limited' });
    at.simulator.setFault(undefined);
    const health = await listHealth(another.deps.db, [at.accountId], startMs);
    const untilMs = health.get(at.accountId)?.ban?.untilMs ?? 0;
    expect(untilMs - startMs).toBe(what.includes('until') ? throttledUntil * 1_000 - startMs : pauseMs);
    await wait(SEEN_MS);
    const sent = at.simulator.requests.length;
    expect(await failureOf(two.fetchBalances())).toMatchObject({ kind: 'rate-limited' });
    expect(at.simulator.requests).toHaveLength(sent);
    moveTo(untilMs);
    expect((await two.fetchBalances()).has('USDT')).toBe(true);
  });
});

describe('the length of a pause', () => {
  it('is the venue’s own where it states one', () => {
    expect(pauseOfStatus('binance', { status: 418, retryAfterMs: 7_000 })?.ms).toBe(7_000);
    expect(pauseOfStatus('kraken', { status: 429, retryAfterMs: 3_000 })?.ms).toBe(3_000);
  });

  it('is none for any other answer', () => {
    for (const status of [200, 400, 403, 503])
      expect(pauseOfStatus('binance', { status, retryAfterMs: 60_000 })).toBeUndefined();
  });

  it('is short for words that are not known', () => {
    expect(pauseOfWords('okx', 'okx: Too Many Requests', 0).ms).toBe(10_000);
    expect(pauseOfWords('okx', 'okx: EGeneral:Temporary lockout', 0).ms).toBe(10_000);
  });
});
