import { randomUUID } from 'node:crypto';
import { listHoles } from '../../db/queries/candle-history.ts';
import {
  countOptimizationsUnderWay,
  insertOptimization,
  type Optimization,
} from '../../db/queries/optimizations.ts';
import type { BacktestRequest } from '../../db/schema/backtests.ts';
import type { Deps } from '../../jobs/deps.ts';
import { DEMO_VENUE } from '../../jobs/exchange/demo-market.ts';
import {
  planFor,
  prepareOptimization,
  readSpace,
  type OptimizationPlan,
  type PlanFault,
  type PreparedOptimization,
} from '../../jobs/trading/research/optimization.ts';
import type { ParamSpace } from '../../jobs/trading/research/param-space.ts';
import { whyNotSearched } from '../../jobs/trading/research/searchable.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { timeframeMs } from '../../jobs/trading/timeframe.ts';
import type { StartBacktestInput } from '../schemas/backtests.ts';
import type { OptimizationInput } from '../schemas/optimizations.ts';
import { AppError, refuseField } from './app-error.ts';
import { planBacktest } from './backtest-plan.server.ts';
import { venueName } from './markets.server.ts';

/** They run one after another, for minutes: more would only wait. */
const MOST_UNDER_WAY = 3;

type Wish = { backtest: StartBacktestInput; input: OptimizationInput };

/**
 * Enqueues an optimisation; the parameters that the backtest names are fixed. Throws 422 with one message per field at fault, 409 where too many of the user's are under way,
 * 503 when an exchange must be asked and cannot.
 */
export async function startOptimization(deps: Deps, userId: string, wish: Wish): Promise<{ id: string }> {
  const asked = toPlan(wish);
  const params = findParams(wish.backtest, asked);
  const request = toRequest(await planBacktest(deps, { ...wish.backtest, params }));
  const { space } = prepare(asked, request, await countCandles(deps, request));
  const plan = planFor(space, asked);
  return deps.db.transaction(async (tx) => {
    if ((await countOptimizationsUnderWay(tx, userId)) >= MOST_UNDER_WAY)
      throw new AppError(
        'conflict',
        `${MOST_UNDER_WAY} of your optimisations are under way already. Let one of them end, or call it off.`,
      );
    const row = await insertOptimization(tx, {
      userId,
      name: nameOf(request, space),
      request,
      plan,
      space,
      total: Math.min(plan.tries, space.size),
      createdAt: new Date(deps.clock.now()),
    });
    await deps.boss.enqueue(tx, 'run-optimization', [
      { payload: { optimizationId: row.id }, key: `${row.id}:0` },
    ]);
    return { id: row.id };
  });
}

function nameOf(
  { strategy, symbol, timeframe }: Optimization['request'],
  { dimensions }: ParamSpace,
): string {
  const name = `${findStrategy(strategy)?.title ?? strategy} on ${symbol} ${timeframe}`;
  return dimensions.length === 0 ? `Check of ${name}` : name;
}

const NOT_ASKED = ['params', 'symbols', 'maxOpen'];

/** What a backtest is asked, of one symbol and but for its parameters. */
function toRequest(backtest: BacktestRequest): Optimization['request'] {
  const [symbol = '', ...others] = backtest.symbols;
  if (others.length > 0) throw refuseField('symbol', 'One symbol at a time is optimised.');
  if (backtest.detailTimeframe !== undefined)
    throw refuseField(
      'detail_timeframe',
      'An optimisation takes no finer candles: backtest its best sets on them.',
    );
  const kept = Object.fromEntries(Object.entries(backtest).filter(([name]) => !NOT_ASKED.includes(name)));
  return { ...(kept as Omit<Optimization['request'], 'symbol'>), symbol };
}

function toPlan({ input, backtest }: Wish): OptimizationPlan {
  const varied = Object.entries(input.vary).filter(([, text]) => text.trim() !== '');
  const fixed = Object.entries(backtest.params ?? {}).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  return {
    vary: [...varied, ...fixed].map(([name, text]) => `${name}=${text.trim()}`),
    sampler: input.sampler,
    objective: input.objective,
    tries: input.tries,
    seed: input.seed ?? randomUUID().slice(0, 8),
    holdOut: input.hold_out / 100,
    minTrades: input.min_trades,
    walkSteps: input.walk_steps,
  };
}

/** Returns the parameters of one set that is possible: with them the rest of what was asked is judged. */
function findParams({ strategy: name, timeframe }: StartBacktestInput, { vary }: OptimizationPlan) {
  const strategy = findStrategy(name);
  if (!strategy) throw refuseField('strategy', `There is no strategy called "${name}".`);
  const reason = whyNotSearched(name);
  if (reason !== undefined) throw refuseField('strategy', `${strategy.title}: ${reason}`);
  const read = readSpace({ strategy, timeframe }, vary);
  if ('faults' in read) throw refuseFaults(read.faults);
  return read.params;
}

const refuseFaults = (faults: PlanFault[]) =>
  new AppError('refused', faults.map(({ message }) => message).join(' '), { errors: faults });

type Market = Pick<BacktestRequest, 'venue' | 'timeframe' | 'fromMs' | 'toMs' | 'strategy'> & {
  symbol: string;
  fetchesMissing?: boolean;
};

function prepare(plan: OptimizationPlan, request: Market, count: number): PreparedOptimization {
  const strategy = findStrategy(request.strategy);
  if (!strategy) throw refuseField('strategy', `There is no strategy called "${request.strategy}".`);
  const prepared = prepareOptimization({ strategy, timeframe: request.timeframe, plan, count });
  if (!('faults' in prepared)) return prepared;
  throw refuseFaults(prepared.faults);
}

/** Returns how many candles there are; how many there may be where what is missing is fetched first. */
async function countCandles(deps: Deps, request: Market): Promise<number> {
  const { venue, symbol, timeframe, fromMs, toMs } = request;
  const stepMs = timeframeMs(timeframe);
  const all = (toMs - fromMs) / stepMs;
  if (venue === DEMO_VENUE || request.fetchesMissing) return all;
  const holes = await listHoles(deps.db, { venue, symbol, timeframe }, { fromMs, toMs, stepMs });
  const stored = all - holes.reduce((total, hole) => total + (hole.toMs - hole.fromMs) / stepMs, 0);
  if (stored > 0) return stored;
  throw refuseField(
    'symbol',
    `No ${timeframe} candles of ${symbol} from ${venueName(venue)} are stored for this period. Have them fetched, or import them on the Candles page.`,
  );
}
