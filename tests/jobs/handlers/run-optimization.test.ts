import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeCandles } from '../../../db/queries/candles.ts';
import {
  cancelOptimization,
  deleteOptimization,
  findOptimization,
  insertOptimization,
  listTrials,
  noteCandles,
  resumeOptimization,
  saveTrials,
  takeUpOptimization,
  type Optimization,
} from '../../../db/queries/optimizations.ts';
import { runOptimization } from '../../../jobs/handlers/run-optimization.ts';
import { startSearch } from '../../../jobs/trading/research/search.ts';
import type { OptimizationPlan } from '../../../jobs/trading/research/optimization.ts';
import { toRows } from '../../../jobs/trading/candles.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { benchData, noiseCandles, PLAN, REQUEST } from '../../support/research.ts';

const COUNT = 3_000;
const SERIES = { venue: 'binance', symbol: 'BTC/USDT', timeframe: '1h' };
const clock = createTestClock(Date.UTC(2026, 0, 1));

let engine: Engine;
let userId: string;

beforeAll(async () => {
  engine = await startEngine({ clock });
  userId = await insertUser(engine);
  await storeCandles(engine.deps.db, SERIES, { rows: toRows(noiseCandles(COUNT)), keeps: true });
});
afterAll(() => engine.stop());

type Wish = { plan?: Partial<OptimizationPlan>; venue?: string };

async function wish({ plan = {}, venue = 'binance' }: Wish = {}): Promise<Optimization> {
  const { deps } = engine;
  const whole = { ...PLAN, ...plan };
  const row = await insertOptimization(deps.db, {
    userId,
    name: 'RSI cross on BTC/USDT',
    request: { ...REQUEST, venue },
    plan: whole,
    space: benchData(plan).bench.space,
    total: whole.tries,
    createdAt: new Date(clock.nowMs),
  });
  const payload = { optimizationId: row.id };
  await deps.boss.enqueue(deps.db, 'run-optimization', [{ payload, key: `${row.id}:0` }]);
  return row;
}
const stateOf = async ({ id }: Pick<Optimization, 'id'>) =>
  (await findOptimization(engine.deps.db, { id, userId }))!;
const trialsOf = ({ id }: Pick<Optimization, 'id'>) => listTrials(engine.deps.db, id);
const workOn = () => engine.drain(['run-optimization']);

/** A process of its own that works on optimisations until it is killed. */
const WORKER = `
  import { openDatabase } from './db/client.ts';
  import { startBoss } from './jobs/boss.ts';
  import { createDeps } from './jobs/create-deps.ts';
  import { handlerOf } from './jobs/handlers/registry.ts';
  import { createLog } from './jobs/log.ts';
  import { createMetrics } from './jobs/metrics.ts';
  const url = process.env.DATABASE_URL;
  const log = createLog({ level: 'fatal' });
  const boss = await startBoss({ url, log, supervise: false });
  const encryption = { current: new Uint8Array(32), retired: [] };
  const parts = { database: openDatabase(url), boss, log, metrics: createMetrics(), encryption, exchangeUrls: {} };
  await boss.work('run-optimization', handlerOf(createDeps(parts), 'run-optimization'));
`;

async function untilTried(row: Optimization): Promise<number> {
  for (
    const until = Date.now() + 40_000;
    Date.now() < until;
    await new Promise((wake) => setTimeout(wake, 20))
  ) {
    const { tried } = await stateOf(row);
    if (tried > 0) return tried;
  }
  throw new Error('Nothing was tried.');
}

