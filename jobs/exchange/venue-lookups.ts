import type { Lookup } from './gateway.ts';

/** Venues whose `fetchOrder` in ccxt takes our client order id. ccxt's own feature tables do not tell. */
const TAKES_CLIENT_ID = setOf('binance binanceus bitget bitvavo gate gateeu htx mexc myokx okx okxus woo');

const NO_OPEN_ORDERS = setOf('coinspot paymium');
const NO_CLOSED_ORDERS = setOf(
  'bit2c bitbank bitbns bitso bitstamp btse coinbaseinternational coincheck coinone coinspot gemini paymium zebpay',
);
/** Without a list of closed orders, an order that filled is found by the trades that it made. */
const FOUND_BY_TRADES = setOf(
  'bit2c bitbank bitbns bitso bitstamp coinbaseinternational coinone gemini zebpay',
);

function setOf(ids: string): ReadonlySet<string> {
  return new Set(ids.split(' '));
}

/**
 * Returns what a venue offers to find an order by its client order id, in the order in which to ask. The lists come even
 * where a client order id can be asked for, since some venues forget finished orders soon (Gate after an hour). Written
 * out so that ccxt need not be loaded; a test compares it with the installed ccxt.
 */
export function lookupsOf(venue: string): readonly Lookup[] {
  const offered: [Lookup, boolean][] = [
    ['order-by-client-id', TAKES_CLIENT_ID.has(venue)],
    ['open-orders', !NO_OPEN_ORDERS.has(venue)],
    ['closed-orders', !NO_CLOSED_ORDERS.has(venue)],
    ['trades', FOUND_BY_TRADES.has(venue)],
  ];
  return offered.flatMap(([lookup, isOffered]) => (isOffered ? [lookup] : []));
}

/** Returns whether an order that none of these look-ups knows is absent for sure: both working and finished ones are asked for. */
export function canProveAbsence(lookups: readonly Lookup[]): boolean {
  const has = (lookup: Lookup) => lookups.includes(lookup);
  return has('order-by-client-id') || (has('open-orders') && (has('closed-orders') || has('trades')));
}

const WORDS: Readonly<Record<Lookup, string>> = {
  'order-by-client-id': 'by its client order id',
  'open-orders': 'among the open orders',
  'closed-orders': 'among the closed orders',
  trades: 'through the trades of its time',
};

/** Returns how an order was looked for, in words: "by its client order id, among the open orders". */
export function sayLookups(lookups: readonly Lookup[]): string {
  return lookups.map((lookup) => WORDS[lookup]).join(', ');
}
