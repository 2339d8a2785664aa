import { and, asc, eq, gt, inArray, ne, or, sql } from 'drizzle-orm';
import { money, type Money } from '../../jobs/trading/decimal.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { exchangeKeys } from '../schema/exchange-keys.ts';
import { fills, orders } from '../schema/orders.ts';
import { accountBaselines, reconciliations } from '../schema/reconciliation.ts';
import { alerts } from '../schema/reports.ts';

/** A live account with what its bots trade. */
export type ReconciledAccount = {
  accountId: string;
  userId: string;
  venue: string;
  label: string;
  symbols: string[];
};

/** An order that was cancelled with its bot may turn out to have filled: for so long its account is still compared. */
const WATCHED_AFTER_STOP_MS = 86_400_000;

/** Returns ids of the keys that bots trade through, and of those whose last bot stopped within a day. */
export async function listActiveAccounts(db: Db, nowMs: number): Promise<string[]> {
  const isWatched = or(
    ne(botRuns.status, 'STOPPED'),
    gt(botRuns.stoppedAt, new Date(nowMs - WATCHED_AFTER_STOP_MS)),
  );
  const rows = await db
    .selectDistinct({ id: botRuns.exchangeKeyId })
    .from(botRuns)
    .where(and(eq(botRuns.mode, 'live'), isWatched))
    .orderBy(botRuns.exchangeKeyId);
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

/** Returns an account with every symbol that a bot of it has ever traded. */
export async function findReconciledAccount(
  db: Db,
  accountId: string,
): Promise<ReconciledAccount | undefined> {
  const [key] = await db.select().from(exchangeKeys).where(eq(exchangeKeys.id, accountId));
  if (!key) return undefined;
  const rows = await db
    .selectDistinct({ symbol: botRuns.symbol })
    .from(botRuns)
    .where(eq(botRuns.accountId, accountId))
    .orderBy(asc(botRuns.symbol));
  const { userId, exchange: venue, label } = key;
  return { accountId, userId, venue, label, symbols: rows.map((row) => row.symbol) };
}

export type Reconciliation = {
  booksOpenedAtMs: number | null;
  checkedAtMs: number;
  tradesUntilMs: number;
  differences: Record<string, string>;
  error: string | null;
};

export async function findReconciliation(db: Db, accountId: string): Promise<Reconciliation | undefined> {
  const [row] = await db.select().from(reconciliations).where(eq(reconciliations.accountId, accountId));
  return (
    row && {
      booksOpenedAtMs: row.booksOpenedAt?.getTime() ?? null,
      checkedAtMs: row.checkedAt.getTime(),
      tradesUntilMs: row.tradesUntil.getTime(),
      differences: row.differences,
      error: row.error,
    }
  );
}

/** Writes the outcome of a comparison over the one before. */
export async function storeReconciliation(
  tx: Db,
  account: Pick<ReconciledAccount, 'accountId' | 'userId'>,
  outcome: Reconciliation,
): Promise<void> {
  const row = {
    booksOpenedAt: outcome.booksOpenedAtMs === null ? null : new Date(outcome.booksOpenedAtMs),
    checkedAt: new Date(outcome.checkedAtMs),
    tradesUntil: new Date(outcome.tradesUntilMs),
    differences: outcome.differences,
    error: outcome.error,
  };
  await tx
    .insert(reconciliations)
    .values({ accountId: account.accountId, userId: account.userId, ...row })
    .onConflictDoUpdate({ target: reconciliations.accountId, set: row });
}

export async function listBaselines(db: Db, accountId: string): Promise<Map<string, Money>> {
  const rows = await db.select().from(accountBaselines).where(eq(accountBaselines.accountId, accountId));
  return new Map(rows.map((row) => [row.asset, row.total]));
}

/** Writes what an account held before all that we know of; once. */
export async function storeBaselines(
  tx: Db,
  accountId: string,
  baseline: { totals: ReadonlyMap<string, Money>; takenAtMs: number },
): Promise<void> {
  if (baseline.totals.size === 0) return;
  const takenAt = new Date(baseline.takenAtMs);
  const rows = [...baseline.totals].map(([asset, total]) => ({ accountId, asset, total, takenAt }));
  await tx.insert(accountBaselines).values(rows).onConflictDoNothing();
}

/** Returns what all fills of our orders changed on an account, by asset. */
export async function sumFillEffects(db: Db, accountId: string): Promise<Map<string, Money>> {
  const rows = await db.execute<{ asset: string; amount: string }>(sql`
    with effects as (
      select split_part(symbol, '/', 1) as asset, case side when 'BUY' then quantity else -quantity end as amount
      from ${fills} where account_id = ${accountId}
      union all
      select split_part(symbol, '/', 2), case side when 'BUY' then -quantity * price else quantity * price end
      from ${fills} where account_id = ${accountId}
      union all
      select fee_currency, -fee from ${fills} where account_id = ${accountId}
    )
    select asset, sum(amount)::text as amount from effects group by asset`);
  return new Map(rows.map(({ asset, amount }) => [asset, money(amount)]));
}

/** Returns whether an order of the account is on its way to the venue: what it holds there is not known then. */
export async function hasOrdersUnderWay(db: Db, accountId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(eq(orders.accountId, accountId), inArray(orders.status, ['intended', 'submitting', 'unknown'])),
    )
    .limit(1);
  return row !== undefined;
}

/** Opens, rewords or resolves the alert over an account's unexplained difference. */
export async function syncDriftAlert(
  tx: Db,
  account: Pick<ReconciledAccount, 'accountId' | 'userId' | 'label'>,
  drift: { detail: string | null; atMs: number },
): Promise<void> {
  const code = `drift:${account.accountId}`;
  const isOpen = sql`${alerts.code} = ${code} and ${alerts.resolvedAt} is null`;
  if (drift.detail === null) {
    await tx
      .update(alerts)
      .set({ resolvedAt: new Date(drift.atMs) })
      .where(isOpen);
    return;
  }
  const reworded = await tx
    .update(alerts)
    .set({ detail: drift.detail })
    .where(and(isOpen, eq(alerts.userId, account.userId)))
    .returning({ id: alerts.id });
  if (reworded.length > 0) return;
  await tx.insert(alerts).values({
    userId: account.userId,
    code,
    title: `${account.label}: the balances differ from the books`,
    detail: drift.detail,
    createdAt: new Date(drift.atMs),
  });
}
