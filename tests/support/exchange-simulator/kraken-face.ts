import type { ExchangeEngine } from './engine.ts';
import { KrakenError, toErrorReply } from './kraken-errors.ts';
import { balanceEx, queryTrades, tradesHistory, transfersOf } from './kraken-history.ts';
import { assetPairs, assets, depth, ohlc, serverTime, ticker } from './kraken-market.ts';
import {
  addOrder,
  cancelOrder,
  closedOrders,
  openOrders,
  queryOrders,
  type KrakenCall,
} from './kraken-orders.ts';
import { openGate, type KrakenGate } from './kraken-signature.ts';
import type { Face, SimRequest } from './server.ts';

const PUBLIC: Readonly<Record<string, (engine: ExchangeEngine, params: SimRequest['params']) => unknown>> = {
  Time: serverTime,
  SystemStatus: ({ clock }) => ({ status: 'online', timestamp: new Date(clock.now()).toISOString() }),
  Assets: assets,
  AssetPairs: assetPairs,
  OHLC: ohlc,
  Ticker: ticker,
  Depth: depth,
};

const PRIVATE: Readonly<Record<string, (call: KrakenCall) => unknown>> = {
  BalanceEx: balanceEx,
  AddOrder: addOrder,
  CancelOrder: cancelOrder,
  QueryOrders: queryOrders,
  OpenOrders: openOrders,
  ClosedOrders: closedOrders,
  TradesHistory: tradesHistory,
  QueryTrades: queryTrades,
  DepositStatus: transfersOf('deposit'),
  WithdrawStatus: transfersOf('withdrawal'),
  OpenPositions: () => [],
};

/** Kraken's spot REST in front of the engine. Source: https://docs.kraken.com/api/ (2026) */
export function krakenFace(engine: ExchangeEngine): Face {
  const gate = openGate(engine);
  return {
    handle: (request) => {
      try {
        return { status: 200, body: { error: [], result: route(engine, gate, request) } };
      } catch (error) {
        return toErrorReply(error);
      }
    },
  };
}

function route(engine: ExchangeEngine, gate: KrakenGate, request: SimRequest): unknown {
  const [, version, kind, name = ''] = request.path.split('/');
  const { params } = request;
  const open = kind === 'public' ? PUBLIC[name] : undefined;
  if (version === '0' && open) return open(engine, params);
  const signed = kind === 'private' && request.method === 'POST' ? PRIVATE[name] : undefined;
  if (version === '0' && signed) return signed({ engine, account: gate(request), params });
  throw new KrakenError('EGeneral:Unknown method');
}
