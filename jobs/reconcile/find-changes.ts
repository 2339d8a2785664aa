import { insertAccountChanges, type AccountChange } from '../../db/queries/account-changes.ts';
import {
  listBookedTrades,
  listForeignOrders,
  listKnownOrders,
  storeForeignOrder,
} from '../../db/queries/foreign-orders.ts';
import type { ReconciledAccount } from '../../db/queries/reconciliation.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway, VenueOrder, VenueTransfer } from '../exchange/gateway.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import { figure } from '../trading/figures.ts';
import { balanceChanges } from '../trading/portfolio/balance-changes.ts';
import type { Fill } from '../trading/types.ts';
import { addAmounts } from './differences.ts';

type Where = { gateway: AccountGateway; account: ReconciledAccount; symbol: string; sinceMs: number };
type VenueTrade = Fill & { exchangeOrderId: string };

/**
 * Looks through one symbol's own trades. Those of our orders that are not in the log have their order looked at again;
 * those of nobody we know are noted as changes of the account. Returns ids of the orders to look at.
 */
export async function findTradeChanges(deps: Deps, where: Where): Promise<string[]> {
  const { gateway, account, symbol, sinceMs } = where;
  const trades = await gateway.fetchTrades(symbol, sinceMs);
  const tradeIds = trades.map((trade) => trade.tradeId);
  const booked = await listBookedTrades(deps.db, { accountId: account.accountId, symbol, tradeIds });
  const unbooked = trades.filter((trade) => !booked.has(trade.tradeId));
  const exchangeOrderIds = [...new Set(unbooked.map((trade) => trade.exchangeOrderId))];
  const known = await listKnownOrders(deps.db, account.accountId, { exchangeOrderIds, clientOrderIds: [] });
  const ours = new Map(known.map((order) => [order.exchangeOrderId, order.id]));
  const market = await findMarket(deps, { venue: account.venue, symbol });
  const foreign = unbooked.filter((trade) => !ours.has(trade.exchangeOrderId));
  await insertAccountChanges(
    deps.db,
    account.accountId,
    foreign.map((trade) => toChange(trade, market)),
  );
  return [...new Set(ours.values())];
}

function toChange(trade: VenueTrade, market: { symbol: string; base: string; quote: string }): AccountChange {
  const verb = trade.side === 'BUY' ? 'Bought' : 'Sold';
  return {
    kind: 'trade',
    reference: `${market.symbol}:${trade.tradeId}`,
    exchangeOrderId: trade.exchangeOrderId,
    detail: `${verb} ${figure(trade.quantity)} ${market.base} at ${figure(trade.price)} ${market.quote}, not by a bot of this account`,
    amounts: balanceChanges(trade, market),
    happenedAtMs: trade.timeMs,
  };
}

/**
 * Notes deposits and withdrawals as changes of the account. Returns the assets of those that are still under way: the venue
 * may or may not have moved them yet. A venue that does not tell leaves them unexplained.
 */
export async function findTransfers(
  deps: Deps,
  { gateway, account, sinceMs }: Omit<Where, 'symbol'>,
): Promise<Set<string>> {
  const transfers = await fetchTransfers(deps, gateway, sinceMs);
  const done = transfers.filter((transfer) => transfer.status === 'done');
  await insertAccountChanges(deps.db, account.accountId, done.map(toTransferChange));
  return new Set(transfers.filter(({ status }) => status === 'pending').map(({ asset }) => asset));
}

async function fetchTransfers(
  deps: Deps,
  gateway: AccountGateway,
  sinceMs: number,
): Promise<VenueTransfer[]> {
  try {
    return await gateway.fetchTransfers(sinceMs);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    deps.log.warn({ venue: gateway.venue, err: error }, 'deposits and withdrawals could not be read');
    return [];
  }
}

function toTransferChange(transfer: VenueTransfer): AccountChange {
  const { id, kind, asset, amount, fee, feeCurrency, timeMs } = transfer;
  const moved = new Map([[asset, kind === 'deposit' ? amount : amount.neg()]]);
  const verb = kind === 'deposit' ? 'Deposited' : 'Withdrew';
  const paid = fee.isZero() ? '' : `, fee ${figure(fee)} ${feeCurrency}`;
  return {
    kind,
    reference: id,
    detail: `${verb} ${figure(amount)} ${asset}${paid}`,
    amounts: addAmounts(moved, new Map([[feeCurrency, fee.neg()]])),
    happenedAtMs: timeMs,
  };
}

/** Looks through one symbol's open orders: those that are not ours are listed for their owner to decide about. */
export async function findForeignOrders(deps: Deps, where: Where): Promise<void> {
  const { gateway, account, symbol, sinceMs } = where;
  const open = await gateway.fetchOpenOrders(symbol);
  const known = await listKnownOrders(deps.db, account.accountId, {
    exchangeOrderIds: open.map((order) => order.exchangeOrderId),
    clientOrderIds: open.flatMap((order) => (order.clientOrderId === null ? [] : [order.clientOrderId])),
  });
  const isOurs = (order: VenueOrder) =>
    known.some(
      ({ exchangeOrderId, clientOrderId }) =>
        exchangeOrderId === order.exchangeOrderId || clientOrderId === order.clientOrderId,
    );
  for (const order of open.filter((each) => !isOurs(each))) await store(deps, account, order);
  const stillOpen = new Set(open.map((order) => order.exchangeOrderId));
  const listed = await listForeignOrders(deps.db, account.accountId, true);
  const gone = listed.filter((order) => order.symbol === symbol && !stillOpen.has(order.exchangeOrderId));
  for (const { exchangeOrderId } of gone) {
    const said = await gateway.findOrder({ symbol, exchangeOrderId, sinceMs });
    if (said) await store(deps, account, said);
  }
}

function store(deps: Deps, account: ReconciledAccount, order: VenueOrder): Promise<void> {
  const { symbol, exchangeOrderId, clientOrderId, side, type, quantity, filledQuantity, status } = order;
  const seen = { symbol, exchangeOrderId, clientOrderId, side, type, quantity, filledQuantity, status };
  const times = { placedAtMs: order.timeMs, seenAtMs: deps.clock.now() };
  return storeForeignOrder(deps.db, account.accountId, { ...seen, ...times });
}
