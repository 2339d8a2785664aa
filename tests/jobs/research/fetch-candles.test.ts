import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeCandles } from '../../../db/queries/candles.ts';
import {
  findOptimization,
  insertOptimization,
  resumeOptimization,
  type Optimization,
} from '../../../db/queries/optimizations.ts';
import { toRows } from '../../../jobs/trading/candles.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import { benchData, noiseCandles, PLAN, REQUEST } from '../../support/research.ts';

const COUNT = 3_000;
const HOUR_MS = 3_600_000;
const clock = createTestClock(REQUEST.toMs);
const candles = toRows(noiseCandles(COUNT));

let engine: Engine;
let simulator: ExchangeSimulator;
let userId: string;

beforeAll(async () => {
  const listed = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
  simulator = await startExchangeSimulator({
    clock,
    accounts: [],
    markets: listed.map((symbol) => ({ symbol, candles, startMs: REQUEST.fromMs, timeframeMs: HOUR_MS })),
  });
  engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
  userId = await insertUser(engine);
});
afterAll(async () => {
  await engine.stop();
  await simulator.stop();
});
beforeEach(() => simulator.setFault(undefined));

async function wish(symbol: string): Promise<Optimization> {
  const { deps } = engine;
  const row = await insertOptimization(deps.db, {
    userId,
    name: 'Test',
    request: { ...REQUEST, symbol, fetchesMissing: true },
    plan: PLAN,
    space: benchData().bench.space,
    total: PLAN.tries,
    createdAt: new Date(clock.nowMs),
  });
  const payload = { optimizationId: row.id };
  await deps.boss.enqueue(deps.db, 'run-optimization', [{ payload, key: `${row.id}:0` }]);
  return row;
}
const stateOf = ({ id }: Optimization) => findOptimization(engine.deps.db, { id, userId });

/** Works on all jobs, those that are to wait too. */
async function workOn(): Promise<number> {
  let handled = 0;
  for (let found = 1; found > 0; handled += found) {
    await engine.database
      .sql`update pgboss.job set start_after = now() - interval '1 second' where name = 'run-optimization' and state < 'active'`;
    found = await engine.drainOnce('run-optimization');
  }
  return handled;
}

describe('the candles of an optimisation', () => {
  it('are fetched where the store lacks them, a slice a job, before the search', async () => {
    const row = await wish('BTC/USDT');
    // Each page takes longer than a slice.
    simulator.setFault(({ path }) => {
      if (path.endsWith('/klines')) clock.nowMs += 31_000;
      return undefined;
    });
    expect(await engine.drainOnce('run-optimization')).toBe(1);
    const begun = await stateOf(row);
    expect(begun).toMatchObject({ status: 'running', tried: 0, candles: null, source: { fetched: 1_000 } });
    expect(begun!.fetched).toBeCloseTo(1 / 3, 6);
    expect(await workOn()).toBeGreaterThan(2);
    expect(await stateOf(row)).toMatchObject({
      status: 'done',
      candles: COUNT,
      notice: null,
      source: { stored: 0, fetched: COUNT, computed: 0, missing: 0 },
    });
  }, 60_000);

  it('are those that are stored where the exchange does not answer, and the notice says so', async () => {
    const series = { venue: 'binance', symbol: 'ETH/USDT', timeframe: '1h' as const };
    await storeCandles(engine.deps.db, series, { rows: candles.slice(0, 2_000), keeps: true });
    simulator.setFault(() => ({ type: 'reply', status: 503, body: 'busy' }));
    const row = await wish('ETH/USDT');
    await workOn();
    const done = await stateOf(row);
    expect(done).toMatchObject({ status: 'done', candles: 2_000, source: { missing: 1_000 } });
    expect(done?.notice).toContain('could not be fetched');
  }, 60_000);

  it('are asked for again when an optimisation without any is resumed', async () => {
    simulator.setFault(() => ({ type: 'reply', status: 503, body: 'busy' }));
    const row = await wish('SOL/USDT');
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'failed', fetched: 1 });
    simulator.setFault(undefined);
    const hold = await resumeOptimization(engine.deps.db, { id: row.id, userId }, new Date(clock.nowMs));
    await engine.deps.boss.enqueue(engine.deps.db, 'run-optimization', [
      { payload: { optimizationId: row.id }, key: `${row.id}:${hold!.revision}` },
    ]);
    await workOn();
    expect(await stateOf(row)).toMatchObject({ status: 'done', candles: COUNT, notice: null });
  }, 60_000);
});
