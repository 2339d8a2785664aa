import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { lookupsOf } from '../../../jobs/exchange/venue-lookups.ts';
import { VENUES } from '../../../jobs/exchange/venues.ts';

type Has = Record<string, boolean | 'emulated' | undefined>;

function hasOf(venue: string): Has {
  const Exchange = ccxt[venue as keyof typeof ccxt] as unknown as new () => { has: Has };
  return new Exchange().has;
}

/** What the installed ccxt can ask a venue for, apart from client order ids, of which it does not tell. */
function listsOf(has: Has): string[] {
  const isClosed =
    has['fetchOrders'] === true ||
    Boolean(has['fetchClosedOrders']) ||
    has['fetchCanceledAndClosedOrders'] === true;
  const isTraced = !isClosed && has['fetchMyTrades'] === true && has['fetchOrder'] === true;
  return [
    ...(has['fetchOpenOrders'] ? ['open-orders'] : []),
    ...(isClosed ? ['closed-orders'] : []),
    ...(isTraced ? ['trades'] : []),
  ];
}

describe('the look-ups of a venue', () => {
  it.each(VENUES.map(({ id }) => id))('are for %s those that the installed ccxt offers', (venue) => {
    expect(lookupsOf(venue).filter((lookup) => lookup !== 'order-by-client-id')).toEqual(
      listsOf(hasOf(venue)),
    );
  });

  it('begin with the client order id where ccxt can ask for it', () => {
    expect(lookupsOf('binance')).toEqual(['order-by-client-id', 'open-orders', 'closed-orders']);
    expect(lookupsOf('kraken')).toEqual(['open-orders', 'closed-orders']);
    expect(lookupsOf('bitstamp')).toEqual(['open-orders', 'trades']);
  });

  it('leave no venue that bots trade on without a list', () => {
    const without = VENUES.filter(({ id, canTrade }) => canTrade && lookupsOf(id).length === 0);
    expect(without).toEqual([]);
  });
});
