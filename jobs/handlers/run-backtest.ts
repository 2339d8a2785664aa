import {
  advanceBacktest,
  failBacktest,
  findQueuedBacktest,
  finishBacktest,
  isBacktestUnderWay,
  type Backtest,
  type BacktestOutcome,
} from '../../db/queries/backtests.ts';
import type { CandleSource } from '../../db/schema/backtests.ts';
import { fetchMissing } from '../backtests/fetch-missing.ts';
import { loadPairs, sayUnanswered } from '../backtests/load-pairs.ts';
import { BacktestFault, runInThread } from '../backtests/run-in-thread.ts';
import type { Deps } from '../deps.ts';
import { DEMO_VENUE } from '../exchange/demo-market.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { Payload } from '../queues.ts';

type Job = Payload<'run-backtest'>;

/** So long a job fetches before it hands on to the next: whoever waits behind it sees its own begin. */
const SLICE_MS = 30_000;
const SIMULATION_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 1_000;
/** Of the progress that people see, the share of fetching. */
const FETCH_SHARE = 0.9;
/** So often an exchange that does not answer is asked again. */
const RETRIES = 2;

const NOTHING: CandleSource = { stored: 0, fetched: 0, computed: 0, missing: 0 };

/**
 * Works on a backtest: fetches what the store lacks, a slice a job, then simulates. Safe to run twice and from the start:
 * candles that came are stored, and the result is written once.
 */
export async function runBacktest(deps: Deps, job: Job): Promise<void> {
  const backtest = await findQueuedBacktest(deps.db, job.backtestId);
  if (!backtest) return;
  const startedAt = backtest.startedAt ?? new Date(deps.clock.now());
  if (!(await advanceBacktest(deps.db, backtest.id, { startedAt }))) return;
  const gathered = await gather(deps, job, backtest);
  if (gathered === 'later') return;
  try {
    await simulate(deps, backtest, gathered);
  } catch (error) {
    if (!(error instanceof BacktestFault)) throw error;
    const finishedAt = new Date(deps.clock.now());
    await failBacktest(deps.db, backtest.id, { problem: error.message, finishedAt });
  }
}

type Gathered = { source: CandleSource; problem: string | null };

/** Fetches for a slice. `later`: another job goes on, or nobody wants it any more. */
async function gather(deps: Deps, job: Job, backtest: Backtest): Promise<Gathered | 'later'> {
  const { id, request } = backtest;
  const source = { ...NOTHING, ...backtest.source };
  if (request.venue === DEMO_VENUE || !request.fetchesMissing) return { source, problem: null };
  const cursor = job.cursor ?? { symbol: 0, reachedMs: request.fromMs };
  try {
    const next = await fetchMissing(deps, {
      request,
      cursor,
      untilMs: deps.clock.now() + SLICE_MS,
      onFetched: (added) => (source.fetched += added),
      onProgress: (share) =>
        advanceBacktest(deps.db, id, { progress: FETCH_SHARE * share, problem: null, source }),
    });
    if (next === null) return { source, problem: null };
    if (next !== 'canceled') await handOn(deps, job, { cursor: next });
    return 'later';
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const failures = (job.failures ?? 0) + 1;
    if (isFinal(error, failures)) return { source, problem: sayUnanswered(error) };
    await advanceBacktest(deps.db, id, { problem: error.message, source });
    await handOn(deps, job, { cursor, failures });
    return 'later';
  }
}

const isFinal = ({ kind }: ExchangeError, failures: number) =>
  failures > RETRIES || !['transient', 'rate-limited'].includes(kind);

async function handOn(deps: Deps, { backtestId, step }: Job, rest: Partial<Job>): Promise<void> {
  const payload = { backtestId, step: step + 1, ...rest };
  const delayS = rest.failures === undefined ? 0 : 2 ** rest.failures;
  await deps.boss.enqueue(deps.db, 'run-backtest', [
    { payload, key: `${backtestId}:${payload.step}`, delayS },
  ]);
}

async function simulate(deps: Deps, { id, request }: Backtest, { source, problem }: Gathered): Promise<void> {
  const isDemo = request.venue === DEMO_VENUE;
  const loaded = isDemo ? null : await loadPairs(deps.db, request, problem);
  if (!(await advanceBacktest(deps.db, id, { progress: FETCH_SHARE, problem: null, source }))) return;
  const wanted = watchWanted(deps, id);
  try {
    const task = { request, pairs: loaded && loaded.pairs };
    const outcome = await runInThread(task, { signal: wanted.signal, limitMs: SIMULATION_LIMIT_MS });
    const found = loaded
      ? { stored: loaded.candles - source.fetched, missing: loaded.missing }
      : { computed: countAll(outcome) };
    await finishBacktest(deps.db, id, {
      ...outcome,
      source: { ...source, ...found },
      problem,
      finishedAt: new Date(deps.clock.now()),
    });
  } catch (error) {
    if (!wanted.signal.aborted) throw error;
  } finally {
    wanted.stop();
  }
}

/** Finer ones too. */
const countAll = ({ candles, bySymbol }: BacktestOutcome) =>
  bySymbol.reduce((total, { detail }) => total + (detail?.candles ?? 0), candles);

/** A signal that comes when the backtest has been called off or removed. */
function watchWanted(deps: Deps, id: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const look = async () => {
    // A database that does not answer says nothing about what is wanted.
    if (!(await isBacktestUnderWay(deps.db, id).catch(() => true))) controller.abort();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
