import {
  findBotRun,
  insertBotRun,
  listBotRuns,
  lockBotRun,
  markBotRunning,
  markBotStopping,
  type BotRun,
} from '../../db/queries/bots.ts';
import type { Db } from '../../db/client.ts';
import { lockExchangeKey } from '../../db/queries/exchange-keys.ts';
import { lockOwner } from '../../db/queries/kill-switches.ts';
import { findStoredStrategy } from '../../db/queries/strategies.ts';
import { findOrder, listOpenOrders, listOrderEvents, listTrades } from '../../db/queries/trades.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { Lookup } from '../../jobs/exchange/gateway.ts';
import { sayLookups } from '../../jobs/exchange/venue-lookups.ts';
import { MAX_DRAWDOWN } from '../../jobs/trading/risk/max-drawdown.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { StartBotInput, StopBotInput } from '../schemas/bots.ts';
import type { BotView, OrderDetailView, OrderView } from '../schemas/views.ts';
import { AppError } from './app-error.ts';
import { planBot } from './bot-start.server.ts';
import { iso, toBotView, toOrderView, toTradeView } from './bot-views.ts';
import { notFound, requireId } from './ids.ts';
import { requireNoKillSwitch } from './kill-switch.server.ts';
import { createWebhook } from './webhooks.server.ts';

export { getBotDetail } from './bot-detail.server.ts';

const FILLS_OF_AN_ORDER = 200;

/** Starts a new bot. What is left out: sizing 10 % of equity, paper balance 10,000 quote units, live balance what is free. */
export async function startBot(deps: Deps, userId: string, input: StartBotInput): Promise<BotView> {
  const plan = await planBot(deps, userId, input);
  const bot = await deps.db.transaction(async (tx) => {
    await requireNoKillSwitch(tx, userId, { bot: plan, atMs: deps.clock.now() });
    await requireKeyStillThere(tx, userId, plan.exchangeKeyId);
    const inserted = await insertBotRun(tx, plan);
    if (inserted.strategy === WEBHOOK) await createWebhook(deps, tx, inserted);
    await enqueueCandles(deps, tx, inserted);
    return inserted;
  });
  return toBotView(bot);
}

/** One click: RSI_CROSS on the demo market's BTC/USDT, one decision a second, on paper. */
export function startDemoBot(deps: Deps, userId: string): Promise<BotView> {
  return startBot(deps, userId, {
    name: 'Demo bot',
    strategy: 'RSI_CROSS',
    exchange: 'demo',
    symbol: 'BTC/USDT',
    timeframe: '1s',
    mode: 'paper',
    risk: undefined,
    sizing: undefined,
    initial_balance: undefined,
    exchange_key_id: undefined,
  });
}

/** Starts a stopped, halted or failed bot again with what it holds. 409 while it runs, 422 when it cannot. */
export async function restartBot(deps: Deps, userId: string, botRunId: string): Promise<BotView> {
  const id = requireId(botRunId, 'bot');
  const restarted = await deps.db.transaction(async (tx) => {
    await lockOwner(tx, userId);
    const bot = await lockBotRun(tx, userId, id);
    if (!bot) throw notFound('bot');
    requireRestartable(bot);
    requireOwnHalt(bot);
    await requireNoKillSwitch(tx, userId, { bot, atMs: deps.clock.now() });
    await requireEnabled(tx, bot.strategy);
    if (bot.mode === 'live') await requireKeyOf(tx, bot);
    const running = await markBotRunning(tx, userId, { botRunId: id, startedAt: new Date(deps.clock.now()) });
    if (!running) throw notFound('bot');
    await enqueueCandles(deps, tx, running);
    return running;
  });
  return toBotView(restarted);
}

function requireRestartable({ status, name }: BotRun): void {
  if (status === 'RUNNING') throw new AppError('conflict', `${name} is running already.`);
  if (status === 'STOPPING')
    throw new AppError('conflict', `${name} is still stopping. Start it again once it has stopped.`);
}

/** What halted all of a basket is lifted for all of it. */
function requireOwnHalt({ basketId, halt, status, name }: BotRun): void {
  if (basketId === null || status !== 'HALTED' || halt?.rule !== MAX_DRAWDOWN) return;
  throw new AppError('conflict', `${name} was halted with its whole basket. Let the basket trade again.`);
}

/** Throws 422 where a strategy is switched off. */
export async function requireEnabled(tx: Db, strategy: string): Promise<void> {
  const stored = await findStoredStrategy(tx, strategy);
  if (!stored?.enabled) throw new AppError('refused', `${strategy} is switched off on this server.`);
}

