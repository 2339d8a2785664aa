import type { Deps } from '../../jobs/deps.ts';
import type { StrategyView } from '../schemas/views.ts';

export declare function listStrategies(deps: Deps): Promise<StrategyView[]>;
export declare function findStrategyView(deps: Deps, name: string): Promise<StrategyView | undefined>;
/** Admins only (the route checks with `requireAdmin`). */
export declare function setStrategyEnabled(
  deps: Deps,
  input: { name: string; enabled: boolean },
): Promise<StrategyView>;
/** Inserts the registry's strategies that the table lacks; `enabled` stays as it is. Run at start. */
export declare function syncStrategies(db: Deps['db']): Promise<void>;
