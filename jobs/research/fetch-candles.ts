import { noteCandles, type Optimization } from '../../db/queries/optimizations.ts';
import { fetchMissing, type FetchCursor } from '../backtests/fetch-missing.ts';
import { sayUnanswered } from '../backtests/load-pairs.ts';
import type { Deps } from '../deps.ts';
import { DEMO_VENUE } from '../exchange/demo-market.ts';
import { ExchangeError } from '../exchange/errors.ts';

/** Where the next job goes on with fetching, and how often the exchange has not answered in a row. */
export type FetchStep = { cursor?: FetchCursor | undefined; failures?: number | undefined };

/** So long a job fetches before it hands on to the next: whoever waits behind it sees its own begin. */
const SLICE_MS = 30_000;
/** So often an exchange that does not answer is asked again. */
const RETRIES = 2;

/** Returns whether the store may lack candles of an optimisation that nobody has asked for yet. */
export function lacksCandles({ request, candles, fetched }: Optimization): boolean {
  const isFetched = request.venue !== DEMO_VENUE && request.fetchesMissing === true;
  return isFetched && candles === null && (fetched ?? 0) < 1;
}

/**
 * Fetches what the store lacks of an optimisation's candles, for a while. Returns where to go on: without a cursor, there is
 * nothing more to ask for; `unwanted` where nobody wants it any more. What came is stored, whatever happens later.
 */
export async function fetchCandles(
  deps: Deps,
  row: Optimization,
  step: FetchStep,
): Promise<FetchStep | 'unwanted'> {
  const { request } = row;
  const cursor = step.cursor ?? { symbol: 0, reachedMs: request.fromMs };
  const source = row.source ?? { stored: 0, fetched: 0, computed: 0, missing: 0 };
  const note = (fetched: number, rest: { notice?: string; problem?: string } = {}) =>
    noteCandles(deps.db, row, { source, fetched, movedAt: new Date(deps.clock.now()), ...rest });
  try {
    const next = await fetchMissing(deps, {
      request: { ...request, params: {}, symbols: [request.symbol], fetchesMissing: true },
      cursor,
      untilMs: deps.clock.now() + SLICE_MS,
      onFetched: (added) => (source.fetched += added),
      onProgress: (share) => note(Math.min(share, MOST_UNFINISHED)),
    });
    if (next === 'canceled') return 'unwanted';
    return next ? { cursor: next } : await orUnwanted(note(1), {});
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const failures = (step.failures ?? 0) + 1;
    if (isFinal(error, failures)) return orUnwanted(note(1, { notice: sayUnanswered(error) }), {});
    return orUnwanted(note(row.fetched ?? 0, { problem: error.message }), { cursor, failures });
  }
}

/** What comes next if the row is still ours. */
async function orUnwanted(isHeld: Promise<boolean>, next: FetchStep): Promise<FetchStep | 'unwanted'> {
  return (await isHeld) ? next : 'unwanted';
}

const isFinal = ({ kind }: ExchangeError, failures: number) =>
  failures > RETRIES || !['transient', 'rate-limited'].includes(kind);

/** 1 says that there is nothing more to ask for. */
const MOST_UNFINISHED = 0.99;
