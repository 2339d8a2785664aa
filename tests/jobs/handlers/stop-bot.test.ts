import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botRuns } from '../../../db/schema/bots.ts';
import { markPrices } from '../../../db/queries/engine-bots.ts';
import { haltBots } from '../../../db/queries/halts.ts';
import { markBotErrors, markTicks } from '../../../db/queries/ticks.ts';
import { stopBot } from '../../../jobs/handlers/stop-bot.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { intend } from '../../support/intend.ts';

const NOON_MS = Date.UTC(2030, 0, 1, 12);

let engine: Engine;
let userId: string;

beforeAll(async () => {
  engine = await startEngine({ clock: createTestClock(NOON_MS) });
  userId = await insertUser(engine);
});

afterAll(() => engine.stop());

const setBot = (id: string, set: Partial<typeof botRuns.$inferInsert>) =>
  engine.deps.db.update(botRuns).set(set).where(eq(botRuns.id, id));

const stepsOf = async (botRunId: string) => {
  const rows = await engine.database.sql<{ data: { step?: number } }[]>`
    select data from pgboss.job where name = 'stop-bot' and data->>'botRunId' = ${botRunId} order by created_on, data->>'step'`;
  return rows.map(({ data }) => data.step);
};

describe('the steps of a stop', () => {
  it('are numbered: a step that two processes take leads to one next step, whatever their clocks say', async () => {
    const botRunId = await insertBot(engine, { userId, venue: 'demo' });
    await intend(engine, botRunId);
    await setBot(botRunId, { status: 'STOPPING' });
    await stopBot(engine.deps, { botRunId });
    engine.clock.nowMs += 3_000;
    await stopBot(engine.deps, { botRunId });
    expect(await stepsOf(botRunId)).toEqual([1]);
  });

  it('are looked after by the watch, whose looks begin no steps of their own', async () => {
    const botRunId = await insertBot(engine, { userId, venue: 'demo' });
    await intend(engine, botRunId);
    await setBot(botRunId, { status: 'STOPPING' });
    await stopBot(engine.deps, { botRunId, isExtra: true });
    expect(await stepsOf(botRunId)).toEqual([]);
    await stopBot(engine.deps, { botRunId, isExtra: true });
    const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botRunId));
    expect(bot?.status).toBe('STOPPED');
  });
});

describe('statements that change several bots', () => {
  it('wait for each other and never in a circle, in whatever order they name the bots', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 20; made += 1) ids.push(await insertBot(engine, { userId, venue: 'demo' }));
    const { db } = engine.deps;
    const shuffled = (seed: number) =>
      ids.toSorted((a, b) => ((a.charCodeAt(seed) * 7 + seed) % 11) - ((b.charCodeAt(seed) * 7 + seed) % 11));
    const price = money(1);
    const rounds = Array.from({ length: 15 }, (_, round) => {
      const [one, two, three, four] = [
        shuffled(round % 8),
        shuffled((round + 3) % 8).toReversed(),
        shuffled(20 + (round % 8)),
        ids.toReversed(),
      ];
      return [
        markPrices(
          db,
          one.map((botRunId) => ({ botRunId, price })),
          NOON_MS,
        ),
        db.transaction((tx) =>
          markTicks(
            tx,
            two.map((botRunId) => ({
              botRunId,
              candleTimeMs: NOON_MS + round,
              tickedAtMs: NOON_MS,
              price,
              signal: { kind: 'HOLD' as const, confidence: 0.3, reason: 'none' },
            })),
          ),
        ),
        markBotErrors(
          db,
          three.map((botRunId) => ({ botRunId, message: 'no' })),
          NOON_MS,
        ),
        haltBots(
          db,
          round === 14 ? four.map((botRunId) => ({ botRunId, rule: 'kill-switch', reason: 'pulled' })) : [],
          NOON_MS,
        ),
      ];
    });
    await expect(Promise.all(rounds.flat())).resolves.toHaveLength(60);
  });
});
