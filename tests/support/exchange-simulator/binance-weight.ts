import type { SimRequest } from './server.ts';

/** Of the requests that cost more than 1. Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api (2026) */
const WEIGHTS: Readonly<Record<string, number>> = {
  'GET /api/v3/exchangeInfo': 20,
  'GET /api/v3/klines': 2,
  'GET /api/v3/ticker/price': 2,
  'GET /api/v3/ticker/24hr': 2,
  'GET /api/v3/ticker/bookTicker': 2,
  'GET /api/v3/depth': 5,
  'GET /api/v3/account': 20,
  'GET /api/v3/order': 4,
  'GET /api/v3/openOrders': 6,
  'GET /api/v3/allOrders': 20,
  'GET /api/v3/myTrades': 20,
};
const MINUTE_MS = 60_000;

/** Counts what was asked in the running minute, as the header that goes with each answer says it. */
export function countWeight(clock: { now(): number }): (request: SimRequest) => Record<string, string> {
  let minute = 0;
  let used = 0;
  return ({ method, path }) => {
    const now = Math.floor(clock.now() / MINUTE_MS);
    if (now !== minute) used = 0;
    minute = now;
    used += WEIGHTS[`${method} ${path}`] ?? 1;
    return { 'x-mbx-used-weight-1m': String(used) };
  };
}
