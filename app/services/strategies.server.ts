import {
  findStoredStrategy,
  listStoredStrategies,
  updateStrategyEnabled,
  upsertStrategies,
} from '../../db/queries/strategies.ts';
import type { Deps } from '../../jobs/deps.ts';
import { findStrategy, listStrategies as listDeclared } from '../../jobs/trading/strategies/registry.ts';
import { paramsJsonSchema, type Strategy } from '../../jobs/trading/strategies/strategy.ts';
import type { StrategyView } from '../schemas/views.ts';
import { notFound } from './ids.ts';

function toView(strategy: Strategy, enabled: boolean): StrategyView {
  const { name, title, description } = strategy;
  return { name, title, description, enabled, paramsSchema: paramsJsonSchema(strategy) };
}

/** Returns every strategy, in the registry's order. One that the table does not hold (yet) is shown as disabled. */
export async function listStrategies(deps: Deps): Promise<StrategyView[]> {
  const stored = await listStoredStrategies(deps.db);
  const enabled = new Map(stored.map((row) => [row.name, row.enabled]));
  return listDeclared().map((strategy) => toView(strategy, enabled.get(strategy.name) ?? false));
}

/** Returns one strategy by its name. */
export async function findStrategyView(deps: Deps, name: string): Promise<StrategyView | undefined> {
  const strategy = findStrategy(name);
  if (!strategy) return undefined;
  const stored = await findStoredStrategy(deps.db, name);
  return toView(strategy, stored?.enabled ?? false);
}

/** Enables or disables a strategy for new starts; running bots go on. For admins: the route checks. */
export async function setStrategyEnabled(
  deps: Deps,
  input: { name: string; enabled: boolean },
): Promise<StrategyView> {
  const strategy = findStrategy(input.name);
  const isKnown = strategy && (await updateStrategyEnabled(deps.db, input.name, input.enabled));
  if (!strategy || !isKnown) throw notFound('strategy');
  return toView(strategy, input.enabled);
}

/** Adds the registry's strategies that the table lacks; `enabled` stays as it is. Run at every start. */
export async function syncStrategies(db: Deps['db']): Promise<void> {
  await upsertStrategies(db, listDeclared());
}
