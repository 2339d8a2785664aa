import { and, desc, eq } from 'drizzle-orm';
import type { SignalKind, Verdict } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns, decisions } from '../schema/bots.ts';

export type LoggedDecision = {
  id: number;
  source: 'candle' | 'signal' | 'risk' | 'person';
  candleTimeMs: number;
  signal: SignalKind;
  confidence: number;
  reason: string;
  outcome: 'hold' | 'order' | 'ignored' | 'refused';
  detail: string;
  verdicts: Verdict[];
  price: string;
  createdAtMs: number;
};

/** Returns the newest decisions of a user's bot, newest first. */
export async function listDecisions(
  db: Db,
  userId: string,
  query: { botRunId: string; limit: number },
): Promise<LoggedDecision[]> {
  const rows = await db
    .select({ decision: decisions })
    .from(decisions)
    .innerJoin(botRuns, eq(botRuns.id, decisions.botRunId))
    .where(and(eq(decisions.botRunId, query.botRunId), eq(botRuns.userId, userId)))
    .orderBy(desc(decisions.candleTime), desc(decisions.id))
    .limit(query.limit);
  return rows.map(({ decision }) => ({
    id: decision.id,
    source: decision.source,
    candleTimeMs: decision.candleTime.getTime(),
    signal: decision.signal,
    confidence: decision.confidence.toNumber(),
    reason: decision.reason,
    outcome: decision.outcome,
    detail: decision.detail,
    verdicts: decision.verdicts,
    price: decision.price.toFixed(),
    createdAtMs: decision.createdAt.getTime(),
  }));
}
