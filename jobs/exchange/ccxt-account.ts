import type { Fill } from '../trading/types.ts';
import type { ClientOptions, Credentials } from './ccxt-options.ts';
import { findOrder } from './ccxt-find-order.ts';
import { fetchPositions, fetchTransfers } from './ccxt-holdings.ts';
import { getMarket } from './ccxt-markets.ts';
import { fetchTrades, listClosedOrders, listOpenOrders } from './ccxt-orders.ts';
import { toOrderArguments } from './ccxt-order-arguments.ts';
import { openSession, type AccountSession } from './ccxt-session.ts';
import { lookupsOf } from './venue-lookups.ts';
import { ExchangeError } from './errors.ts';
import type { AccountGateway, KeyPermissions, OrderRef, OrderRequest, VenueOrder } from './gateway.ts';
import { toBalances, toPermissions, toVenueOrder } from './normalize.ts';
import { sendingBefore } from './send-deadline.ts';

export type AccountOptions = ClientOptions & { credentials: Credentials };

/** Returns orders and balances of one account at a venue of ccxt. Nothing is loaded or sent before the first call. */
export function createCcxtAccount(options: AccountOptions): AccountGateway {
  const session = openSession(options);
  return {
    venue: options.venue,
    lookups: lookupsOf(options.venue),
    fetchBalances: () => session.call('read', async (exchange) => toBalances(await exchange.fetchBalance())),
    fetchPermissions: () => fetchPermissions(session),
    placeOrder: (request) => sendingBefore(request.sendBeforeMs, () => placeOrder(session, request)),
    cancelOrder: (ref) => cancelOrder(session, ref),
    findOrder: (ref) => findOrder(session, ref),
    fetchOpenOrders: (symbol) => listOpenOrders(session, symbol),
    fetchClosedOrders: (symbol, sinceMs) => listClosedOrders(session, { symbol, sinceMs }),
    fetchFills: async (ref) => {
      const trades = await fetchTrades(session, ref.symbol, ref.sinceMs - CLOCK_SLACK_MS);
      return trades.filter((trade) => trade.exchangeOrderId === ref.exchangeOrderId).map(toFill);
    },
    fetchTrades: (symbol, sinceMs) => fetchTrades(session, symbol, sinceMs),
    fetchPositions: () => fetchPositions(session),
    fetchTransfers: (sinceMs) => fetchTransfers(session, sinceMs),
  };
}

function toFill({ tradeId, side, quantity, price, fee, feeCurrency, timeMs }: Fill): Fill {
  return { tradeId, side, quantity, price, fee, feeCurrency, timeMs };
}

/** An order's first trade may bear a time before ours for its placing, where the two clocks differ. */
const CLOCK_SLACK_MS = 60_000;

/** Only Binance says what a key may do; a venue that refuses or lacks the question leaves it unknown. */
async function fetchPermissions(session: AccountSession): Promise<KeyPermissions | null> {
  if (session.venue !== 'binance') return null;
  try {
    return await session.call('read', async (exchange) =>
      toPermissions(await exchange.sapiGetAccountApiRestrictions?.()),
    );
  } catch (error) {
    if (error instanceof ExchangeError && error.kind === 'auth') throw error;
    return null;
  }
}

async function placeOrder(session: AccountSession, request: OrderRequest): Promise<VenueOrder> {
  const market = getMarket(await session.table(), request.symbol);
  const args = await session.call('read', (exchange) => toOrderArguments(exchange, request));
  return session.call('place', async (exchange) => {
    const { type, side, amount, price, params } = args;
    const raw = await exchange.createOrder(request.symbol, type, side, amount, price, params);
    const context = {
      symbol: request.symbol,
      nowMs: session.clock.now(),
      quoteCurrency: market.quote,
      request,
    };
    return { ...toVenueOrder(raw, context), clientOrderId: request.clientOrderId };
  });
}

/** Venues where an order can be cancelled by client order id alone. */
const CANCELS_BY_CLIENT_ID = new Set([
  'binance',
  'binanceus',
  'kraken',
  'okx',
  'myokx',
  'okxus',
  'bitget',
  'mexc',
]);

async function cancelOrder(session: AccountSession, ref: OrderRef): Promise<void> {
  const { symbol, clientOrderId } = ref;
  const byClientId = clientOrderId !== undefined && CANCELS_BY_CLIENT_ID.has(session.venue);
  const exchangeOrderId =
    ref.exchangeOrderId ?? (byClientId ? undefined : (await findOrder(session, ref))?.exchangeOrderId);
  if (exchangeOrderId === undefined && !byClientId) {
    throw new ExchangeError('rejected', `${session.venue}: there is no such order to cancel`);
  }
  const params = exchangeOrderId === undefined ? { clientOrderId } : {};
  await session.call('cancel', (exchange) => exchange.cancelOrder(exchangeOrderId, symbol, params));
}
