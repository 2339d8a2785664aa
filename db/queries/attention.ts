import { sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { reconciliations } from '../schema/reconciliation.ts';
import { alerts } from '../schema/reports.ts';

/** What stands on every page of a user: what wants attention, and how old the newest comparisons are. */
export type Attention = {
  haltedBots: number;
  /** Accounts whose balances differ from the books, where nobody has said that it is known. */
  openDrifts: number;
  /** The oldest among the newest comparisons of accounts that bots trade on; null while there is none. */
  reconciledAtMs: number | null;
};

/** Returns what of a user's bots and accounts wants attention. */
export async function findAttention(db: Db, userId: string): Promise<Attention> {
  const [row] = await db.execute<{ halted: number; drifts: number; reconciled_ms: string | null }>(sql`
    select
      (select count(*)::int from ${botRuns} where user_id = ${userId} and status = 'HALTED') as halted,
      (select count(*)::int from ${alerts} where user_id = ${userId} and code like 'drift:%'
        and resolved_at is null and acknowledged_at is null) as drifts,
      (select floor(extract(epoch from min(checked_at)) * 1000)::bigint from ${reconciliations} r
        where r.user_id = ${userId} and r.books_opened_at is not null and exists (
          select 1 from ${botRuns} b
          where b.exchange_key_id = r.account_id and b.status in ('RUNNING', 'STOPPING', 'HALTED')
        )) as reconciled_ms`);
  return {
    haltedBots: row?.halted ?? 0,
    openDrifts: row?.drifts ?? 0,
    reconciledAtMs: row?.reconciled_ms == null ? null : Number(row.reconciled_ms),
  };
}
