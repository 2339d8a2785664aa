import { downloadCandles, type DownloadStep } from '../candle-files/download-candles.ts';
import type { Deps } from '../deps.ts';
import type { BacktestRequest } from '../../db/schema/backtests.ts';
import type { Timeframe } from '../trading/timeframe.ts';

/** How far the fetching of a backtest's candles has come: which of its series (see `listWanted`), and up to when. */
export type FetchCursor = { symbol: number; reachedMs: number };

type Work = {
  request: BacktestRequest;
  cursor: FetchCursor;
  untilMs: number;
  /** Told how much was asked for of all, 0..1; a `false` ends it. */
  onProgress: (progress: number) => Promise<boolean>;
  /** Told how many candles came, a page at a time, so that an error does not lose count. */
  onFetched: (added: number) => void;
};

/**
 * Fetches what the store lacks of a backtest's candles, for a while. Returns where to go on; `null` once everything was asked
 * for, `canceled` where nobody wants it any more. Throws `ExchangeError`; what came is stored.
 */
export async function fetchMissing(deps: Deps, work: Work): Promise<FetchCursor | 'canceled' | null> {
  const { request, cursor, untilMs } = work;
  const { toMs } = request;
  const wanted = listWanted(request);
  const market = deps.marketData(request.venue);
  const state = { at: cursor, isWanted: true };
  for (const [index, series] of wanted.entries()) {
    const fromMs = index === cursor.symbol ? cursor.reachedMs : request.fromMs;
    if (index < cursor.symbol || fromMs >= toMs) continue;
    const onStep = async ({ reachedMs, added }: DownloadStep) => {
      work.onFetched(added);
      state.at = { symbol: index, reachedMs };
      state.isWanted = await work.onProgress(progressOf(request, state.at));
      return state.isWanted && deps.clock.now() < untilMs;
    };
    const isWhole = await downloadCandles({ db: deps.db, market, onStep }, { ...series, fromMs, toMs });
    if (!state.isWanted) return 'canceled';
    if (!isWhole) return state.at;
  }
  return null;
}

/** The series that a backtest reads: of each symbol its candles, and the finer ones where it asks for them. */
function listWanted({ symbols, timeframe, detailTimeframe }: BacktestRequest): Wanted[] {
  return symbols.flatMap((symbol) => [
    { symbol, timeframe },
    ...(detailTimeframe ? [{ symbol, timeframe: detailTimeframe }] : []),
  ]);
}

type Wanted = { symbol: string; timeframe: Timeframe };

function progressOf(request: BacktestRequest, { symbol, reachedMs }: FetchCursor): number {
  const { fromMs, toMs } = request;
  return (symbol + (reachedMs - fromMs) / (toMs - fromMs)) / listWanted(request).length;
}
