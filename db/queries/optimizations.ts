import { and, asc, count, desc, eq, getTableColumns, inArray, sql, type SQL } from 'drizzle-orm';
import type { OptimizationOutcome, WalkStep } from '../../jobs/trading/research/outcome.ts';
import type { SearchState } from '../../jobs/trading/research/search.ts';
import type { TrialResult } from '../../jobs/trading/research/trial.ts';
import type { Db } from '../client.ts';
import { optimizations, optimizationTrials, type BestSoFar } from '../schema/optimizations.ts';

export type Optimization = typeof optimizations.$inferSelect;
export type NewOptimization = Pick<
  Optimization,
  'userId' | 'name' | 'request' | 'plan' | 'space' | 'total' | 'createdAt'
>;

/** What a list shows. */
export type OptimizationSummary = Omit<Optimization, 'search' | 'walk' | 'outcome' | 'space'>;

/** What is known of an optimisation's candles. */
export type CandleNote = Partial<
  Pick<Optimization, 'candles' | 'fetched' | 'source' | 'notice' | 'problem' | 'movedAt'>
>;

/** Which optimisation, and whose. */
export type OwnOptimization = { id: string; userId: string };

/** An optimisation as somebody took it up: who takes it up later raises the revision, and earlier holders write no more. */
export type Hold = { id: string; revision: number };

const UNDER_WAY = ['queued', 'running'] as const;
const isOwn = ({ id, userId }: OwnOptimization) =>
  and(eq(optimizations.id, id), eq(optimizations.userId, userId));
const isUnderWay = (id: string) => and(eq(optimizations.id, id), inArray(optimizations.status, UNDER_WAY));
const isHeld = ({ id, revision }: Hold) => and(isUnderWay(id), eq(optimizations.revision, revision));

export async function insertOptimization(tx: Db, wish: NewOptimization): Promise<Optimization> {
  const [row] = await tx
    .insert(optimizations)
    .values({ ...wish, movedAt: wish.createdAt })
    .returning();
  if (!row) throw new Error('The insert of an optimisation returned no row.');
  return row;
}

/** Returns a user's own optimisation. */
export async function findOptimization(db: Db, own: OwnOptimization): Promise<Optimization | undefined> {
  const [row] = await db.select().from(optimizations).where(isOwn(own));
  return row;
}

/** All but what only the page of one optimisation shows, and only its job reads. */
const SUMMARY = omit(getTableColumns(optimizations), ['search', 'walk', 'outcome', 'space']);

