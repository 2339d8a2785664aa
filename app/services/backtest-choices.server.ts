import { listSeries } from '../../db/queries/candle-history.ts';
import type { Deps } from '../../jobs/deps.ts';
import { TIMEFRAMES } from '../../jobs/trading/timeframe.ts';
import type { VenueView } from '../schemas/views.ts';
import { attempt } from './app-error.ts';
import {
  askExchange,
  listTimeframes,
  listVenues,
  requireMarketData,
  searchSymbols,
} from './markets.server.ts';

export type BacktestChoices = {
  venues: VenueView[];
  symbols: { symbol: string; quote: string }[];
  timeframes: string[];
  /** Why the exchange's markets are not listed, in a sentence. */
  problem: string | null;
  /** What fills cost there, as fractions: by what the exchange states of the symbol, or of the first of all. */
  fees: { taker: string; maker: string };
};

const MOST_SYMBOLS = 2_000;
/** Where an exchange states none. */
const USUAL_FEE = '0.001';

/** Returns what a backtest can be made of; of an exchange that does not answer, what is stored of it. */
export async function listBacktestChoices(
  deps: Deps,
  { venue, symbol }: { venue: string; symbol: string },
): Promise<BacktestChoices> {
  const [symbols, timeframes, fees, series] = await Promise.all([
    attempt(searchSymbols(deps, venue, { text: '', limit: MOST_SYMBOLS })),
    attempt(listTimeframes(deps, venue)),
    attempt(findFees(deps, venue, symbol)),
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
    fees: fees.ok ? fees.value : NO_FEES_STATED,
  };
}

const NO_FEES_STATED = { taker: USUAL_FEE, maker: USUAL_FEE };

/** Returns what fills cost on an exchange, as fractions. Throws what `askExchange` throws. */
export async function findFees(deps: Deps, venue: string, symbol: string): Promise<BacktestChoices['fees']> {
  const markets = await askExchange(venue, requireMarketData(deps, venue).loadMarkets());
  const market = markets.get(symbol.trim().toUpperCase()) ?? [...markets.values()][0];
  if (!market || market.takerFee.isZero()) return NO_FEES_STATED;
  return { taker: market.takerFee.toFixed(), maker: market.makerFee.toFixed() };
}
