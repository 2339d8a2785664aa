import {
  cancelBacktest as endBacktest,
  countUnderWay,
  deleteBacktest as removeRow,
  findBacktest,
  insertBacktest,
  listBacktests as listRows,
  type Backtest,
  type OwnBacktest,
} from '../../db/queries/backtests.ts';
import type { Deps } from '../../jobs/deps.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { BacktestView, StartBacktestInput } from '../schemas/backtests.ts';
import { AppError } from './app-error.ts';
import { planBacktest } from './backtest-plan.server.ts';
import { notFound, requireId } from './ids.ts';
import { venueName } from './markets.server.ts';

/** They run one after another: more would only wait. */
const MOST_UNDER_WAY = 20;

const WHAT = 'backtest';

/** Returns the key by which a user's own backtest is found; throws 404 for what cannot be an id. */
export const ownBacktest = (userId: string, id: string): OwnBacktest => ({ id: requireId(id, WHAT), userId });

/** Enqueues a backtest. Throws as `planBacktest` does, and 409 where too many of the user's wait already. */
export async function startBacktest(
  deps: Deps,
  userId: string,
  input: StartBacktestInput,
): Promise<BacktestView> {
  const request = await planBacktest(deps, input);
  const row = await deps.db.transaction(async (tx) => {
    if ((await countUnderWay(tx, userId)) >= MOST_UNDER_WAY)
      throw new AppError(
        'conflict',
        `${MOST_UNDER_WAY} of your backtests wait already. Let some of them end, or cancel them.`,
      );
    const name = input.name ?? `${request.symbols.join(', ')} ${titleOf(request.strategy)}`;
    const createdAt = new Date(deps.clock.now());
    const inserted = await insertBacktest(tx, { userId, name: name.slice(0, 120), request, createdAt });
    const payload = { backtestId: inserted.id, step: 0 };
    await deps.boss.enqueue(tx, 'run-backtest', [{ payload, key: `${inserted.id}:0` }]);
    return inserted;
  });
  return toBacktestView(row);
}

/** Returns a user's own backtest; throws 404 for any other. */
export async function getBacktest(deps: Deps, userId: string, id: string): Promise<BacktestView> {
  return toBacktestView(await requireBacktest(deps, ownBacktest(userId, id)));
}

async function requireBacktest(deps: Deps, own: OwnBacktest): Promise<Backtest> {
  const row = await findBacktest(deps.db, own);
  if (!row) throw notFound(WHAT);
  return row;
}

/** Returns a page of a user's backtests, newest first, and whether there are older ones. */
export async function listBacktests(
  deps: Deps,
  userId: string,
  { page, size }: { page: number; size: number },
): Promise<{ backtests: BacktestView[]; hasMore: boolean }> {
  const rows = await listRows(deps.db, userId, { offset: (page - 1) * size, limit: size + 1 });
  return { backtests: rows.slice(0, size).map(toBacktestView), hasMore: rows.length > size };
}

/** Calls off a user's own backtest; one that has ended stays as it is. */
export async function cancelBacktest(deps: Deps, userId: string, id: string): Promise<void> {
  const own = ownBacktest(userId, id);
  if (!(await endBacktest(deps.db, own, new Date(deps.clock.now())))) await requireBacktest(deps, own);
}

/** Removes a user's own backtest; a running one is called off by that. */
export async function deleteBacktest(deps: Deps, userId: string, id: string): Promise<void> {
  if (!(await removeRow(deps.db, ownBacktest(userId, id)))) throw notFound(WHAT);
}

const titleOf = (strategy: string) => findStrategy(strategy)?.title ?? strategy;
const iso = (timeMs: number) => new Date(timeMs).toISOString();
const isoOrNull = (time: Date | null) => time?.toISOString() ?? null;

/** Returns a stored backtest as pages and REST show it. */
export function toBacktestView(row: Backtest): BacktestView {
  const { request } = row;
  const { fromMs, toMs, lotSize, tickSize, minNotional, ...asked } = request;
  return {
    ...asked,
    id: row.id,
    name: row.name,
    status: row.status,
    progress: row.progress,
    problem: row.problem,
    strategyTitle: titleOf(request.strategy),
    keepsOrders: findOrderStrategy(request.strategy) !== undefined,
    venueName: venueName(request.venue),
    quote: request.symbols[0]?.split('/')[1] ?? '',
    fromTime: iso(fromMs),
    toTime: iso(toMs),
    makerFee: request.makerFee ?? request.fee,
    detailTimeframe: request.detailTimeframe ?? null,
    sizing: request.sizing ?? null,
    maxOpen: request.maxOpen ?? null,
    lotSize: lotSize ?? null,
    tickSize: tickSize ?? null,
    minNotional: minNotional ?? null,
    source: row.source,
    metrics: row.metrics,
    bySymbol: row.bySymbol,
    bias: row.bias,
    candles: row.candles,
    elapsedMs: row.elapsedMs,
    createdAt: row.createdAt.toISOString(),
    startedAt: isoOrNull(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
  };
}
