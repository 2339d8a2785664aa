import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../db/schema/bots.ts';
import { warmUp } from '../../jobs/warm-up.ts';
import { intend } from '../support/intend.ts';
import { startVenueEngine, VENUE_NAMES, type VenueEngine } from '../support/venue-engine.ts';

describe.each(VENUE_NAMES)('a jobs process that has bots on %s', (venue) => {
  let at: VenueEngine;
  let botId: string;

  beforeAll(async () => {
    at = await startVenueEngine(venue);
    botId = await at.makeBot();
  });
  afterAll(() => at.stop());

  const paths = () => at.simulator.requests.splice(0).map(({ path }) => path);

  it('asks nothing where all its bots are stopped', async () => {
    const { db } = at.engine.deps;
    await db.update(botRuns).set({ status: 'STOPPED' }).where(eq(botRuns.id, botId));
    await warmUp(at.engine.deps);
    expect(paths()).toEqual([]);
    await db.update(botRuns).set({ status: 'RUNNING' }).where(eq(botRuns.id, botId));
  });

  it('is not stopped by an exchange that does not answer', async () => {
    at.simulator.setFault(() => ({ type: 'drop-request' }));
    await warmUp(at.engine.deps);
    at.simulator.setFault(undefined);
    paths();
  });

  it('has all at hand for its first order: the order is the first thing that is asked then', async () => {
    await warmUp(at.engine.deps);
    expect(paths().length).toBeGreaterThan(1);
    await intend(at.engine, botId, { quantity: '0.01' });
    await at.engine.drainOnce('place-order');
    expect(at.place(at.simulator.requests[0]!)).toBe(true);
  });
});
