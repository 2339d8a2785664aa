import { BinanceError, toErrorReply } from './binance-errors.ts';
import { bookTicker, depth, exchangeInfo, klines, ticker24h, tickerPrice } from './binance-market.ts';
import {
  allOrders,
  cancelOrder,
  getOrder,
  myTrades,
  openOrders,
  placeOrder,
  type OrderCall,
} from './binance-orders.ts';
import { requireAccount } from './binance-signature.ts';

import { depositHistory, withdrawHistory } from './binance-transfers.ts';
import { countWeight } from './binance-weight.ts';
import { Amount, print } from './decimals.ts';
import type { ExchangeEngine } from './engine.ts';
import type { Face, SimRequest } from './server.ts';

type PublicRoute = (engine: ExchangeEngine, params: SimRequest['params']) => unknown;
type PrivateRoute = (call: OrderCall) => unknown;

const PUBLIC: Readonly<Record<string, PublicRoute>> = {
  'GET /api/v3/ping': () => ({}),
  'GET /api/v3/time': (engine) => ({ serverTime: engine.clock.now() }),
  'GET /api/v3/exchangeInfo': exchangeInfo,
  'GET /api/v3/klines': klines,
  'GET /api/v3/ticker/price': tickerPrice,
  'GET /api/v3/ticker/24hr': ticker24h,
  'GET /api/v3/ticker/bookTicker': bookTicker,
  'GET /api/v3/depth': depth,
};

const PRIVATE: Readonly<Record<string, PrivateRoute>> = {
  'GET /api/v3/account': accountDocument,
  'POST /api/v3/order': placeOrder,
  'GET /api/v3/order': getOrder,
  'DELETE /api/v3/order': cancelOrder,
  'GET /api/v3/openOrders': openOrders,
  'GET /api/v3/allOrders': allOrders,
  'GET /api/v3/myTrades': myTrades,
  'GET /sapi/v1/account/apiRestrictions': restrictions,
  'GET /sapi/v1/capital/config/getall': () => [],
  'GET /sapi/v1/capital/deposit/hisrec': depositHistory,
  'GET /sapi/v1/capital/withdraw/history': withdrawHistory,
  'GET /sapi/v1/margin/allPairs': () => [],
  'GET /sapi/v1/margin/isolated/allPairs': () => [],
};

/** Binance's spot REST in front of the engine. Source: https://developers.binance.com/docs/binance-spot-api-docs (2026) */
export function binanceFace(engine: ExchangeEngine): Face {
  const count = countWeight(engine.clock);
  return {
    handle: (request) => {
      const headers = count(request);
      try {
        return { status: 200, body: route(engine, request), headers };
      } catch (error) {
        return toErrorReply(error);
      }
    },
  };
}

function route(engine: ExchangeEngine, request: SimRequest): unknown {
  const name = `${request.method} ${request.path}`;
  const open = PUBLIC[name];
  if (open) return open(engine, request.params);
  const signed = PRIVATE[name];
  if (signed) return signed({ engine, account: requireAccount(engine, request), params: request.params });
  throw new BinanceError(-1000, `The simulator has no ${name}`, 404);
}

function accountDocument({ engine, account }: OrderCall): unknown {
  const balances = Object.entries(engine.balances(account)).map(([asset, { free, locked }]) => ({
    asset,
    free: print(new Amount(free)),
    locked: print(new Amount(locked)),
  }));
  const { trade = true, withdraw = false } = account.permissions ?? {};
  return {
    canTrade: trade,
    canWithdraw: withdraw,
    canDeposit: true,
    accountType: 'SPOT',
    updateTime: engine.clock.now(),
    balances,
    permissions: ['SPOT'],
  };
}

function restrictions({ account }: OrderCall): unknown {
  const { read = true, trade = true, withdraw = false } = account.permissions ?? {};
  return {
    ipRestrict: false,
    enableReading: read,
    enableSpotAndMarginTrading: trade,
    enableWithdrawals: withdraw,
  };
}