function omit<T extends object, K extends keyof T>(whole: T, names: readonly K[]): Omit<T, K> {
  const kept = Object.entries(whole).filter(([name]) => !names.includes(name as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}

/** Returns a user's newest optimisations. */
export async function listOptimizations(
  db: Db,
  userId: string,
  limit: number,
): Promise<OptimizationSummary[]> {
  return db
    .select(SUMMARY)
    .from(optimizations)
    .where(eq(optimizations.userId, userId))
    .orderBy(desc(optimizations.createdAt), desc(optimizations.id))
    .limit(limit);
}

/** Returns how many of a user's optimisations wait or run. */
export async function countOptimizationsUnderWay(db: Db, userId: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(optimizations)
    .where(and(eq(optimizations.userId, userId), inArray(optimizations.status, UNDER_WAY)));
  return row?.count ?? 0;
}

/** Takes up an optimisation that waits or that somebody left; `undefined` where it has ended. */
export async function takeUpOptimization(db: Db, id: string, now: Date): Promise<Optimization | undefined> {
  const [row] = await db
    .update(optimizations)
    .set({
      status: 'running',
      revision: sql`${optimizations.revision} + 1`,
      startedAt: sql`coalesce(${optimizations.startedAt}, ${now.toISOString()}::timestamptz)`,
      movedAt: now,
    })
    .where(isUnderWay(id))
    .returning();
  return row;
}

/** Returns whether an optimisation is still wanted, and nobody else has taken it up. */
export async function isOptimizationHeld(db: Db, hold: Hold): Promise<boolean> {
  const rows = await db.select({ id: optimizations.id }).from(optimizations).where(isHeld(hold));
  return rows.length > 0;
}

/** Keeps a batch of results and where the search stands after it. Returns whether to go on. */
export async function saveTrials(
  db: Db,
  hold: Hold,
  batch: { state: SearchState; trials: TrialResult[]; tried: number; best: BestSoFar | null; now: Date },
): Promise<boolean> {
  const { state, trials, tried, best, now } = batch;
  return db.transaction(async (tx) => {
    const step = { search: state, tried, best, movedAt: now, failures: 0, problem: null };
    if (!(await advance(tx, isHeld(hold), step))) return false;
    const first = tried - trials.length;
    if (trials.length > 0)
      await tx.insert(optimizationTrials).values({ optimizationId: hold.id, first, trials });
    return true;
  });
}

/** Keeps the steps of the walk-forward run. Returns whether to go on. */
export async function saveWalk(
  db: Db,
  hold: Hold,
  step: { walk: WalkStep[]; movedAt: Date },
): Promise<boolean> {
  return advance(db, isHeld(hold), { ...step, failures: 0, problem: null });
}

/** Notes what is known of the candles. Returns whether to go on. */
export async function noteCandles(db: Db, hold: Hold, note: CandleNote): Promise<boolean> {
  return advance(db, isHeld(hold), note);
}

/** Stores the result and ends the optimisation. */
export async function finishOptimization(
  db: Db,
  hold: Hold,
  end: { outcome: OptimizationOutcome; finishedAt: Date },
): Promise<void> {
  await advance(db, isHeld(hold), { ...end, status: 'done', search: null, problem: null });
}

/** Notes an error; as many in a row as `most` end the optimisation. Returns whether it goes on. */
export async function noteOptimizationError(
  db: Db,
  hold: Hold,
  error: { problem: string; most: number; now: Date },
): Promise<boolean> {
  const { problem, most, now } = error;
  const failures = sql`${optimizations.failures} + 1`;
  const hasFailed = sql`${failures} >= ${most}`;
  const rows = await db
    .update(optimizations)
    .set({
      problem,
      failures,
      status: sql`case when ${hasFailed} then 'failed' else ${optimizations.status} end`,
      finishedAt: sql`case when ${hasFailed} then ${now.toISOString()}::timestamptz end`,
    })
    .where(isHeld(hold))
    .returning({ status: optimizations.status });
  return rows[0]?.status === 'running';
}

/** Ends a user's own optimisation that waits or runs. Returns whether there was one. */
export async function cancelOptimization(db: Db, own: OwnOptimization, finishedAt: Date): Promise<boolean> {
  return advance(db, and(isOwn(own), isUnderWay(own.id)), { status: 'canceled', finishedAt });
}

/** Lets a user's own optimisation without a result go on. Returns its new hold, if there is one. */
export async function resumeOptimization(db: Db, own: OwnOptimization, now: Date): Promise<Hold | undefined> {
  const [row] = await db
    .update(optimizations)
    .set({
      status: 'queued',
      revision: sql`${optimizations.revision} + 1`,
      failures: 0,
      problem: null,
      finishedAt: null,
      movedAt: now,
      // Candles that did not come are asked for again.
      fetched: sql`case when ${optimizations.candles} is null then null else ${optimizations.fetched} end`,
      notice: sql`case when ${optimizations.candles} is null then null else ${optimizations.notice} end`,
    })
    .where(and(isOwn(own), sql`${optimizations.status} <> 'done'`))
    .returning({ id: optimizations.id, revision: optimizations.revision });
  return row;
}

/** Removes a user's own optimisation with all that belongs to it. Returns whether there was one. */
export async function deleteOptimization(db: Db, own: OwnOptimization): Promise<boolean> {
  const rows = await db.delete(optimizations).where(isOwn(own)).returning({ id: optimizations.id });
  return rows.length > 0;
}

/** Returns what all sets of an optimisation came to, in the order in which they were tried. */
export async function listTrials(db: Db, id: string): Promise<TrialResult[]> {
  const rows = await db
    .select({ trials: optimizationTrials.trials })
    .from(optimizationTrials)
    .where(eq(optimizationTrials.optimizationId, id))
    .orderBy(asc(optimizationTrials.first));
  return rows.flatMap(({ trials }) => trials);
}

type Step = Partial<typeof optimizations.$inferInsert>;

async function advance(db: Db, where: SQL | undefined, step: Step): Promise<boolean> {
  const rows = await db.update(optimizations).set(step).where(where).returning({ id: optimizations.id });
  return rows.length > 0;
}
