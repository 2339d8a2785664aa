import type { Deps } from '../../jobs/deps.ts';
import { ExchangeError } from '../../jobs/exchange/errors.ts';
import type { MarketDataGateway } from '../../jobs/exchange/gateway.ts';
import { VENUES, type Venue } from '../../jobs/exchange/venues.ts';
import type { Market } from '../../jobs/trading/types.ts';
import type { SymbolView, VenueView } from '../schemas/views.ts';
import { AppError, refuseField } from './app-error.ts';
import { DeadlineError, within } from './deadline.ts';

const DEMO: Venue = {
  id: 'demo',
  name: 'Demo market',
  needsPassphrase: false,
  hasSandbox: false,
  canTrade: true,
};
/** A page that waits longer than this for an exchange is better served by saying so. */
const EXCHANGE_LIMIT_MS = 8_000;

/** Returns the name that a trader knows a venue by. */
export function venueName(id: string): string {
  return findVenue(id)?.name ?? id;
}

/** Returns whether candles can be of that venue. */
export function isVenue(id: string): boolean {
  return findVenue(id) !== undefined;
}

function findVenue(id: string): Venue | undefined {
  return id === DEMO.id ? DEMO : findExchange(id);
}

/** Returns the exchange of that id; `demo` is none: it has no accounts. */
export function findExchange(id: string): Venue | undefined {
  return VENUES.find((venue) => venue.id === id);
}

/** Returns the venues that bots can trade on: the demo market first, then by name. */
export function listVenues(): VenueView[] {
  return [toVenueView(DEMO), ...listExchanges().filter(({ id }) => findExchange(id)?.canTrade)];
}

/** Returns every exchange that a key can be kept for, by name. */
export function listExchanges(): VenueView[] {
  return VENUES.map(toVenueView).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function toVenueView({ id, name, needsPassphrase, hasSandbox }: Venue): VenueView {
  return { id, name, needsPassphrase, hasSandbox, isDemo: id === DEMO.id };
}

/** Returns the venue's market data; throws 422 for a venue that nobody knows, or that bots cannot trade on. */
export function requireMarketData(deps: Deps, venue: string): MarketDataGateway {
  const found = findVenue(venue);
  if (!found)
    throw refuseField('exchange', `There is no exchange called "${venue}" here. Choose one of the list.`);
  if (!found.canTrade)
    throw refuseField('exchange', `${found.name} has no spot candles that a bot could trade on.`);
  return deps.marketData(venue);
}

/** Waits for an exchange; what goes wrong there becomes a 503 that says so, or a 422 where the exchange itself refuses. */
export async function askExchange<T>(venue: string, work: Promise<T>): Promise<T> {
  try {
    return await within(EXCHANGE_LIMIT_MS, work);
  } catch (error) {
    const isKnown = error instanceof ExchangeError || error instanceof DeadlineError;
    if (!isKnown) throw error;
    const isRefusal = error instanceof ExchangeError && ['rejected', 'auth'].includes(error.kind);
    if (isRefusal)
      throw new AppError('refused', `${venueName(venue)} refused: ${error.message}`, { cause: error });
    throw new AppError(
      'unavailable',
      `${venueName(venue)} does not answer properly: ${error.message} Try again shortly.`,
      {
        cause: error,
        retryAfterS: 10,
      },
    );
  }
}

/** Returns the active markets whose symbol holds the text, best match first: whole base, then beginning, then the rest. */
export async function searchSymbols(
  deps: Deps,
  venue: string,
  query: { text: string; limit: number },
): Promise<SymbolView[]> {
  const gateway = requireMarketData(deps, venue);
  const markets = await askExchange(venue, gateway.loadMarkets());
  const text = query.text.trim().toUpperCase();
  return [...markets.values()]
    .filter((market) => market.isActive && rank(market, text) < NO_MATCH)
    .sort((a, b) => rank(a, text) - rank(b, text) || a.symbol.localeCompare(b.symbol, 'en'))
    .slice(0, query.limit)
    .map(toSymbolView);
}

const NO_MATCH = 4;

function rank({ symbol, base, quote }: Market, text: string): number {
  const plain = symbol.toUpperCase();
  const isUsual = ['USDT', 'USDC', 'USD', 'EUR'].includes(quote.toUpperCase());
  if (plain === text) return 0;
  if (base.toUpperCase() === text) return isUsual ? 1 : 2;
  if (plain.startsWith(text)) return isUsual ? 2 : 3;
  return plain.includes(text) || plain.replace('/', '').includes(text) ? 3 : NO_MATCH;
}

function toSymbolView({ symbol, base, quote, minNotional, minQuantity }: Market): SymbolView {
  return { symbol, base, quote, minNotional: minNotional.toFixed(), minQuantity: minQuantity.toFixed() };
}

/** Returns the venue's timeframes that bots can run on, shortest first. */
export async function listTimeframes(deps: Deps, venue: string): Promise<string[]> {
  const gateway = requireMarketData(deps, venue);
  return askExchange(venue, gateway.timeframes());
}
