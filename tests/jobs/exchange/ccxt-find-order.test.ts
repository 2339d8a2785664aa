import { describe, expect, it } from 'vitest';
import type { CcxtExchange } from '../../../jobs/exchange/ccxt-client.ts';
import { findOrder } from '../../../jobs/exchange/ccxt-find-order.ts';
import type { AccountSession } from '../../../jobs/exchange/ccxt-session.ts';
import { btcUsdt } from '../../support/markets.ts';

const SYMBOL = 'BTC/USDT';
const REF = { symbol: SYMBOL, clientOrderId: 'ours1', sinceMs: 1000 };
const orderOf = (id: string, clientOrderId: string | undefined, status = 'closed') => ({
  id,
  clientOrderId,
  symbol: SYMBOL,
  side: 'buy',
  type: 'limit',
  amount: '1',
  filled: status === 'closed' ? '1' : '0',
  status,
  timestamp: 2000,
});
const tradeOf = (id: string, order: string) => ({
  id,
  order,
  symbol: SYMBOL,
  side: 'buy',
  amount: '1',
  price: '100',
  timestamp: 2000,
});

type Row = { id: string };
type Said = {
  open?: unknown[];
  closed?: unknown[];
  canceled?: unknown[];
  trades?: unknown[];
  orders?: Row[];
  fails?: string;
};

/** A venue of ccxt that says what a test lets it say, and notes what it was asked. */
function venueOf(venue: string, has: Record<string, boolean>, said: Said) {
  const asked: string[] = [];
  const answer = <T>(name: string, value: T): Promise<T> => {
    asked.push(name);
    return said.fails === name ? Promise.reject(new Error(`${name} failed`)) : Promise.resolve(value);
  };
  const exchange = {
    id: venue,
    has,
    fetchOpenOrders: () => answer('open', said.open ?? []),
    fetchClosedOrders: () => answer('closed', said.closed ?? []),
    fetchCanceledOrders: () => answer('canceled', said.canceled ?? []),
    fetchCanceledAndClosedOrders: () => answer('canceled and closed', said.closed ?? []),
    fetchMyTrades: () => answer('trades', said.trades ?? []),
    fetchOrder: (id: string) =>
      answer(
        `order ${id}`,
        (said.orders ?? []).find((row) => row.id === id),
      ),
  } as unknown as CcxtExchange;
  const session: AccountSession = {
    venue,
    clock: { now: () => 5000 },
    table: () => Promise.resolve({ exchange, markets: new Map([[SYMBOL, btcUsdt()]]), loadedAtMs: 0 }),
    call: (_, work) => work(exchange),
  };
  return { session, asked };
}

const TRACED = { fetchOrder: true, fetchOpenOrders: true, fetchMyTrades: true };
const LISTED = { fetchOpenOrders: true, fetchClosedOrders: true, fetchCanceledOrders: true };

describe('finding an order where a venue has no list of closed ones', () => {
  const said = {
    open: [orderOf('1', 'other', 'open')],
    trades: [tradeOf('t1', '2'), tradeOf('t2', '3'), tradeOf('t3', '3')],
    orders: [orderOf('2', 'other'), orderOf('3', 'ours1')],
  };

  it('asks after every order that has traded since', async () => {
    const { session, asked } = venueOf('bitstamp', TRACED, said);
    expect(await findOrder(session, REF)).toMatchObject({ exchangeOrderId: '3', status: 'filled' });
    expect(asked).toEqual(['open', 'trades', 'order 2', 'order 3']);
  });

  it('calls it absent once all have answered', async () => {
    const { session, asked } = venueOf('bitstamp', TRACED, {
      ...said,
      orders: [orderOf('2', 'a'), orderOf('3', 'b')],
    });
    expect(await findOrder(session, REF)).toBeUndefined();
    expect(asked).toHaveLength(4);
  });

  it.each(['open', 'trades', 'order 2'])('does not call it absent where %s fails', async (fails) => {
    const { session } = venueOf('bitstamp', TRACED, { ...said, fails });
    await expect(findOrder(session, REF)).rejects.toThrow(`${fails} failed`);
  });
});

describe('finding an order in the lists of a venue', () => {
  it('looks among open, closed and cancelled ones, and stops where it is found', async () => {
    const open = venueOf('bybit', LISTED, { open: [orderOf('1', 'ours1', 'open')] });
    expect(await findOrder(open.session, REF)).toMatchObject({ status: 'open' });
    expect(open.asked).toEqual(['open']);
    const canceled = venueOf('bybit', LISTED, { canceled: [orderOf('1', 'ours1', 'canceled')] });
    expect(await findOrder(canceled.session, REF)).toMatchObject({ status: 'canceled' });
    expect(canceled.asked).toEqual(['open', 'closed', 'canceled']);
  });

  it('takes the list of both where closed and cancelled ones are not listed apart', async () => {
    const has = { fetchOpenOrders: true, fetchCanceledOrders: true, fetchCanceledAndClosedOrders: true };
    const { session, asked } = venueOf('hashkey', has, { closed: [orderOf('1', 'ours1')] });
    expect(await findOrder(session, REF)).toMatchObject({ status: 'filled' });
    expect(asked).toEqual(['open', 'canceled and closed']);
  });

  it.each(['open', 'closed', 'canceled'])('does not call it absent where the %s ones fail', async (fails) => {
    const { session } = venueOf('bybit', LISTED, { fails });
    await expect(findOrder(session, REF)).rejects.toThrow(`${fails} failed`);
  });

  it('cannot tell where orders of that time bear no client order id, and can where they are older', async () => {
    const unnamed = orderOf('1', undefined, 'open');
    const { session } = venueOf('bybit', LISTED, { open: [unnamed] });
    await expect(findOrder(session, REF)).rejects.toMatchObject({ kind: 'transient' });
    expect(await findOrder(session, { ...REF, sinceMs: 3000 })).toBeUndefined();
    const both = venueOf('bybit', LISTED, { open: [unnamed], closed: [orderOf('2', 'ours1')] });
    expect(await findOrder(both.session, REF)).toMatchObject({ exchangeOrderId: '2' });
  });

  it('looks for a known exchange order id alone, whatever client order ids are missing', async () => {
    const { session } = venueOf('bybit', LISTED, { open: [orderOf('1', undefined, 'open')] });
    expect(await findOrder(session, { ...REF, exchangeOrderId: '9' })).toBeUndefined();
    expect(await findOrder(session, { ...REF, exchangeOrderId: '1' })).toMatchObject({
      exchangeOrderId: '1',
      clientOrderId: 'ours1',
    });
  });
});
