import { sql, type SQL } from 'drizzle-orm';
import { botRuns } from '../schema/bots.ts';

/**
 * The rows of these bots, locked in the order of their ids: `locked`, a CTE for a statement that changes several bots.
 * Everybody takes them in this order, so that no two transactions wait for each other.
 */
export function lockedBots(ids: string[]): SQL {
  return sql`with locked as materialized (
    select id from ${botRuns} where id = any(${sql.param(`{${ids.join(',')}}`)}::uuid[])
    order by id for no key update)`;
}
