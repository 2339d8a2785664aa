import { randomUUID } from 'node:crypto';
import type { Db } from '../../db/client.ts';
import { listLegIds, lockBaskets } from '../../db/queries/basket-books.ts';
import { haltBots, type Halt } from '../../db/queries/halts.ts';
import { insertIntents, type NewOrder } from '../../db/queries/orders.ts';
import { openDailyLossAlerts } from '../../db/queries/watch.ts';
import { insertDecisions, markTicks, type DecisionRecord } from '../../db/queries/ticks.ts';
import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { Deps } from '../deps.ts';
import { PRIORITY } from '../queues.ts';
import { money } from '../trading/decimal.ts';
import { clientOrderId } from '../trading/portfolio/client-order-id.ts';
import { MAX_DAILY_LOSS } from '../trading/risk/max-daily-loss.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import type { Decision } from '../trading/types.ts';
import { admitEntries } from './admit-entries.ts';
import { costOf, isLegEntry } from './admit-leg.ts';
import type { Decided } from './decide-group.ts';

/**
 * Writes what a batch decided, in one transaction: the bots' last candles move forward, and of those that moved the log
 * entries, the intents and their jobs are added. A bot that somebody else moved is left out. Where a leg wants to buy, its
 * basket is locked first, so that two processes never spend the same money nor take the same place.
 */
export async function recordDecisions(deps: Deps, decided: Decided[]): Promise<void> {
  if (decided.length === 0) return;
  const nowMs = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const marks = decided.map(({ bot, decision, price }) => ({
      botRunId: bot.id,
      candleTimeMs: decision.candleTimeMs,
      tickedAtMs: nowMs,
      signal: decision.signal,
      price: money(price),
    }));
    const ids = decided.map(({ bot }) => bot.id);
    await lockBaskets(tx, listBaskets(decided.filter(isLegEntry)), ids);
    const moved = await markTicks(tx, marks);
    const due = decided.filter(({ bot }) => moved.has(bot.id));
    await writeDecided(deps, tx, { decided: due, source: 'candle', nowMs });
  });
  deps.metrics.ticks.inc(decided.length);
}

/** What was decided, and on what: candles, or signals that were posted. */
export type ToWrite = { decided: Decided[]; source: 'candle' | 'signal'; nowMs: number };

/**
 * Writes what follows from decisions in the caller's transaction: the log, halts, alerts, intents and their jobs. Returns
 * the decisions as the limits of their owners left them, and the intents.
 */
export async function writeDecided(
  deps: Pick<Deps, 'boss'>,
  tx: Db,
  { decided, source, nowMs }: ToWrite,
): Promise<{ admitted: Decided[]; intents: NewOrder[] }> {
  const admitted = await admitEntries(tx, decided, nowMs);
  await insertDecisions(
    tx,
    admitted.flatMap((entry) => toRecords(entry, source)),
  );
  await haltBots(tx, await toHalts(tx, admitted), nowMs);
  await openDailyLossAlerts(tx, admitted.flatMap(toDailyLosses), nowMs);
  const intents = admitted.flatMap((entry) => toIntent(entry, nowMs));
  await insertIntents(tx, intents);
  const modes = new Map(admitted.map(({ bot }) => [bot.id, bot.mode]));
  const jobs = intents.map(({ id, side, botRunId }) => ({
    payload: { orderId: id },
    key: id,
    priority: side === 'SELL' ? PRIORITY.exit : PRIORITY[modes.get(botRunId) ?? 'paper'],
  }));
  await deps.boss.enqueue(tx, 'place-order', jobs);
  return { admitted, intents };
}

function toRecords({ bot, decision, price, missed }: Decided, source: ToWrite['source']): DecisionRecord[] {
  const common = { botRunId: bot.id, source, price: money(price) };
  const records: DecisionRecord[] = [];
  if (missed > 0) records.push({ ...common, ...describeMissed(bot, missed) });
  if (decision.outcome !== 'hold') records.push({ ...common, ...decision });
  return records;
}

function listBaskets(decided: Decided[]): string[] {
  return [...new Set(decided.flatMap(({ bot }) => bot.basketId ?? []))];
}

/** What halts one leg halts all of its basket. */
async function toHalts(tx: Db, decided: Decided[]): Promise<Halt[]> {
  const halts: Halt[] = [];
  for (const { bot, decision } of decided) {
    const halting = decision.verdicts.find((verdict) => verdict.halts);
    if (!halting) continue;
    const ids = bot.basketId === null ? [bot.id] : await listLegIds(tx, [bot.basketId]);
    halts.push(...ids.map((botRunId) => ({ botRunId, rule: halting.rule, reason: halting.detail })));
  }
  return halts;
}

function toDailyLosses({ bot, decision }: Decided): { botRunId: string; detail: string }[] {
  const denial = decision.verdicts.find(({ rule, outcome }) => rule === MAX_DAILY_LOSS && outcome === 'deny');
  return denial ? [{ botRunId: bot.id, detail: denial.detail }] : [];
}

function describeMissed(bot: EngineBot, missed: number): Decision {
  const firstMs = (bot.lastCandleTimeMs ?? 0) + timeframeMs(bot.timeframe);
  const what = missed === 1 ? 'One candle' : `${missed} candles`;
  const reason = `${what} closed while nothing was running or the exchange did not answer`;
  return {
    candleTimeMs: firstMs,
    signal: { kind: 'HOLD', confidence: 0, reason },
    intent: null,
    verdicts: [],
    outcome: 'ignored',
    detail: 'Not traded late on a stale price: the bot goes on with the newest closed candle.',
  };
}

function toIntent(entry: Decided, nowMs: number): NewOrder[] {
  const { bot, decision } = entry;
  if (!decision.intent) return [];
  const { intent } = decision;
  const expectedCost = costOf(entry);
  const { accountId, userId, venue, symbol } = bot;
  return [
    {
      id: randomUUID(),
      botRunId: bot.id,
      accountId,
      userId,
      venue,
      symbol,
      clientOrderId: clientOrderId({ botRunId: bot.id, timeMs: decision.candleTimeMs, leg: intent.leg }),
      ...intent,
      ...(expectedCost ? { expectedCost } : {}),
      candleTimeMs: decision.candleTimeMs,
      decidedAtMs: nowMs,
    },
  ];
}
