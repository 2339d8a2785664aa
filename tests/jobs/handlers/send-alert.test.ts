import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertAlertChannel, listAlertChannels } from '../../../db/queries/alert-channels.ts';
import { listOpenAlerts } from '../../../db/queries/alerts.ts';
import { syncBotAlerts } from '../../../db/queries/watch.ts';
import { alertChannels, alertDeliveries } from '../../../db/schema/alert-channels.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { orders } from '../../../db/schema/orders.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { sealChannel } from '../../../jobs/notify/channel-seal.ts';
import { DEFAULT_TOPICS } from '../../../jobs/notify/topics.ts';
import { scheduleWatches } from '../../../jobs/scheduler.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { createTestClock, insertBot, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startHttpSink, type HttpSink } from '../../support/http-sink.ts';

let engine: Engine;
let http: HttpSink;
let userId: string;
let channelId: string;

beforeAll(async () => {
  http = await startHttpSink();
  engine = await startEngine({
    clock: createTestClock(Date.UTC(2030, 0, 1)),
    notify: { mayReachPrivate: true },
  });
});

beforeEach(async () => {
  http.posts.length = 0;
  http.answerWith(200);
  userId = await insertUser(engine);
  channelId = await insertWebhook(DEFAULT_TOPICS);
});

afterAll(async () => {
  await engine.stop();
  await http.stop();
});

async function insertWebhook(topics: string[], label = 'hook'): Promise<string> {
  const id = randomUUID();
  const config = { kind: 'webhook', url: `${http.url}/secret-path-${label}`, secret: 's' } as const;
  await insertAlertChannel(engine.deps.db, {
    id,
    userId,
    kind: 'webhook',
    label,
    target: 'hook',
    topics,
    config: sealChannel(engine.deps.vault, { id, userId }, config),
  });
  return id;
}

async function raiseAlert(code = 'bot-error', owner = userId): Promise<void> {
  await engine.deps.db.insert(alerts).values({ userId: owner, code, title: 'A title', detail: 'A detail' });
}

/** What the watch does, `times` over. */
async function announce(times = 1): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    engine.clock.nowMs += 5_000;
    await scheduleWatches(engine.deps);
    await engine.drainOnce('deliver-alerts');
  }
}

const deliveries = () =>
  engine.deps.db.select().from(alertDeliveries).where(eq(alertDeliveries.channelId, channelId));

const channel = async () =>
  (await listAlertChannels(engine.deps.db, userId)).find(({ id }) => id === channelId);

async function insertFilledOrder(botRunId: string, atMs: number): Promise<void> {
  const at = new Date(atMs);
  await engine.deps.db.insert(orders).values({
    botRunId,
    userId,
    accountId: botRunId,
    venue: 'demo',
    symbol: 'BTC/USDT',
    clientOrderId: randomUUID(),
    side: 'BUY',
    type: 'market',
    reason: 'signal',
    quantity: money('0.50'),
    filledQuantity: money('0.50'),
    status: 'filled',
    candleTime: at,
    leg: 0,
    decidedAt: at,
    closedAt: at,
    createdAt: at,
  });
}

describe('a filled order', () => {
  it('is told once to a channel that wants fills, and is no open alert', async () => {
    const botRunId = await insertBot(engine, { userId, venue: 'demo' });
    await engine.deps.db.delete(alertChannels).where(eq(alertChannels.userId, userId));
    await insertFilledOrder(botRunId, engine.clock.nowMs);
    await announce();
    expect(await engine.drain(['send-alert'])).toBe(0);
    await insertWebhook(['fill'], 'fills');
    await engine.deps.db.update(alertChannels).set({ createdAt: new Date(engine.clock.nowMs) });
    await insertFilledOrder(botRunId, engine.clock.nowMs + 1);
    await announce(3);
    await engine.drain(['send-alert']);
    expect(http.posts.map((post) => JSON.parse(post.body) as object)).toMatchObject([
      { code: 'order-filled', title: 'Test bot bought 0.5 BTC', bot_run_id: botRunId },
    ]);
    expect(await listOpenAlerts(engine.deps.db, userId, 10)).toEqual([]);
  });
});

describe('a new alert', () => {
  it('goes out once by each channel that wants it, however often the watch runs', async () => {
    await insertWebhook(['fill'], 'fills-only');
    await insertWebhook(['bot-error'], 'second');
    await raiseAlert();
    await announce(3);
    await engine.drain(['send-alert']);
    expect(http.posts.map((post) => post.path).sort()).toEqual(['/secret-path-hook', '/secret-path-second']);
    expect((await deliveries()).map((delivery) => delivery.status)).toEqual(['sent']);
    expect(await channel()).toMatchObject({ lastFailure: null, lastSentAtMs: engine.clock.nowMs });
  });

  it('goes out when a bot says what is wrong', async () => {
    const botRunId = await insertBot(engine, { userId, venue: 'demo' });
    await engine.deps.db.update(botRuns).set({ error: 'No candles came.' }).where(eq(botRuns.id, botRunId));
    await syncBotAlerts(engine.deps.db, engine.clock.now());
    await announce();
    await engine.drain(['send-alert']);
    expect(http.posts.map((post) => JSON.parse(post.body) as object)).toMatchObject([
      { code: 'bot-error', detail: 'No candles came.', bot_run_id: botRunId },
    ]);
  });

  it('goes to nobody else’s channel', async () => {
    await raiseAlert('bot-error', await insertUser(engine));
    await announce();
    expect(await engine.drain(['send-alert'])).toBe(0);
  });

  it('is tried again until the channel takes it, and the failure is shown meanwhile', async () => {
    http.answerWith(503);
    await raiseAlert();
    await announce();
    await engine.drainOnce('send-alert');
    expect(await deliveries()).toMatchObject([{ status: 'pending', attempts: 1 }]);
    expect((await channel())?.lastFailure).toContain('status 503');
    http.answerWith(204);
    await engine.drain(['send-alert']);
    expect(await deliveries()).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });

  it('is given up after the last try, or at once where trying again is of no use', async () => {
    http.answerWith(503);
    await raiseAlert();
    await announce();
    await engine.drain(['send-alert']);
    expect(await deliveries()).toMatchObject([{ status: 'failed', attempts: 9 }]);
    http.posts.length = 0;
    http.answerWith(410);
    await raiseAlert();
    await announce();
    await engine.drain(['send-alert']);
    expect(http.posts).toHaveLength(1);
    expect((await deliveries()).map((delivery) => delivery.status)).toEqual(['failed', 'failed']);
  });

  it('leaves neither address nor secret in the queue', async () => {
    await raiseAlert();
    await announce();
    const jobs = await engine.database
      .sql`select * from pgboss.job where name in ('send-alert', 'deliver-alerts')`;
    expect(jobs.length).toBeGreaterThan(0);
    expect(JSON.stringify(jobs)).not.toContain('secret-path');
  });
});
