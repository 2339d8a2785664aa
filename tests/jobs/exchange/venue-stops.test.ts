import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { offersStops } from '../../../jobs/exchange/venue-stops.ts';
import { VENUES } from '../../../jobs/exchange/venues.ts';

type Offered = { stopLossPrice?: unknown; triggerPrice?: unknown };
type Described = { features?: { spot?: { createOrder?: Offered | null } | null } };

/** What the installed ccxt says of a venue's spot orders. */
function featuresOf(venue: string): Offered {
  const Exchange = ccxt[venue as keyof typeof ccxt] as unknown as new () => Described;
  return new Exchange().features?.spot?.createOrder ?? {};
}

describe('the stop orders of a venue', () => {
  it.each(VENUES.map(({ id }) => id))('are for %s those that the installed ccxt offers', (venue) => {
    const { stopLossPrice, triggerPrice } = featuresOf(venue);
    expect(offersStops(venue)).toBe(stopLossPrice === true || triggerPrice === true);
  });

  it('rest on the demo market, on Binance and on Kraken, and not on Bitstamp', () => {
    expect(['demo', 'binance', 'kraken', 'bitstamp'].map(offersStops)).toEqual([true, true, true, false]);
  });
});
