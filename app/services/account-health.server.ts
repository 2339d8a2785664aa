import { listHealth, type AccountHealth } from '../../db/queries/account-health.ts';
import { listBotRuns } from '../../db/queries/bots.ts';
import { findExchangeKey, listExchangeKeys } from '../../db/queries/exchange-keys.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { AccountHealthView, RailAccountView } from '../schemas/health-views.ts';
import { iso, isoOrNull, toBotView } from './bot-views.ts';
import { notFound, requireId } from './ids.ts';

/** Returns how its exchange answers a user's account, and the bots that trade on it. Throws 404. */
export async function getAccountHealth(
  deps: Deps,
  userId: string,
  keyId: string,
): Promise<AccountHealthView> {
  const key = await findExchangeKey(deps.db, userId, requireId(keyId, 'account'));
  if (!key) throw notFound('account');
  const nowMs = deps.clock.now();
  const [known, bots] = await Promise.all([
    listHealth(deps.db, [key.id, `venue:${key.exchange}`], nowMs),
    listBotRuns(deps.db, userId),
  ]);
  const market = known.get(`venue:${key.exchange}`);
  return {
    ...toFigures(known.get(key.id)),
    clockOffsetMs: market?.clockOffsetMs ?? null,
    ban: toBanView(known.get(key.id), nowMs),
    venueBan: toBanView(market, nowMs),
    bots: bots.filter((bot) => bot.exchangeKeyId === key.id && bot.status !== 'STOPPED').map(toBotView),
  };
}

type Figures = Pick<AccountHealthView, 'latencyMs' | 'weight' | 'lastOkAt' | 'lastError'>;

function toFigures(health: AccountHealth | undefined): Figures {
  if (!health) return { latencyMs: null, weight: null, lastOkAt: null, lastError: null };
  const { latencyMs, weight, lastOkAtMs, lastError } = health;
  return {
    latencyMs,
    weight: weight && { used: weight.used, limit: weight.limit, at: iso(weight.atMs) },
    lastOkAt: isoOrNull(lastOkAtMs),
    lastError: lastError && { at: iso(lastError.atMs), message: lastError.message },
  };
}

function toBanView(health: AccountHealth | undefined, nowMs: number): AccountHealthView['ban'] {
  if (!health?.ban) return null;
  const { untilMs, reason } = health.ban;
  return { until: iso(untilMs), leftMs: untilMs - nowMs, reason };
}

/** Returns a user's accounts for the foot of the rail, those that want attention first. */
export async function listRailAccounts(deps: Deps, userId: string): Promise<RailAccountView[]> {
  const keys = await listExchangeKeys(deps.db, userId);
  const nowMs = deps.clock.now();
  const known = await listHealth(
    deps.db,
    keys.map((key) => key.id),
    nowMs,
  );
  const rank = { paused: 0, failing: 1, well: 2, unknown: 3 };
  return keys
    .map(({ id, label }) => {
      const health = known.get(id);
      const pauseLeftMs = health?.ban ? health.ban.untilMs - nowMs : null;
      return { id, label, state: stateOf(health), latencyMs: health?.latencyMs ?? null, pauseLeftMs };
    })
    .sort((a, b) => rank[a.state] - rank[b.state]);
}

function stateOf(health: AccountHealth | undefined): RailAccountView['state'] {
  if (!health) return 'unknown';
  if (health.ban) return 'paused';
  const { lastError, lastOkAtMs } = health;
  if (lastError && lastError.atMs >= (lastOkAtMs ?? 0)) return 'failing';
  return lastOkAtMs === null ? 'unknown' : 'well';
}
