import { createDemoMarket } from '../exchange/demo-market.ts';
import { concatCandles, toCandles } from '../trading/candles.ts';
import { timeframeMs, type Timeframe } from '../trading/timeframe.ts';
import type { Candles } from '../trading/types.ts';

export type DemoStretch = { symbol: string; timeframe: Timeframe; fromMs: number; toMs: number };

const PAGE = 200_000;

/** Returns the demo market's candles of a stretch, oldest first. They are computed: for threads that nobody waits for. */
export async function computeDemoCandles({ symbol, timeframe, fromMs, toMs }: DemoStretch): Promise<Candles> {
  const market = createDemoMarket({ clock: { now: () => toMs } });
  const stepMs = timeframeMs(timeframe);
  let candles = toCandles([]);
  let sinceMs = fromMs;
  while (sinceMs < toMs) {
    const page = await market.fetchCandles({ symbol, timeframe, sinceMs, limit: PAGE });
    const newest = page.at(-1);
    if (newest === undefined) break;
    candles = concatCandles(candles, toCandles(page));
    sinceMs = newest.openTimeMs + stepMs;
  }
  return candles;
}
