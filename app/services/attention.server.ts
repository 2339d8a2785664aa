import { findAttention } from '../../db/queries/attention.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { AttentionView } from '../schemas/health-views.ts';

/** Returns what the rail shows of a user's bots and accounts. */
export async function getAttention(deps: Deps, userId: string): Promise<AttentionView> {
  const { haltedBots, openDrifts, reconciledAtMs } = await findAttention(deps.db, userId);
  const ageMs = reconciledAtMs === null ? null : Math.max(0, deps.clock.now() - reconciledAtMs);
  return { haltedBots, openDrifts, reconciledAgoMs: ageMs };
}