describe('the optimisation job', () => {
  it('tries what the plan says, keeps each set, and ends with a result', async () => {
    const row = await wish({ plan: { walkSteps: 2 } });
    await workOn();
    const done = await stateOf(row);
    expect(done).toMatchObject({ status: 'done', tried: 40, total: 40, candles: COUNT, problem: null });
    expect(done.finishedAt).toEqual(new Date(clock.nowMs));
    expect(done.outcome).toMatchObject({ tried: 40, walk: { summary: { steps: 2 } } });
    expect(done.best).toMatchObject({
      point: done.outcome!.best[0]!.point,
      score: done.outcome!.best[0]!.score,
    });
    expect(await trialsOf(row)).toHaveLength(40);
  }, 60_000);

  it('begins after a death with the batch that was lost, and comes to what it would have come to', async () => {
    const plan = { sampler: 'tpe', tries: 48 } as const;
    const whole = await wish({ plan });
    await workOn();
    const broken = await wish({ plan });
    const held = await takeUpOptimization(engine.deps.db, broken.id, new Date(clock.nowMs));
    // The first process died with its first batch kept and the second under way, asked for before the first had ended.
    const all = await trialsOf(whole);
    const trials = all.slice(0, 16);
    const searched = {
      ...startSearch(),
      cursor: 32,
      asked: 32,
      pending: all.slice(16, 32).map(({ point }) => point),
      trials: trials.map(({ point, score }) => ({ point, score })),
    };
    const batch = { trials, tried: 16, best: null, now: new Date(clock.nowMs) };
    expect(await saveTrials(engine.deps.db, held!, { state: searched, ...batch })).toBe(true);
    await workOn();
    expect(await trialsOf(broken)).toEqual(await trialsOf(whole));
    expect((await stateOf(broken)).outcome).toEqual((await stateOf(whole)).outcome);
    // Who was taken for dead and is not writes nothing any more.
    expect(await saveTrials(engine.deps.db, held!, { state: searched, ...batch, tried: 32 })).toBe(false);
    expect(await trialsOf(broken)).toHaveLength(48);
  }, 60_000);

  it('comes to the same after its process was killed in the middle', async () => {
    const plan = { sampler: 'tpe', tries: 192, walkSteps: 0 } as const;
    const vary = ['rsi_period=2..40', 'oversold=20..40', 'overbought=60..80'];
    const broken = await wish({ plan: { ...plan, vary } });
    // Threads inherit the options of their process, and could not start with --input-type.
    const worker = spawn(process.execPath, ['--eval', WORKER], {
      env: { ...process.env, DATABASE_URL: engine.database.url },
      stdio: 'ignore',
    });
    const seen = await untilTried(broken).finally(() => worker.kill('SIGKILL'));
    await once(worker, 'exit');
    const { status, tried, outcome } = await stateOf(broken);
    expect({ status, outcome }).toEqual({ status: 'running', outcome: null });
    expect(tried).toBeGreaterThanOrEqual(seen);
    expect(tried).toBeLessThan(192);
    const kept = await trialsOf(broken);
    expect(kept).toHaveLength(tried);
    await runOptimization(engine.deps, { optimizationId: broken.id });
    const whole = await wish({ plan: { ...plan, vary } });
    await runOptimization(engine.deps, { optimizationId: whole.id });
    expect((await stateOf(broken)).status).toBe('done');
    expect(await trialsOf(broken)).toEqual(await trialsOf(whole));
    expect((await trialsOf(broken)).slice(0, tried)).toEqual(kept);
    expect((await stateOf(broken)).outcome).toEqual((await stateOf(whole)).outcome);
    await engine.database.sql`delete from pgboss.job where name = 'run-optimization'`;
  }, 120_000);

  it('works a slice of time, hands on, and goes on there', async () => {
    const row = await wish({ plan: { sampler: 'tpe', tries: 32 } });
    let nowMs = clock.nowMs;
    // Each look at the clock takes half a slice.
    Object.defineProperty(clock, 'nowMs', { get: () => (nowMs += 30_000), configurable: true });
    expect(await engine.drainOnce('run-optimization')).toBe(1);
    Object.defineProperty(clock, 'nowMs', { value: nowMs, writable: true, configurable: true });
    expect(await stateOf(row)).toMatchObject({ status: 'running', outcome: null });
    const { tried } = await stateOf(row);
    expect(tried).toBeLessThan(32);
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'done', tried: 32 });
  }, 60_000);

  it('is ended by its owner alone, and resumed, and removed with its sets', async () => {
    const row = await wish();
    const { db } = engine.deps;
    const now = new Date(clock.nowMs);
    const [own, stranger] = [
      { id: row.id, userId },
      { id: row.id, userId: await insertUser(engine) },
    ];
    expect(await cancelOptimization(db, stranger, now)).toBe(false);
    expect(await cancelOptimization(db, own, now)).toBe(true);
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'canceled', tried: 0 });
    expect(await resumeOptimization(db, stranger, now)).toBeUndefined();
    const hold = await resumeOptimization(db, own, now);
    await engine.deps.boss.enqueue(db, 'run-optimization', [
      { payload: { optimizationId: row.id }, key: `${row.id}:${hold!.revision}` },
    ]);
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'done', tried: 40 });
    expect(await resumeOptimization(db, own, now)).toBeUndefined();
    expect(await deleteOptimization(db, stranger)).toBe(false);
    expect(await deleteOptimization(db, own)).toBe(true);
    expect(await trialsOf(row)).toEqual([]);
  }, 60_000);

  it('ends between two sets when it is called off while it runs', async () => {
    const row = await wish({
      plan: { tries: 5_000, vary: ['rsi_period=2..40', 'oversold=20..40', 'overbought=60..80'] },
    });
    const running = workOn();
    const until = Date.now() + 20_000;
    while ((await stateOf(row)).tried === 0 && Date.now() < until)
      await new Promise((wake) => setTimeout(wake, 50));
    expect(await cancelOptimization(engine.deps.db, { id: row.id, userId }, new Date(clock.nowMs))).toBe(
      true,
    );
    await running;
    const { status, tried } = await stateOf(row);
    expect(status).toBe('canceled');
    expect(tried).toBeLessThan(5_000);
    expect(await trialsOf(row)).toHaveLength(tried);
  }, 60_000);

  it('says at once what is wrong where there are no candles: trying again would change nothing', async () => {
    const row = await wish({ venue: 'kraken' });
    await workOn();
    const failed = await stateOf(row);
    expect(failed).toMatchObject({ status: 'failed', failures: 1 });
    expect(failed.problem).toContain('There are no 1h candles of BTC/USDT');
  }, 60_000);

  it('goes on with no other candles than it began with', async () => {
    const row = await wish();
    await noteCandles(engine.deps.db, (await takeUpOptimization(engine.deps.db, row.id, new Date()))!, {
      candles: COUNT - 5,
    });
    await workOn();
    expect(await stateOf(row)).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining(`${COUNT} candles now, ${COUNT - 5} when it began`) as string,
    });
  }, 60_000);

  it('computes the candles of the demo market by itself', async () => {
    const row = await wish({ venue: 'demo' });
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'done', candles: COUNT, tried: 40 });
  }, 60_000);
});
