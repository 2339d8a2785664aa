import { randomUUID } from 'node:crypto';
import {
  deleteOrderChanges,
  insertAccountChanges,
  listAccountChanges,
} from '../../db/queries/account-changes.ts';
import { listBotRuns, type BotRun } from '../../db/queries/bots.ts';
import { findExchangeKey } from '../../db/queries/exchange-keys.ts';
import { chooseForeignOrder, listForeignOrders, lockForeignOrder } from '../../db/queries/foreign-orders.ts';
import { insertAdoptedOrder } from '../../db/queries/orders.ts';
import { findReconciliation } from '../../db/queries/reconciliation.ts';
import type { Deps } from '../../jobs/deps.ts';
import { ExchangeError } from '../../jobs/exchange/errors.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { OrderType } from '../../jobs/trading/types.ts';
import type { ForeignOrderView, ReconciliationView } from '../schemas/reconciliation-views.ts';
import { AppError } from './app-error.ts';
import { notFound, requireId } from './ids.ts';

const CHANGES_SHOWN = 50;
/** An adopted order answers to no candle: a leg that no decision uses. */
const ADOPTED_LEG = 3;

type ForeignOrder = Awaited<ReturnType<typeof listForeignOrders>>[number];

const isOpen = ({ status }: { status: string }) => status === 'open' || status === 'partially_filled';

/** Returns how an account compares with its exchange, and what on it is not its bots'. */
export async function getReconciliation(
  deps: Deps,
  userId: string,
  keyId: string,
): Promise<ReconciliationView> {
  const key = await requireKey(deps, userId, keyId);
  const [state, foreign, changes, bots] = await Promise.all([
    findReconciliation(deps.db, key.id),
    listForeignOrders(deps.db, key.id),
    listAccountChanges(deps.db, key.id, CHANGES_SHOWN),
    listBotRuns(deps.db, userId),
  ]);
  return {
    checkedAt: state?.booksOpenedAtMs ? new Date(state.checkedAtMs).toISOString() : null,
    error: state?.error ?? null,
    differences: Object.entries(state?.differences ?? {}).map(([asset, amount]) => ({ asset, amount })),
    foreignOrders: foreign.map(toForeignOrderView),
    changes: changes.map(({ id, kind, detail, happenedAt }) => ({
      id: String(id),
      kind,
      detail,
      happenedAt: happenedAt.toISOString(),
    })),
    bots: bots
      .filter((bot) => bot.exchangeKeyId === key.id)
      .map(({ id, name, symbol }) => ({ id, name, symbol })),
  };
}

function toForeignOrderView(order: ForeignOrder): ForeignOrderView {
  return {
    id: order.id,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity.toFixed(),
    filledQuantity: order.filledQuantity.toFixed(),
    status: order.status,
    isOpen: isOpen(order) && order.choice !== 'adopted',
    choice: order.choice,
    placedAt: order.placedAt.toISOString(),
  };
}

async function requireKey(deps: Deps, userId: string, keyId: string) {
  const key = await findExchangeKey(deps.db, userId, requireId(keyId, 'account'));
  if (!key) throw notFound('account');
  return key;
}

/** Compares the account now instead of within the minute. */
export async function reconcileNow(deps: Deps, userId: string, keyId: string): Promise<void> {
  const key = await requireKey(deps, userId, keyId);
  const slot = Math.floor(deps.clock.now() / 5_000);
  const item = { payload: { accountId: key.id }, key: `${key.id}:now:${String(slot)}` };
  await deps.boss.enqueue(deps.db, 'reconcile-account', [item]);
}

/** Books what differs as an accepted change with the moment it was accepted: the books then start from what is there. */
export async function acceptDifferences(deps: Deps, userId: string, keyId: string): Promise<void> {
  const key = await requireKey(deps, userId, keyId);
  const state = await findReconciliation(deps.db, key.id);
  const entries = Object.entries(state?.differences ?? {});
  if (!state || entries.length === 0) return;
  const figures = entries.map(([asset, amount]) => `${amount} ${asset}`).join(', ');
  await insertAccountChanges(deps.db, key.id, [
    {
      kind: 'accepted',
      reference: `accepted:${String(state.checkedAtMs)}`,
      detail: `Accepted as a difference that nothing explains: ${figures}`,
      amounts: new Map(entries.map(([asset, amount]) => [asset, money(amount)])),
      happenedAtMs: deps.clock.now(),
    },
  ]);
  await reconcileNow(deps, userId, keyId);
}

