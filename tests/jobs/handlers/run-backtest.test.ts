import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cancelBacktest,
  deleteBacktest,
  findBacktest,
  findBacktestCurves,
  findTradeChunk,
  insertBacktest,
  type Backtest,
} from '../../../db/queries/backtests.ts';
import { storeCandles } from '../../../db/queries/candles.ts';
import type { BacktestRequest } from '../../../db/schema/backtests.ts';
import { exportCandles } from '../../../jobs/candle-files/export-candles.ts';
import { computeDemoCandles } from '../../../jobs/backtests/demo-candles.ts';
import { cleanUp } from '../../../jobs/handlers/clean-up.ts';
import { handlerOf } from '../../../jobs/handlers/registry.ts';
import type { BacktestReport } from '../../../jobs/trading/backtest/report.ts';
import { toRows } from '../../../jobs/trading/candles.ts';
import { createTestClock, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 1);
const HOURS = 3_000;
const END_MS = START_MS + HOURS * HOUR_MS;
const clock = createTestClock(END_MS);
const RSI = { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' };

let engine: Engine;
let simulator: ExchangeSimulator;
let userId: string;
let folder: string;

const demo = () =>
  computeDemoCandles({ symbol: 'BTC/USDT', timeframe: '1h', fromMs: START_MS, toMs: END_MS }).then(toRows);

beforeAll(async () => {
  const candles = await demo();
  simulator = await startExchangeSimulator({
    clock,
    accounts: [],
    markets: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'].map((symbol) => ({
      symbol,
      candles,
      startMs: START_MS,
      timeframeMs: HOUR_MS,
    })),
  });
  engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
  userId = await insertUser(engine);
  folder = await mkdtemp(path.join(tmpdir(), 'backtest-'));
});
afterAll(async () => {
  await engine.stop();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => simulator.setFault(undefined));

async function wish(change: Partial<BacktestRequest> = {}): Promise<Backtest> {
  const request: BacktestRequest = {
    strategy: 'RSI_CROSS',
    params: RSI,
    venue: 'demo',
    symbols: ['BTC/USDT'],
    timeframe: '1h',
    fromMs: START_MS,
    toMs: END_MS,
    initialBalance: '1000',
    stake: 'all',
    fee: '0.001',
    slippage: '0.0005',
    risk: { stop_loss_pct: '5' },
    fetchesMissing: true,
    ...change,
  };
  const createdAt = new Date(clock.nowMs);
  const { deps } = engine;
  const row = await insertBacktest(deps.db, { userId, name: 'Test', request, createdAt });
  await deps.boss.enqueue(deps.db, 'run-backtest', [{ payload: { backtestId: row.id, step: 0 } }]);
  return row;
}
const own = ({ id }: Backtest) => ({ id, userId });
const stateOf = (row: Backtest) => findBacktest(engine.deps.db, own(row));
const tradesOf = (row: Backtest) => findTradeChunk(engine.deps.db, own(row), 0);

/** What the command says of the stored candles of a symbol. */
async function runCommand(symbol: string): Promise<BacktestReport> {
  const file = path.join(folder, `BINANCE_${symbol.replace('/', '-')}_1h.csv`);
  const lines: string[] = [];
  const series = { venue: 'binance', symbol, timeframe: '1h' as const };
  for await (const page of exportCandles(engine.deps.db, series, { fromMs: START_MS, toMs: END_MS }))
    lines.push(page);
  await writeFile(file, lines.join(''));
  const options = ['--strategy', 'RSI_CROSS', '--slippage', '0.0005', '--stop-loss', '0.05', '--json'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/backtest.ts', '--candles', file, ...options],
    { maxBuffer: 1e8 },
  );
  return JSON.parse(stdout) as BacktestReport;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function untilStatus(row: Backtest, status: Backtest['status']): Promise<void> {
  while ((await stateOf(row))?.status !== status) await pause(50);
}

/** A process of its own that works on backtests until it is killed. */
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
  await boss.work('run-backtest', handlerOf(createDeps(parts), 'run-backtest'));
`;

describe('the backtest job', () => {
  it('gives the trades and figures that the command gives on the exported candles', async () => {
    const rows = await demo();
    const series = { venue: 'binance', symbol: 'BTC/USDT', timeframe: '1h' as const };
    await storeCandles(engine.deps.db, series, { rows, keeps: true });
    const row = await wish({ venue: 'binance' });
    await engine.drain(['run-backtest']);
    const done = await stateOf(row);
    const report = await runCommand('BTC/USDT');
    expect(done).toMatchObject({
      status: 'done',
      progress: 1,
      problem: null,
      candles: HOURS,
      source: { stored: HOURS, fetched: 0, computed: 0, missing: 0 },
    });
    expect(report.trades.length).toBeGreaterThan(10);
    expect(await tradesOf(row)).toEqual(report.trades);
    expect(done?.metrics).toEqual(report.metrics);
  });

  it('computes the candles of the demo market, and keeps curves as long as each other', async () => {
    const row = await wish();
    const stored = await wish({ venue: 'binance' });
    await engine.drain(['run-backtest']);
    expect(await stateOf(row)).toMatchObject({ status: 'done', source: { computed: HOURS } });
    expect(await tradesOf(row)).toEqual(await tradesOf(stored));
    const curves = await findBacktestCurves(engine.deps.db, own(row));
    const lengths = Object.values(curves?.curve ?? {}).map((column) => column.length);
    expect(new Set(lengths).size).toBe(1);
    const { metrics } = (await stateOf(row)) ?? {};
    expect(curves?.curve.hold.at(-1)).toBeCloseTo(1_000 * (1 + (metrics?.buy_and_hold ?? NaN)), 6);
    expect(curves?.charts[0]?.close.at(-1)).toBe((await demo()).at(-1)?.close);
  });

  it('fetches what the store lacks, a slice a job, and says how much that was', async () => {
    const row = await wish({ venue: 'binance', symbols: ['ETH/USDT', 'SOL/USDT'] });
    // Each page takes longer than a slice.
    simulator.setFault(({ path: asked }) => {
      if (asked.endsWith('/klines')) clock.nowMs += 31_000;
      return undefined;
    });
    expect(await engine.drainOnce('run-backtest')).toBe(1);
    expect(await stateOf(row)).toMatchObject({ status: 'running', source: { fetched: 1_000 } });
    expect(await engine.drain(['run-backtest'])).toBeGreaterThan(3);
    expect(await stateOf(row)).toMatchObject({
      status: 'done',
      candles: 2 * HOURS,
      source: { stored: 0, fetched: 2 * HOURS, missing: 0 },
    });
  });

  it('fetches finer candles after the others of each symbol', async () => {
    const day = { fromMs: START_MS, toMs: START_MS + 86_400_000 };
    const change = { symbols: ['BTC/USDT', 'ETH/USDT'], timeframe: '4h', detailTimeframe: '1h' } as const;
    await engine.database.sql`delete from candles where symbol in ('BTC/USDT', 'ETH/USDT')`;
    const row = await wish({ venue: 'binance', ...change, symbols: [...change.symbols], ...day });
    await engine.drain(['run-backtest']);
    const done = await stateOf(row);
    expect(done).toMatchObject({
      status: 'done',
      candles: 12,
      source: { fetched: 60, stored: 0, missing: 0 },
    });
    expect(done?.bySymbol?.map(({ symbol, detail }) => [symbol, detail?.candles, detail?.covered])).toEqual([
      ['BTC/USDT', 24, 1],
      ['ETH/USDT', 24, 1],
    ]);
  });

  it('does with what is stored where the exchange does not answer, and says so', async () => {
    const rows = (await demo()).slice(0, 1_000);
    const series = { venue: 'binance', symbol: 'XRP/USDT', timeframe: '1h' as const };
    await storeCandles(engine.deps.db, series, { rows, keeps: true });
    simulator.setFault(() => ({ type: 'reply', status: 503, body: 'busy' }));
    const row = await wish({ venue: 'binance', symbols: ['XRP/USDT'] });
    await engine.drain(['run-backtest']);
    const done = await stateOf(row);
    expect(done).toMatchObject({ status: 'done', candles: 1_000, source: { missing: 2_000 } });
    expect(done?.problem).toContain('could not be fetched');
  });

  it('fails in words where there is no candle', async () => {
    const row = await wish({ venue: 'binance', symbols: ['NO/SUCH'], fetchesMissing: false });
    await engine.drain(['run-backtest']);
    const failed = await stateOf(row);
    expect(failed).toMatchObject({ status: 'failed', finishedAt: new Date(clock.nowMs) });
    expect(failed?.problem).toContain('There are no 1h candles of NO/SUCH');
  });

  it('is left alone once its owner has called it off, and by nobody else', async () => {
    const row = await wish();
    const stranger = { id: row.id, userId: await insertUser(engine) };
    expect(await cancelBacktest(engine.deps.db, stranger, new Date())).toBe(false);
    expect(await deleteBacktest(engine.deps.db, stranger)).toBe(false);
    expect(await cancelBacktest(engine.deps.db, own(row), new Date())).toBe(true);
    await engine.drain(['run-backtest']);
    expect(await stateOf(row)).toMatchObject({ status: 'canceled', metrics: null });
    expect(await tradesOf(row)).toEqual([]);
  });

  it('ends a simulation that is called off while it runs', async () => {
    const long = { timeframe: '1s' as const, toMs: START_MS + 2_000_000_000 };
    const row = await wish(long);
    const working = engine.drainOnce('run-backtest');
    await untilStatus(row, 'running');
    expect(await cancelBacktest(engine.deps.db, own(row), new Date())).toBe(true);
    const began = Date.now();
    await working;
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await stateOf(row)).toMatchObject({ status: 'canceled' });
  });

  it('gives the same once, however often a job of it is handed out', async () => {
    const row = await wish();
    const { boss, db } = engine.deps;
    await boss.enqueue(db, 'run-backtest', [{ payload: { backtestId: row.id, step: 0 } }]);
    await Promise.all([engine.drainOnce('run-backtest'), engine.drainOnce('run-backtest')]);
    const trades = await tradesOf(row);
    expect(await stateOf(row)).toMatchObject({ status: 'done', metrics: { trades: trades.length } });
  });

  it('is given up when it has not ended for a day: its job is gone', async () => {
    const row = await wish();
    await cleanUp({ ...engine.deps, clock: { now: () => clock.nowMs + 90_000_000 } });
    expect(await stateOf(row)).toMatchObject({ status: 'failed' });
    await engine.drain(['run-backtest']);
    expect(await stateOf(row)).toMatchObject({ status: 'failed', metrics: null });
  });

  it('is taken up by another process soon after its own was killed', async () => {
    const row = await wish({ timeframe: '1s', toMs: START_MS + 900_000_000 });
    const worker = spawn(process.execPath, ['--input-type=module', '--eval', WORKER], {
      env: { ...process.env, DATABASE_URL: engine.database.url },
      stdio: 'ignore',
    });
    await untilStatus(row, 'running');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const killedMs = Date.now();
    expect(await stateOf(row)).toMatchObject({ status: 'running', metrics: null });
    const { database } = engine;
    const other = await startEngine({ clock, database, supervise: true });
    await other.boss.work('run-backtest', handlerOf(other.deps, 'run-backtest'));
    await untilStatus(row, 'done');
    expect(await stateOf(row)).toMatchObject({ candles: 900_000 });
    expect(Date.now() - killedMs).toBeLessThan(90_000);
    await other.stop();
  }, 150_000);
});
