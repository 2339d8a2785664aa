import { sql } from 'drizzle-orm';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { Decision, Signal } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns, decisions } from '../schema/bots.ts';
import { lockedBots } from './bot-locks.ts';
import { peakAt } from './halts.ts';

/** What a tick leaves on a bot's row. `error` null clears what was wrong before. */
export type TickMark = {
  botRunId: string;
  candleTimeMs: number;
  tickedAtMs: number;
  signal: Signal;
  price: Money;
};

/**
 * Moves the bots' last candle forward, in one statement, and returns those that moved: a bot that has decided on this
 * candle (or a newer one) before, or no longer runs, is left alone, so a repeated tick comes to nothing.
 */
export async function markTicks(tx: Db, marks: TickMark[]): Promise<Set<string>> {
  if (marks.length === 0) return new Set();
  const rows = marks.map((mark) => ({
    id: mark.botRunId,
    candle: new Date(mark.candleTimeMs).toISOString(),
    ticked: new Date(mark.tickedAtMs).toISOString(),
    signal: { ...mark.signal, candleTimeMs: mark.candleTimeMs },
    price: mark.price.toFixed(),
  }));
  const moved = await tx.execute<{ id: string }>(sql`
    ${lockedBots(marks.map(({ botRunId }) => botRunId))}
    update ${botRuns} b
    set last_candle_time = m.candle, last_tick_at = m.ticked, last_signal = m.signal,
        last_price = m.price, last_price_at = m.ticked, error = null, equity_peak = ${peakAt('b', 'm')},
        position_high_price = case when b.position_opened_at is null then b.position_high_price
          else greatest(b.position_high_price, m.price) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as m(id uuid, candle timestamptz, ticked timestamptz, signal jsonb, price numeric)
    join locked on locked.id = m.id
    where b.id = m.id and b.status = 'RUNNING' and (b.last_candle_time is null or b.last_candle_time < m.candle)
    returning b.id`);
  return new Set(moved.map((row) => row.id));
}

/** Notes what is wrong with bots that could not decide: the run goes on. */
export async function markBotErrors(
  db: Db,
  errors: { botRunId: string; message: string }[],
  atMs: number,
): Promise<void> {
  if (errors.length === 0) return;
  const rows = errors.map((error) => ({ id: error.botRunId, message: error.message }));
  await db.execute(sql`
    ${lockedBots(errors.map(({ botRunId }) => botRunId))}
    update ${botRuns} b set error = m.message, last_tick_at = ${new Date(atMs).toISOString()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, message text)
    join locked on locked.id = m.id
    where b.id = m.id and b.status in ('RUNNING', 'STOPPING', 'HALTED')`);
}

export type DecisionRecord = Decision & {
  botRunId: string;
  source: 'candle' | 'signal' | 'risk' | 'person';
  price: Money;
};

/** Appends to the decision log; one that is there already is left as it was. */
export async function insertDecisions(tx: Db, records: DecisionRecord[]): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map((record) => ({
    bot: record.botRunId,
    source: record.source,
    candle: new Date(record.candleTimeMs).toISOString(),
    signal: record.signal.kind,
    confidence: record.signal.confidence,
    reason: record.signal.reason,
    outcome: record.outcome,
    detail: record.detail,
    verdicts: record.verdicts,
    price: record.price.toFixed(),
  }));
  await tx.execute(sql`
    insert into ${decisions} (bot_run_id, source, candle_time, signal, confidence, reason, outcome, detail, verdicts, price)
    select bot, source, candle, signal, confidence, reason, outcome, detail, verdicts, price
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as m(bot uuid, source text, candle timestamptz, signal text, confidence numeric, reason text, outcome text,
           detail text, verdicts jsonb, price numeric)
    on conflict do nothing`);
}