type Chosen = { keyId: string; foreignOrderId: string };

/** Leaves an order that is not ours alone from now on: it stays listed, and asks for nothing. */
export async function ignoreForeignOrder(deps: Deps, userId: string, chosen: Chosen): Promise<void> {
  const key = await requireKey(deps, userId, chosen.keyId);
  await deps.db.transaction(async (tx) => {
    const order = await lockForeignOrder(tx, key.id, requireId(chosen.foreignOrderId, 'order'));
    if (!order) throw notFound('order');
    await chooseForeignOrder(tx, order.id, 'ignored');
  });
}

/** Cancels an order that is not ours at the exchange. 422 with the exchange's words where it refuses. */
export async function cancelForeignOrder(deps: Deps, userId: string, chosen: Chosen): Promise<void> {
  const key = await requireKey(deps, userId, chosen.keyId);
  const order = await lockForeignOrder(deps.db, key.id, requireId(chosen.foreignOrderId, 'order'));
  if (!order) throw notFound('order');
  if (!isOpen(order)) throw new AppError('conflict', 'This order is not open any more.');
  const gateway = await deps.accountFor({ accountId: key.id, userId, mode: 'live', venue: key.exchange });
  const { symbol, exchangeOrderId } = order;
  try {
    await gateway.cancelOrder({ symbol, exchangeOrderId, sinceMs: order.placedAt.getTime() });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new AppError('refused', `The order could not be cancelled: ${error.message}`);
  }
  await chooseForeignOrder(deps.db, order.id, 'canceled');
  await reconcileNow(deps, userId, chosen.keyId);
}

/** Makes an open order that is not ours one of a bot's: its fills, past and coming, count for that bot. */
export async function adoptForeignOrder(
  deps: Deps,
  userId: string,
  chosen: Chosen & { botRunId: string },
): Promise<void> {
  const key = await requireKey(deps, userId, chosen.keyId);
  const bots = await listBotRuns(deps.db, userId);
  const bot = bots.find((each) => each.id === chosen.botRunId && each.exchangeKeyId === key.id);
  if (!bot) throw notFound('bot');
  await deps.db.transaction(async (tx) => {
    const order = await lockForeignOrder(tx, key.id, requireId(chosen.foreignOrderId, 'order'));
    if (!order) throw notFound('order');
    if (order.choice === 'adopted' || !isOpen(order))
      throw new AppError('conflict', 'This order is not open any more, or adopted already.');
    if (order.symbol !== bot.symbol)
      throw new AppError('refused', `${bot.name} trades ${bot.symbol}; the order is on ${order.symbol}.`);
    const id = randomUUID();
    await insertAdoptedOrder(tx, toAdoptedOrder(order, bot, { id, atMs: deps.clock.now() }));
    await deleteOrderChanges(tx, key.id, order.exchangeOrderId);
    await chooseForeignOrder(tx, order.id, 'adopted');
    await deps.boss.enqueue(tx, 'sync-order', [{ payload: { orderId: id }, key: `${id}:adopted` }]);
  });
}

const toOrderType = (type: string): OrderType => (type === 'limit' || type === 'stop' ? type : 'market');

function toAdoptedOrder(order: ForeignOrder, bot: BotRun, { id, atMs }: { id: string; atMs: number }) {
  return {
    id,
    botRunId: bot.id,
    userId: bot.userId,
    accountId: order.accountId,
    venue: bot.venue,
    symbol: order.symbol,
    clientOrderId: order.clientOrderId ?? `adopted-${order.exchangeOrderId}`,
    exchangeOrderId: order.exchangeOrderId,
    side: order.side,
    type: toOrderType(order.type),
    reason: 'signal' as const,
    quantity: order.quantity,
    candleTimeMs: atMs,
    leg: ADOPTED_LEG,
    decidedAtMs: atMs,
    placedAtMs: order.placedAt.getTime(),
  };
}
