import { Amount, print } from './decimals.ts';
import type { SimulatedOrder, SimulatedTrade, SimulatedTransfer } from './engine-types.ts';
import { KrakenError } from './kraken-errors.ts';
import { altnameOf, assetIdOf, pairIdOf } from './kraken-market.ts';
import {
  isWithin,
  krakenTypeOf,
  orderIdOf,
  pageOf,
  toSeconds,
  tradeIdOf,
  type KrakenCall,
} from './kraken-orders.ts';

export function balanceEx({ engine, account }: KrakenCall): unknown {
  if (account.permissions?.read === false) throw new KrakenError('EGeneral:Permission denied');
  return Object.fromEntries(
    Object.entries(engine.balances(account)).map(([asset, { locked, total }]) => [
      assetIdOf(asset),
      { balance: print(new Amount(total)), hold_trade: print(new Amount(locked)) },
    ]),
  );
}

type Traded = { order: SimulatedOrder; trade: SimulatedTrade };

function tradesOf({ engine, account }: KrakenCall): Traded[] {
  return engine.orders(account).flatMap((order) => order.trades.map((trade) => ({ order, trade })));
}

/** The newest first. */
export function tradesHistory(call: KrakenCall): unknown {
  const within = tradesOf(call)
    .filter(({ trade }) => isWithin(call.params, trade.timeMs))
    .sort((a, b) => b.trade.timeMs - a.trade.timeMs || b.trade.id - a.trade.id);
  const { page, count } = pageOf(within, call.params);
  return { trades: tradeDocuments(call, page), count };
}

export function queryTrades(call: KrakenCall): unknown {
  const wanted = (call.params['txid'] ?? '').split(',');
  const found = tradesOf(call).filter(({ trade }) => wanted.includes(tradeIdOf(trade.id)));
  return tradeDocuments(call, found);
}

function tradeDocuments({ engine }: KrakenCall, traded: Traded[]): Record<string, unknown> {
  return Object.fromEntries(
    traded.map(({ order, trade }) => [
      tradeIdOf(trade.id),
      {
        ordertxid: orderIdOf(order.id),
        postxid: 'TKH2SE-M7IF5-CFI7LT',
        pair: pairIdOf(engine.market(order.symbol)),
        time: toSeconds(trade.timeMs),
        type: trade.side.toLowerCase(),
        ordertype: krakenTypeOf(order),
        price: print(trade.price),
        cost: print(trade.quoteQuantity),
        fee: print(trade.fee),
        vol: print(trade.quantity),
        margin: '0.00000',
        misc: '',
        trade_id: trade.id,
        maker: trade.isMaker,
      },
    ]),
  );
}

const MOST_TRANSFERS = 25;
const STATUS = { done: 'Success', pending: 'Pending', failed: 'Failure' } as const;

/** At most 25, the newest first. */
export function transfersOf(kind: SimulatedTransfer['kind']): (call: KrakenCall) => unknown {
  return ({ engine, account, params }) =>
    engine.transfers
      .list(account, kind)
      .filter(({ timeMs }) => isWithin(params, timeMs))
      .reverse()
      .slice(0, MOST_TRANSFERS)
      .map(({ id, asset, amount, fee, timeMs, status }) => ({
        method: altnameOf(asset),
        aclass: 'currency',
        asset: assetIdOf(asset),
        refid: id,
        txid: `tx-${id}`,
        info: 'sim',
        amount: print(amount),
        fee: print(fee),
        time: Math.floor(timeMs / 1000),
        status: STATUS[status],
      }));
}
