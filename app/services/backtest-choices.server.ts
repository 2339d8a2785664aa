import { listSeries } from '../../db/queries/candle-history.ts';
import type { Deps } from '../../jobs/deps.ts';
import { TIMEFRAMES } from '../../jobs/trading/timeframe.ts';
import type { VenueView } from '../schemas/views.ts';
import { attempt } from './app-error.ts';
import { listTimeframes, listVenues, searchSymbols } from './markets.server.ts';

export type BacktestChoices = {
  venues: VenueView[];
  symbols: { symbol: string; quote: string }[];
  timeframes: string[];
  /** Why the exchange's markets are not listed, in a sentence. */
  problem: string | null;
};

const MOST_SYMBOLS = 2_000;

/** Returns what a backtest can be made of; of an exchange that does not answer, what is stored of it. */
export async function listBacktestChoices(deps: Deps, venue: string): Promise<BacktestChoices> {
  const [symbols, timeframes, series] = await Promise.all([
    attempt(searchSymbols(deps, venue, { text: '', limit: MOST_SYMBOLS })),
    attempt(listTimeframes(deps, venue)),
    listSeries(deps.db),
  ]);
  const stored = new Set(series.filter((each) => each.venue === venue).map(({ symbol }) => symbol));
  const known = symbols.ok ? symbols.value.map(({ symbol, quote }) => ({ symbol, quote })) : [];
  const listed = new Set(known.map(({ symbol }) => symbol));
  const others = [...stored].filter((symbol) => !listed.has(symbol));
  return {
    venues: listVenues(),
    symbols: [...others.map((symbol) => ({ symbol, quote: symbol.split('/')[1] ?? '' })), ...known],
    timeframes: timeframes.ok ? timeframes.value : [...TIMEFRAMES],
    problem: symbols.ok ? null : symbols.refusal.message,
  };
}
