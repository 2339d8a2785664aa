import { insertAccountChanges, type AccountChange } from '../../db/queries/account-changes.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { AccountGateway, VenueTransfer } from '../exchange/gateway.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import { figure } from '../trading/figures.ts';
import { balanceChanges } from '../trading/portfolio/balance-changes.ts';
import { addAmounts } from './differences.ts';
import type { SymbolReport, VenueTrade, Where } from './symbol-report.ts';

/** A trade may be listed before its order is. Until it is this old, its order is given time to show whose it is. */
const ORDER_SHOWS_MS = 120_000;

/** Notes trades of nobody we know as changes of the account, from `fromMs` on: the books hold what was before. */
export async function noteForeignTrades(deps: Deps, report: SymbolReport, fromMs: number): Promise<void> {
  const { account, symbol, unbooked, orders, ownerOf } = report;
  const newestMs = deps.clock.now() - ORDER_SHOWS_MS;
  const foreign = unbooked.filter(
    ({ exchangeOrderId, timeMs }) =>
      timeMs >= fromMs && !ownerOf(exchangeOrderId) && (orders.has(exchangeOrderId) || timeMs <= newestMs),
  );
  if (foreign.length === 0) return;
  const market = await findMarket(deps, { venue: account.venue, symbol });
  const changes = foreign.map((trade) => toChange(trade, market));
  await insertAccountChanges(deps.db, account.accountId, changes);
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
