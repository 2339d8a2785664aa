import {
  countDay,
  listEngineBots,
  lockEngineBot,
  toBotState,
  type EngineBot,
} from '../../db/queries/bot-state.ts';
import { markPrices } from '../../db/queries/engine-bots.ts';
import {
  findOldestPending,
  findSignal,
  isPending,
  markSignal,
  settleSignal,
  type WebhookSignal,
} from '../../db/queries/webhook-signals.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { PRIORITY, type Payload } from '../queues.ts';
import { decideSignal, refuseSignal, type Seen } from '../ticks/decide-signal.ts';
import { writeDecided } from '../ticks/record-decisions.ts';
import type { Money } from '../trading/decimal.ts';
import { utcDayStart } from '../trading/timeframe.ts';
import type { Market } from '../trading/types.ts';

type Act = Payload<'act-on-signal'>;

/** How soon a signal that found an order working is looked at again: often at first. */
const LOOK_AGAIN_S = { first: 1, later: 5, laterFromLook: 30 };

/**
 * Acts on a posted signal, and before it on those of its bot that came earlier. Each is settled in one transaction with all
 * that follows from it, under its bot's lock, so a job that runs twice, or is cut short anywhere, adds nothing.
 */
export async function actOnSignal(deps: Deps, { signalId, look = 0 }: Act): Promise<void> {
  const wanted = await findSignal(deps.db, signalId);
  if (wanted?.outcome !== 'pending') return;
  const next = () => findOldestPending(deps.db, wanted.botRunId, wanted.actsAtMs);
  for (let signal = await next(); signal; signal = await next()) {
    if (await act(deps, signal)) continue;
    await lookAgain(deps, { signalId, look: look + 1 }, wanted);
    return;
  }
}

/** Returns false while the signal has to wait for an order of its bot. */
async function act(deps: Deps, signal: WebhookSignal): Promise<boolean> {
  const [bot] = await listEngineBots(deps.db, [signal.botRunId]);
  if (!bot) return true;
  const isRefused = refuseSignal(bot, signal, deps.clock.now()) !== undefined;
  const seen = isRefused ? undefined : await readMarket(deps, bot, signal);
  return deps.db.transaction((tx) => settle(deps, tx, { signal, seen }));
}

/** The market as it is now. An exit does not wait for a price: the last one known does where the venue gives none. */
async function readMarket(deps: Deps, bot: EngineBot, signal: WebhookSignal): Promise<Seen> {
  const gateway = deps.marketData(bot.venue);
  const market = (await gateway.loadMarkets()).get(bot.symbol);
  try {
    return { market, price: (await gateway.fetchTicker(bot.symbol)).last };
  } catch (error) {
    const known = bot.lastPrice ?? signal.price;
    if (!(error instanceof ExchangeError) || signal.action === 'BUY' || !known) throw error;
    deps.log.warn({ botRunId: bot.id, err: error }, 'no price for a posted signal: going by the last one');
    return { market, price: known };
  }
}

type Settling = { signal: WebhookSignal; seen: Seen | undefined };

async function settle(deps: Deps, tx: Db, { signal, seen }: Settling): Promise<boolean> {
  const bot = await lockEngineBot(tx, signal.botRunId);
  if (!bot || !(await isPending(tx, signal.id))) return true;
  const nowMs = deps.clock.now();
  const refusal = refuseSignal(bot, signal, nowMs) ?? findGone(bot, seen);
  if (refusal !== undefined) {
    await settleSignal(tx, signal.id, { outcome: 'refused', detail: refusal, atMs: nowMs });
    return true;
  }
  if (bot.hasWorkingOrder || !seen?.market) return false;
  await conclude(deps, tx, { bot, signal, market: seen.market, price: seen.price, nowMs });
  return true;
}

type Concluding = { bot: EngineBot; signal: WebhookSignal; market: Market; price: Money; nowMs: number };

async function conclude(
  deps: Deps,
  tx: Db,
  { bot, signal, market, price, nowMs }: Concluding,
): Promise<void> {
  const days = await countDay(tx, [bot.id], utcDayStart(nowMs));
  const state = toBotState(bot, days.get(bot.id));
  const decided = decideSignal({ bot, signal, state, market, price, nowMs });
  const { admitted, intents } = await writeDecided(deps, tx, { decided: [decided], source: 'signal', nowMs });
  const { outcome, detail, signal: said } = (admitted[0] ?? decided).decision;
  await markPrices(tx, [{ botRunId: bot.id, price }], nowMs);
  await markSignal(tx, bot.id, { signal: said, actsAtMs: signal.actsAtMs, atMs: nowMs });
  const end = outcome === 'hold' ? 'ignored' : outcome;
  await settleSignal(tx, signal.id, { outcome: end, detail, orderId: intents[0]?.id, atMs: nowMs });
}

const findGone = ({ venue, symbol }: EngineBot, seen: Seen | undefined) =>
  seen && !seen.market ? `${venue} does not list ${symbol} any more.` : undefined;

async function lookAgain(deps: Deps, payload: { signalId: string; look: number }, signal: WebhookSignal) {
  const { first, later, laterFromLook } = LOOK_AGAIN_S;
  const job = {
    payload,
    key: `${payload.signalId}:${String(payload.look)}`,
    priority: signal.action === 'SELL' ? PRIORITY.exit : PRIORITY.live,
    delayS: payload.look < laterFromLook ? first : later,
  };
  await deps.boss.enqueue(deps.db, 'act-on-signal', [job]);
}
