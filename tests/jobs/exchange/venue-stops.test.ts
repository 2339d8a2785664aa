import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { offersStops } from '../../../jobs/exchange/venue-stops.ts';
import { VENUES } from '../../../jobs/exchange/venues.ts';

type Feature = { stopLossPrice?: unknown; triggerPrice?: unknown; trigger?: unknown } | null;
type Described = { features?: { spot?: Record<string, Feature> | null } };

const LOOKUPS = ['fetchOrder', 'fetchOpenOrders', 'fetchOrders', 'fetchClosedOrders'];

/** What the installed ccxt says: whether stops are taken, and whether they must be asked for apart from other orders. */
function stopsOf(venue: string): { areTaken: boolean; areApart: boolean } {
  const Exchange = ccxt[venue as keyof typeof ccxt] as unknown as new () => Described;
  const spot = new Exchange().features?.spot ?? {};
  const placing = spot['createOrder'];
  return {
    areTaken: placing?.stopLossPrice === true || placing?.triggerPrice === true,
    areApart: LOOKUPS.some((name) => spot[name]?.trigger === true),
  };
}

describe('the stop orders of a venue', () => {
  it.each(VENUES.map(({ id }) => id))('are for %s those that the installed ccxt can follow', (venue) => {
    const { areTaken, areApart } = stopsOf(venue);
    expect(offersStops(venue)).toBe(areTaken && !areApart);
  });

  it('rest on the demo market, Binance and Kraken; not on Bitstamp, which has none, nor on OKX, which keeps them apart', () => {
    const venues = ['demo', 'binance', 'kraken', 'bitstamp', 'okx'];
    expect(venues.map(offersStops)).toEqual([true, true, true, false, false]);
  });
});
