import { randomUUID } from 'node:crypto';
import { liftSwitch, pullSwitch } from '../../../app/services/kill-switch.server.ts';
import { AppError } from '../../../app/services/app-error.ts';
import { takeSignal } from '../../../app/services/take-signal.server.ts';
import { openSecret } from '../../../app/services/webhook-secret.ts';
import { findAddressedBot } from '../../../db/queries/webhooks.ts';
import { lockEngineBot } from '../../../db/queries/bot-state.ts';
import { markBotRunning, markBotStopping } from '../../../db/queries/bots.ts';
import { listActiveKillSwitches } from '../../../db/queries/kill-switches.ts';
import { insertIntents } from '../../../db/queries/orders.ts';
import type { Deps } from '../../../jobs/deps.ts';
import { PRIORITY } from '../../../jobs/queues.ts';
import { floorToStep, money } from '../../../jobs/trading/decimal.ts';
import { clientOrderId } from '../../../jobs/trading/portfolio/client-order-id.ts';
import type { StepCommand, Wish } from './protocol.ts';

export type Context = { deps: Deps; userId: string; command: StepCommand };
type OfKind<K extends Wish['kind']> = Extract<Wish, { kind: K }>;

/** Does what a person or a strategy wants, the way the product does it. */
export async function carryOut(context: Context, wish: Wish): Promise<void> {
  switch (wish.kind) {
    case 'intend':
      return intend(context, wish);
    case 'signal':
      return post(context, wish);
    case 'stop':
      return stop(context, wish);
    case 'start':
      return start(context, wish.botRunId);
    case 'pull':
      return pull(context, wish);
    case 'lift':
      return lift(context);
  }
}

/** Posts a signal as its sender would: what is refused is refused. */
async function post({ deps, userId }: Context, { webhookId, action, key }: OfKind<'signal'>): Promise<void> {
  const addressed = await findAddressedBot(deps.db, webhookId);
  if (!addressed) throw new Error(`No webhook ${webhookId}`);
  const secret = openSecret(deps.vault, { ...addressed.webhook, userId });
  const body = Buffer.from(JSON.stringify({ secret, action, id: key }));
  try {
    await takeSignal(deps, { webhookId, body, signature: null, timestamp: null, clientIp: '192.0.2.1' });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

async function stop({ deps, userId, command }: Context, wish: OfKind<'stop'>): Promise<void> {
  const { botRunId, closePosition } = wish;
  await deps.db.transaction(async (tx) => {
    await markBotStopping(tx, userId, { botRunId, closePosition });
    const key = `${botRunId}:asked:${String(command.step)}`;
    await deps.boss.enqueue(tx, 'stop-bot', [{ payload: { botRunId }, key }]);
  });
}

async function start({ deps, userId }: Context, botRunId: string): Promise<void> {
  await markBotRunning(deps.db, userId, { botRunId, startedAt: new Date(deps.clock.now()) });
}

async function pull({ deps, userId }: Context, { level, scope, targetId }: OfKind<'pull'>): Promise<void> {
  const target = scope === 'all' ? 'all' : (`${scope}:${targetId}` as const);
  await pullSwitch(deps, userId, { target, level });
}

async function lift({ deps, userId }: Context): Promise<void> {
  for (const { id } of await listActiveKillSwitches(deps.db, userId)) await liftSwitch(deps, userId, id);
}

function pricesOf({ type, limitPrice, stopPrice, timeInForce, isPostOnly }: OfKind<'intend'>) {
  if (type === 'market') return {};
  const limit = { limitPrice: money(limitPrice), timeInForce, isPostOnly };
  return type === 'limit' ? limit : { ...limit, stopPrice: money(stopPrice) };
}

/** Writes an intent the way a tick does: one working order a bot, sales of what it holds, the job in the same transaction. */
async function intend({ deps }: Context, wish: OfKind<'intend'>): Promise<void> {
  const { botRunId, side, type, leg } = wish;
  const nowMs = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const bot = await lockEngineBot(tx, botRunId);
    if (bot?.status !== 'RUNNING' || bot.hasWorkingOrder) return;
    const wanted = money(wish.quantity);
    const held = floorToStep(bot.position.quantity, money('0.001'));
    const quantity = side === 'BUY' || held.gt(wanted) ? wanted : held;
    if (quantity.lte(0)) return;
    const id = randomUUID();
    await insertIntents(tx, [
      {
        id,
        botRunId,
        userId: bot.userId,
        accountId: bot.accountId,
        venue: bot.venue,
        symbol: bot.symbol,
        clientOrderId: clientOrderId({ botRunId, timeMs: nowMs, leg }),
        side,
        type,
        reason: 'signal',
        quantity,
        ...pricesOf(wish),
        candleTimeMs: nowMs,
        leg,
        decidedAtMs: nowMs,
      },
    ]);
    const job = { payload: { orderId: id }, key: id, priority: PRIORITY.live };
    await deps.boss.enqueue(tx, 'place-order', [job]);
  });
}