/** Throws 422 where the key that a live bot trades with is gone; else it stays until the transaction ends. */
export async function requireKeyOf(tx: Db, bot: BotRun): Promise<void> {
  const key =
    bot.exchangeKeyId === null ? undefined : await lockExchangeKey(tx, bot.userId, bot.exchangeKeyId);
  if (!key)
    throw new AppError(
      'refused',
      'The exchange key of this bot was deleted. Start a new bot with another key.',
    );
}

/** The key must outlive the insert: one that was deleted meanwhile is as good as one that never was. */
export async function requireKeyStillThere(tx: Db, userId: string, keyId: string | null): Promise<void> {
  if (keyId !== null && !(await lockExchangeKey(tx, userId, keyId))) throw notFound('exchange key');
}

/** Has the candles of a bot's market fetched ahead of its first decision. */
export function enqueueCandles(deps: Deps, tx: Db, { venue, symbol, timeframe }: BotRun): Promise<void> {
  return deps.boss.enqueue(tx, 'refresh-candles', [{ payload: { venue, symbol, timeframe } }]);
}

/**
 * Sets a bot on its way to a stop: its open orders are cancelled, its position sold if asked for. Does no harm in any
 * status: a stopped bot stays stopped, a stopping one goes on stopping.
 */
export async function stopBot(deps: Deps, userId: string, input: StopBotInput): Promise<BotView> {
  const botRunId = requireId(input.bot_run_id, 'bot');
  const stopping = await deps.db.transaction(async (tx) => {
    const bot = await lockBotRun(tx, userId, botRunId);
    if (!bot) throw notFound('bot');
    return stopInside(deps, tx, { bot, closePosition: input.close_position ?? false });
  });
  return toBotView(stopping);
}

/** Sets a bot that the caller's transaction has locked on its way to a stop, and returns it as it is then. */
export async function stopInside(
  deps: Deps,
  tx: Db,
  { bot, closePosition }: { bot: BotRun; closePosition: boolean },
): Promise<BotRun> {
  const hasNothingToDo = bot.status === 'STOPPING' && (bot.closeOnStop || !closePosition);
  if (bot.status === 'STOPPED' || hasNothingToDo) return bot;
  const marked = await markBotStopping(tx, bot.userId, { botRunId: bot.id, closePosition });
  await deps.boss.enqueue(tx, 'stop-bot', [{ payload: { botRunId: bot.id } }]);
  return marked ?? bot;
}

/** Returns a user's bots, newest first. */
export async function listBots(deps: Deps, userId: string): Promise<BotView[]> {
  const bots = await listBotRuns(deps.db, userId);
  return bots.map(toBotView);
}

/** Returns one bot; throws 404 for another user's. */
export async function getBot(deps: Deps, userId: string, botRunId: string): Promise<BotView> {
  const bot = await findBotRun(deps.db, userId, requireId(botRunId, 'bot'));
  if (!bot) throw notFound('bot');
  return toBotView(bot);
}

export type BotStatus = { bot: BotView; openOrders: OrderView[] };

/** Returns one bot with its open orders. */
export async function getBotStatus(deps: Deps, userId: string, botRunId: string): Promise<BotStatus> {
  const bot = await getBot(deps, userId, botRunId);
  const openOrders = await listOpenOrders(deps.db, userId, bot.id);
  return { bot, openOrders: openOrders.map(toOrderView) };
}

/** Returns all bots of a user with their open orders, newest first. */
export async function listBotStatuses(deps: Deps, userId: string): Promise<BotStatus[]> {
  const [bots, orders] = await Promise.all([listBots(deps, userId), listOpenOrders(deps.db, userId)]);
  const openOrders = orders.map(toOrderView);
  return bots.map((bot) => ({ bot, openOrders: openOrders.filter((order) => order.botRunId === bot.id) }));
}

/** Returns an order with each step of its life and its fills, oldest first; throws 404 for another user's. */
export async function getOrder(deps: Deps, userId: string, orderId: string): Promise<OrderDetailView> {
  const id = requireId(orderId, 'order');
  const order = await findOrder(deps.db, userId, id);
  if (!order) throw notFound('order');
  const events = await listOrderEvents(deps.db, userId, id);
  const fills = await listTrades(deps.db, userId, { orderId: id, limit: FILLS_OF_AN_ORDER });
  return {
    order: toOrderView(order),
    sends: order.sends,
    lookedFor: order.lookups === null ? null : sayLookups(order.lookups as Lookup[]),
    events: events.map(({ status, detail, atMs }) => ({ status, detail, at: iso(atMs) })),
    fills: fills.reverse().map(toTradeView),
  };
}
