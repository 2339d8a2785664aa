import { listBaskets, type Basket } from '../../db/queries/baskets.ts';
import { listBotRuns, type BotRun } from '../../db/queries/bots.ts';
import { listExchangeKeys } from '../../db/queries/exchange-keys.ts';
import { listKillSwitches, listOrdersSince, type KillSwitch } from '../../db/queries/kill-switches.ts';
import { findRiskLimits, listExposures, saveRiskLimits } from '../../db/queries/risk-limits.ts';
import type { Deps } from '../../jobs/deps.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { RiskLimits } from '../../jobs/trading/risk/owner-rule.ts';
import type { KillSwitchInput, RiskLimitsInput, RiskView } from '../schemas/risk.ts';
import { toExposureViews } from './exposure.ts';
import { toKillSwitchView } from './kill-results.ts';
import { previewKillSwitch } from './kill-switch.server.ts';
import { venueName } from './markets.server.ts';

const SWITCHES = 5;

const NAMES = {
  maxExposureSymbolQuote: 'max_exposure_symbol_quote',
  maxExposureAccountQuote: 'max_exposure_account_quote',
  maxExposureTotalQuote: 'max_exposure_total_quote',
  maxOpenOrders: 'max_open_orders',
  maxOrdersPerMinute: 'max_orders_per_minute',
} as const satisfies Record<keyof RiskLimits, keyof RiskLimitsInput>;

/** Returns all that the Risk page shows; asks no exchange. `wish` is a pull to be confirmed. */
export async function getRiskView(
  deps: Deps,
  userId: string,
  wish: KillSwitchInput | null,
): Promise<RiskView> {
  const [limits, exposures, bots, keys, baskets, pulls, preview] = await Promise.all([
    findRiskLimits(deps.db, userId),
    listExposures(deps.db, [userId]),
    listBotRuns(deps.db, userId),
    listExchangeKeys(deps.db, userId),
    listBaskets(deps.db, userId),
    listKillSwitches(deps.db, userId, SWITCHES),
    wish ? previewKillSwitch(deps, userId, wish) : null,
  ]);
  const accounts = new Map(keys.map((key) => [key.id, `${venueName(key.exchange)} · ${key.label}`]));
  const nameOf = (pull: KillSwitch) => sayTarget(pull, bots, accounts);
  return {
    limits: toTexts(limits),
    exposure: toExposureViews({ bots, exposures, limits, accounts: withBaskets(accounts, baskets) }),
    targets: [
      { value: 'all', label: 'Everything' },
      ...[...accounts].map(([id, name]) => ({ value: `account:${id}`, label: `Account ${name}` })),
      ...bots
        .filter(({ status, position }) => status !== 'STOPPED' || position.openedAtMs !== null)
        .map(({ id, name }) => ({ value: `bot:${id}`, label: `Bot ${name}` })),
    ],
    preview,
    switches: await Promise.all(
      pulls.map(async (pull) =>
        toKillSwitchView(pull, {
          bots,
          orders: await listOrdersSince(deps.db, pull.botRunIds, pull.pulledAt.getTime()),
          targetName: nameOf(pull),
        }),
      ),
    ),
  };
}

/** A basket on paper is an account of its own. */
function withBaskets(accounts: ReadonlyMap<string, string>, baskets: Basket[]): ReadonlyMap<string, string> {
  return new Map([...accounts, ...baskets.map(({ id, name }) => [id, name] as const)]);
}

function sayTarget({ scope, targetId }: KillSwitch, bots: BotRun[], accounts: Map<string, string>): string {
  if (scope === 'all' || targetId === null) return 'everything';
  if (scope === 'account') return accounts.get(targetId) ?? 'a deleted account';
  return bots.find(({ id }) => id === targetId)?.name ?? 'a deleted bot';
}

function toTexts(limits: RiskLimits): Record<string, string> {
  return Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, field]) => {
      const value = limits[name as keyof RiskLimits];
      return value === undefined
        ? []
        : [[field, typeof value === 'number' ? String(value) : value.toFixed()]];
    }),
  );
}

/** Sets an owner's limits; what is left out is off. */
export async function setRiskLimits(deps: Deps, userId: string, input: RiskLimitsInput): Promise<void> {
  const given = Object.entries(NAMES).flatMap(([name, field]) => {
    const value = input[field];
    if (value === undefined) return [];
    return [[name, typeof value === 'number' ? value : money(value)] as const];
  });
  const limits: RiskLimits = Object.fromEntries(given);
  await saveRiskLimits(deps.db, userId, { limits, atMs: deps.clock.now() });
}
