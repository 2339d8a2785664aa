import {
  cancelOptimization as endOptimization,
  deleteOptimization as removeRow,
  findOptimization,
  listOptimizations as listRows,
  listTrials,
  resumeOptimization as takeUp,
  type Optimization,
  type OptimizationSummary,
} from '../../db/queries/optimizations.ts';
import type { Deps } from '../../jobs/deps.ts';
import { createHeatMap } from '../../jobs/trading/research/heat-map.ts';
import { valuesAt } from '../../jobs/trading/research/param-space.ts';
import { toTrialReport } from '../../jobs/trading/research/report.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { HeatView, OptimizationResultView, OptimizationView } from '../schemas/optimizations.ts';
import { notFound, requireId } from './ids.ts';
import { toOptimizationResultJson } from './optimization-json.ts';
import { venueName } from './markets.server.ts';

const SHOWN = 50;
/** Silence after which whoever worked on it is taken for dead, and its owner may have it taken up again. */
const STALLED_MS = 90_000;
const WHAT = 'optimisation';

const titleOf = (strategy: string) => findStrategy(strategy)?.title ?? strategy;
const ownOf = (userId: string, id: string) => ({ id: requireId(id, WHAT), userId });

async function requireRow(deps: Deps, userId: string, id: string): Promise<Optimization> {
  const row = await findOptimization(deps.db, ownOf(userId, id));
  if (!row) throw notFound(WHAT);
  return row;
}

/** Returns a user's newest optimisations. */
export async function listOptimizations(deps: Deps, userId: string): Promise<OptimizationView[]> {
  const nowMs = deps.clock.now();
  return (await listRows(deps.db, userId, SHOWN)).map((row) => toView(row, nowMs));
}

/** Returns a user's own optimisation as programs get it; throws 404 for any other. */
export async function readOptimization(deps: Deps, userId: string, id: string) {
  const row = await requireRow(deps, userId, id);
  return toOptimizationResultJson(toView(row, deps.clock.now()), row.outcome);
}

/** Returns tried sets of a user's own optimisation in the order in which they were tried, from `cursor` on. */
export async function listTriedSets(
  deps: Deps,
  userId: string,
  { id, limit, cursor }: { id: string; limit: number; cursor: number },
) {
  const { space } = await requireRow(deps, userId, id);
  const trials = await listTrials(deps.db, requireId(id, WHAT));
  const shown = trials.slice(cursor, cursor + limit);
  const next = cursor + shown.length;
  return {
    trials: shown.map((trial, at) => ({ number: cursor + at + 1, ...toTrialReport(space, trial) })),
    next_cursor: next < trials.length ? String(next) : null,
  };
}

/** Which two parameters the heat map is of; the first two that vary unless given. */
export type HeatAxes = { x: string | undefined; y: string | undefined };

/** Returns a user's own optimisation, and its result if it has one; throws 404 for any other. */
export async function getOptimization(
  deps: Deps,
  userId: string,
  { id, axes }: { id: string; axes: HeatAxes },
): Promise<{ optimization: OptimizationView; result: OptimizationResultView | null }> {
  const row = await requireRow(deps, userId, id);
  const optimization = toView(row, deps.clock.now());
  if (!row.outcome) return { optimization, result: null };
  return { optimization, result: { outcome: row.outcome, heat: await drawHeat(deps, row, axes) } };
}

async function drawHeat(deps: Deps, { id, space }: Optimization, axes: HeatAxes): Promise<HeatView | null> {
  const names = space.dimensions.map(({ name }) => name);
  const x = names.find((name) => name === axes.x) ?? names[0];
  const y = names.find((name) => name === axes.y && name !== x) ?? names.find((name) => name !== x);
  if (x === undefined || y === undefined) return null;
  const map = createHeatMap(space, await listTrials(deps.db, id), { x, y });
  return map ? { names, x, y, map } : null;
}

/** Calls off a user's own optimisation; what was tried is kept, and it can go on later. */
export async function cancelOptimization(deps: Deps, userId: string, id: string): Promise<void> {
  const now = new Date(deps.clock.now());
  if (!(await endOptimization(deps.db, ownOf(userId, id), now))) await requireRow(deps, userId, id);
}

/** Lets a user's own optimisation go on that was called off, failed or lost its worker. */
export async function resumeOptimization(deps: Deps, userId: string, id: string): Promise<void> {
  await requireRow(deps, userId, id);
  await deps.db.transaction(async (tx) => {
    const hold = await takeUp(tx, ownOf(userId, id), new Date(deps.clock.now()));
    if (!hold) return;
    const payload = { optimizationId: hold.id };
    await deps.boss.enqueue(tx, 'run-optimization', [{ payload, key: `${hold.id}:${hold.revision}` }]);
  });
}

/** Removes a user's own optimisation with all it tried. */
export async function deleteOptimization(deps: Deps, userId: string, id: string): Promise<void> {
  if (!(await removeRow(deps.db, ownOf(userId, id)))) throw notFound(WHAT);
}

const FIGURES = [
  'totalReturn',
  'cagr',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'profitFactor',
  'expectancy',
  'sqn',
  'winRate',
  'trades',
  'exposure',
  'buyAndHold',
] as const;

/** Returns every set that was tried as CSV: the varied parameters, the score, and the figures of the search. */
export async function exportTrials(deps: Deps, userId: string, id: string): Promise<string> {
  const { space } = await requireRow(deps, userId, id);
  const trials = await listTrials(deps.db, requireId(id, WHAT));
  const names = space.dimensions.map(({ name }) => name);
  const rows = trials.map(({ point, score, metrics, fault }, index) => {
    const values = valuesAt(space, point);
    const figures = FIGURES.map((figure) => metrics?.[figure] ?? '');
    return [index + 1, ...names.map((name) => values[name] ?? ''), score ?? '', ...figures, fault ?? ''];
  });
  const table = [['number', ...names, 'score', ...FIGURES, 'no_score_because'], ...rows];
  return table.map((row) => `${row.map(toCell).join(',')}\n`).join('');
}

/** Quoted where it must be; a text that a spreadsheet would take for a formula is kept from it. */
function toCell(value: string | number | boolean): string {
  const text = typeof value === 'string' ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toView(row: OptimizationSummary, nowMs: number): OptimizationView {
  const { request, movedAt, createdAt, finishedAt } = row;
  const { strategy, venue, symbol, timeframe, initialBalance, stake, fee, slippage, risk } = request;
  const isUnderWay = row.status === 'running' || row.status === 'queued';
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    isStalled: isUnderWay && nowMs - movedAt.getTime() > STALLED_MS,
    tried: row.tried,
    total: row.total,
    problem: row.problem,
    best: row.best,
    strategyTitle: titleOf(strategy),
    venueName: venueName(venue),
    quote: symbol.split('/')[1] ?? '',
    fromTime: new Date(request.fromMs).toISOString(),
    toTime: new Date(request.toMs).toISOString(),
    candles: row.candles,
    source: row.source,
    fetched: row.fetched,
    notice: row.notice,
    plan: row.plan,
    ...{ strategy, venue, symbol, timeframe, initialBalance, stake, fee, slippage, risk },
    makerFee: request.makerFee ?? fee,
    sizing: request.sizing ?? null,
    keepsMarketRules: request.lotSize !== undefined,
    createdAt: createdAt.toISOString(),
    movedAt: movedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
