import type { Db } from '../../db/client.ts';
import { listHoles } from '../../db/queries/candle-history.ts';
import type { Series } from '../../db/queries/candles.ts';
import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { loadStoredCandles } from '../candle-files/load-stored-candles.ts';
import type { ExchangeError } from '../exchange/errors.ts';
import type { PairCandles } from '../trading/backtest/settings.ts';
import { CandleFileError } from '../trading/candle-problems.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import { BacktestFault } from './run-in-thread.ts';

/** `candles` counts the finer ones too, `missing` does not. */
export type LoadedPairs = { pairs: PairCandles[]; candles: number; missing: number };

/** Returns what is said of a backtest whose exchange did not give what is missing. */
export const sayUnanswered = ({ message }: ExchangeError): string =>
  `What is missing could not be fetched: ${message}`;

/** Reads a backtest's candles from the store. Throws `BacktestFault` where one of its symbols has none; `problem` says why. */
export async function loadPairs(
  db: Db,
  request: BacktestRequest,
  problem: string | null,
): Promise<LoadedPairs> {
  const { venue, timeframe, detailTimeframe, fromMs, toMs } = request;
  const loaded: LoadedPairs = { pairs: [], candles: 0, missing: 0 };
  for (const symbol of request.symbols) {
    const series = { venue, symbol, timeframe };
    const stepMs = timeframeMs(timeframe);
    const holes = await listHoles(db, series, { fromMs, toMs, stepMs });
    const candles = await read(db, series, request);
    if (!candles) throw new BacktestFault(sayAbsence(request, symbol, problem));
    const detail = detailTimeframe && (await read(db, { ...series, timeframe: detailTimeframe }, request));
    loaded.pairs.push({ symbol, candles, ...(detail && { detail }) });
    loaded.candles += candles.close.length + (detail?.close.length ?? 0);
    loaded.missing += holes.reduce((total, hole) => total + (hole.toMs - hole.fromMs) / stepMs, 0);
  }
  return loaded;
}

async function read(db: Db, series: Series, { fromMs, toMs }: BacktestRequest) {
  try {
    const { candles } = await loadStoredCandles(db, series, { fromMs, toMs });
    return candles.close.length > 0 ? candles : undefined;
  } catch (error) {
    if (error instanceof CandleFileError) return undefined;
    throw error;
  }
}

function sayAbsence(request: BacktestRequest, symbol: string, problem: string | null): string {
  const { timeframe, fromMs, toMs, fetchesMissing } = request;
  const [from, to] = [fromMs, toMs].map((time) => new Date(time).toISOString().slice(0, 10));
  const absence = `There are no ${timeframe} candles of ${symbol} from ${from} to ${to}.`;
  if (problem !== null) return `${absence} ${problem}`;
  const way = fetchesMissing
    ? 'The exchange has none either.'
    : 'Have them fetched, or import them on the Candles page.';
  return `${absence} ${way}`;
}
