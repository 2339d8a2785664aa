import type { Deps } from '../../jobs/deps.ts';
import type { TradesQuery } from '../schemas/reports.ts';
import type { DashboardView, TradePage } from '../schemas/views.ts';

export declare function getDashboard(deps: Deps, userId: string): Promise<DashboardView>;
/** Newest first. */
export declare function listTrades(deps: Deps, userId: string, query: TradesQuery): Promise<TradePage>;
