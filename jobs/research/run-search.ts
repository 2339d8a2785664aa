import {
  resumeSearch,
  startSearch,
  tell,
  type Sampler,
  type SearchState,
} from '../trading/research/search.ts';
import type { TrialResult } from '../trading/research/trial.ts';
import type { Window } from '../trading/research/windows.ts';
import type { TryTask } from './research-task.ts';
import type { ThreadPool } from './thread-pool.ts';

/** A search of one window. */
export type SearchRun = {
  sampler: Sampler;
  seed: string;
  window: Window;
  /** Sets to try in all. */
  tries: number;
  /** Where it was left: its state, and how many sets had been tried. */
  saved: { state: SearchState; tried: number } | null;
  /** Keeps what came; called one at a time, in order. A `false` ends the search. */
  onBatch: (batch: Batch) => Promise<boolean>;
};

/** Results of one batch in the order in which they were asked for, and the search after them. */
export type Batch = { state: SearchState; trials: TrialResult[]; tried: number };

/** How a search ended: all was tried, or somebody called it off. */
export type SearchEnd = 'done' | 'stopped';

/**
 * Points asked for at once. They are fixed numbers, so that a sampler that learns hears the same results before the same
 * questions however many threads there are. One that does not learn is asked for more, so that no thread waits for the last.
 */
const BATCH = { grid: 128, random: 128, tpe: 16 } as const;
/** A batch is handed out in about so many parts. */
const PARTS = 32;

/** Batches under way at a time: while the last parts of one are tried, threads that are free go on with the next. */
const FLIGHTS = 2;

/** A batch under way. */
type Flight = { points: readonly number[]; trying: Promise<TrialResult[]> };

/** Tries parameter sets until there are enough or none is left. The same seed tries the same sets, whatever the threads do. */
export async function runSearch(pool: ThreadPool, run: SearchRun): Promise<SearchEnd> {
  const { sampler, saved, onBatch } = run;
  let { state, tried } = saved
    ? { ...saved, state: resumeSearch(saved.state) }
    : { state: startSearch(), tried: 0 };
  const asks = { given: tried, isExhausted: false };
  const flights: Flight[] = [];
  let isWanted = Promise.resolve(true);
  for (;;) {
    if (flights.length < FLIGHTS && hasMore(run, asks)) {
      state = await takeOff(pool, run, { state, asks, flights });
      continue;
    }
    const flight = flights.shift();
    if (!flight) return (await isWanted) ? 'done' : 'stopped';
    const trials = await flight.trying;
    // While one batch is being kept the next is tried already.
    if (!(await isWanted) || trials.length < flight.points.length) return 'stopped';
    tried += trials.length;
    state = tell({ sampler }, state, trials);
    isWanted = onBatch({ state, trials, tried });
    // An error is heard where it is waited for; until then it must not count as unheard.
    isWanted.catch(() => undefined);
  }
}

type Asks = { given: number; isExhausted: boolean };
type Sky = { state: SearchState; asks: Asks; flights: Flight[] };

const hasMore = ({ tries }: SearchRun, { given, isExhausted }: Asks) => given < tries && !isExhausted;

/** Asks for the next batch, before what waits for a thread, and hands it out. */
async function takeOff(
  pool: ThreadPool,
  { sampler, seed, tries, window }: SearchRun,
  { state, asks, flights }: Sky,
): Promise<SearchState> {
  const count = Math.min(BATCH[sampler], tries - asks.given);
  const asked = await pool.run({ kind: 'ask', sampler, seed, state, count }, { isUrgent: true });
  const { points } = asked;
  asks.given += points.length;
  asks.isExhausted = points.length === 0 && asked.isExhausted;
  if (points.length === 0) return asked.state;
  const trying = tryAll(pool, { window, points });
  trying.catch(() => undefined);
  flights.push({ points, trying });
  return asked.state;
}

/** Tries points on all threads; fewer come back where the run was called off. */
export async function tryAll(pool: ThreadPool, task: Omit<TryTask, 'kind'>): Promise<TrialResult[]> {
  const { points } = task;
  const size = Math.max(1, Math.floor(points.length / PARTS));
  const parts: (readonly number[])[] = [];
  for (let from = 0; from < points.length; from += size) parts.push(points.slice(from, from + size));
  const results = await Promise.all(parts.map((part) => pool.run({ ...task, kind: 'try', points: part })));
  return results.flat();
}
