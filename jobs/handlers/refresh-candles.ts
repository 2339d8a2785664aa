import type { Deps } from '../deps.ts';
import type { Payload } from '../queues.ts';

/** Enough for a chart and for any strategy's warm-up. */
const HISTORY = 500;

/** Fetches a market's recent history before anybody waits for it: the first tick and the first chart find it there. */
export async function refreshCandles(deps: Deps, series: Payload<'refresh-candles'>): Promise<void> {
  await deps.candles.latest({ ...series, count: HISTORY });
}
