import { findBacktestCurves } from '../../db/queries/backtests.ts';
import type { Deps } from '../../jobs/deps.ts';
import { thinCurve } from '../../jobs/trading/backtest/thin-curve.ts';
import type { ComparedBacktest } from '../schemas/backtests.ts';
import { AppError } from './app-error.ts';
import { getBacktest, ownBacktest } from './backtests.server.ts';

export const MOST_COMPARED = 4;
const CURVE_POINTS = 600;

/**
 * Returns several of a user's own finished backtests side by side, in the order of `ids`. Throws 404 where one is not there,
 * 422 where there are not two to four, or one has no result.
 */
export async function compareBacktests(
  deps: Deps,
  userId: string,
  ids: readonly string[],
): Promise<ComparedBacktest[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length < 2)
    throw new AppError(
      'refused',
      'Choose two to four backtests: tick them in the list, and press “Compare”.',
    );
  if (wanted.length > MOST_COMPARED)
    throw new AppError('refused', `${wanted.length} were chosen; at most ${MOST_COMPARED} go side by side.`);
  return Promise.all(wanted.map((id) => readOne(deps, userId, id)));
}

async function readOne(deps: Deps, userId: string, id: string): Promise<ComparedBacktest> {
  const backtest = await getBacktest(deps, userId, id);
  const curves = await findBacktestCurves(deps.db, ownBacktest(userId, id));
  const { metrics } = backtest;
  if (!curves || !metrics)
    throw new AppError('refused', `“${backtest.name}” has no result to compare. Choose another.`);
  const { timeMs, equity } = curves.curve;
  const shown = thinCurve(Float64Array.from(equity), CURVE_POINTS);
  return {
    backtest: { ...backtest, metrics },
    timeMs: shown.map((at) => timeMs[at] ?? 0),
    gain: shown.map((at) => 100 * ((equity[at] ?? 0) / metrics.initial_balance - 1)),
  };
}
