import { sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { lockedBots } from './bot-locks.ts';

/** The higher of a bot's equity peak and its equity at a price: `bot` and `mark` are aliases, `mark` has a `price`. */
export function peakAt(bot: 'b', mark: 'm') {
  const [b, m] = [sql.raw(bot), sql.raw(mark)];
  return sql`greatest(coalesce(${b}.equity_peak, ${b}.initial_balance),
    ${b}.initial_balance + ${b}.realized_pnl + ${b}.position_quantity * ${m}.price - ${b}.position_cost)`;
}

/** What a bot owns at the last price seen. */
export const equityNow = sql`${botRuns.initialBalance} + ${botRuns.realizedPnl} - ${botRuns.positionCost}
  + ${botRuns.positionQuantity} * coalesce(${botRuns.lastPrice}, ${botRuns.positionEntryPrice})`;

export type Halt = { botRunId: string; rule: string; reason: string };

/** Halts the bots that still run, in one statement: they keep what they hold, and decide nothing until a person says so. */
export async function haltBots(db: Db, halts: Halt[], atMs: number): Promise<void> {
  if (halts.length === 0) return;
  const rows = halts.map((halt) => ({ id: halt.botRunId, rule: halt.rule, reason: halt.reason }));
  await db.execute(sql`
    ${lockedBots(halts.map(({ botRunId }) => botRunId))}
    update ${botRuns} b
    set status = 'HALTED', halted_at = ${new Date(atMs).toISOString()}, halt_rule = m.rule, halt_reason = m.reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, rule text, reason text)
    join locked on locked.id = m.id
    where b.id = m.id and b.status = 'RUNNING'`);
}
