import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type RunningApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ADMIN = { ADMIN_EMAIL: 'team@example.org', ADMIN_PASSWORD: 'correct horse battery' };

type Json = Record<string, unknown>;

let database: TestDatabase;
let web: RunningApp;
let jobs: RunningApp[] = [];
let token: string;

async function call(path: string, body?: Json): Promise<Json> {
  const response = await fetch(`${web.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as Json;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const countTicks = async () => {
  const [row] = await database.sql<{ jobs: number; ticks: number }[]>`
    select count(*)::int as jobs, count(distinct (data->>'botRunId') || (data->>'candleTimeMs'))::int as ticks
    from pgboss.job where name = 'tick-bot'`;
  return row ?? { jobs: 0, ticks: 0 };
};

beforeAll(async () => {
  token = '';
  database = await createTestDatabase();
  const env = { ...ADMIN, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
  // All at once, on a database that knows none of the queues: migrations run under a lock.
  const started = await Promise.all([
    startProcess(database.url, { ...env, ROLE: 'web' }),
    startProcess(database.url, { ...env, ROLE: 'jobs' }),
    startProcess(database.url, { ...env, ROLE: 'jobs' }),
  ]);
  const [first, ...rest] = started;
  web = first;
  jobs = rest;
  const issued = await call('/auth/token', { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD });
  token = issued['token'] as string;
}, 180_000);

afterAll(async () => {
  await Promise.all([web, ...jobs].map((each) => each.stop()));
  await database.drop();
});

describe('web and jobs as processes of their own', { timeout: 60_000 }, () => {
  it('a jobs process serves health and metrics, and nothing else', async () => {
    const [{ url } = { url: '' }] = jobs;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('ticks_total');
    for (const path of ['/', '/login', '/strategies/list'])
      expect((await fetch(url + path)).status).toBe(404);
  });

  it('tick a bot once a candle between them, and go on within ten seconds when one is killed', async () => {
    const demo = {
      strategy: 'RSI_CROSS',
      symbol: 'BTC/USDT',
      timeframe: '1s',
      mode: 'paper',
      exchange: 'demo',
    };
    const started = await call('/bot/start', demo);
    expect(started['status']).toBe('RUNNING');
    await pause(5_000);
    const before = await countTicks();
    expect(before.ticks).toBeGreaterThanOrEqual(3);
    expect(before.jobs).toBe(before.ticks);

    await jobs.shift()?.kill();
    const killedMs = Date.now();
    await pause(10_000);
    const status = await call(`/bot/status/${String(started['bot_run_id'])}`);
    expect(status['status']).toBe('RUNNING');
    expect(Date.parse(status['last_tick_at'] as string)).toBeGreaterThan(killedMs + 5_000);
    const after = await countTicks();
    expect(after.jobs).toBe(after.ticks);
    expect(after.ticks - before.ticks).toBeGreaterThanOrEqual(9);
  });

  it('the web process stays healthy, and says that the jobs are stale, when none is left', async () => {
    await Promise.all(jobs.splice(0).map((each) => each.stop()));
    await pause(12_000);
    const response = await fetch(`${web.url}/health`);
    expect(response.status).toBe(200);
    const body = (await response.json()) as { checks: { jobs: { status: string; lag_s: number } } };
    expect(body.checks.jobs.status).not.toBe('ok');
    expect(body.checks.jobs.lag_s).toBeGreaterThan(5);
  });
});
