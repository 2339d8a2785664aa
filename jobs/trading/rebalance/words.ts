import type { Money } from '../decimal.ts';
import { percent } from '../figures.ts';
import type { RebalanceParams } from './params.ts';
import type { RebalancePlan } from './plan.ts';
import { hasDrifted, sayShare } from './plan.ts';
import type { Share, Shares } from './shares.ts';

/** Returns what came of a decision, and what it waits for next, in a sentence or two. */
export function sayOutcome(plan: RebalancePlan, params: RebalanceParams): string {
  const { cause, orders, memory, shares } = plan;
  if (cause === null) return hasDrifted(shares, params) ? sayPause(params) : sayNearest(shares, params);
  if (orders.length === 0) return 'Shares are off their targets, but by less than its smallest order.';
  const told = orders.map((order) => order.explain()).join('; ');
  const rest = memory.isFinishing ? ' What is still to be bought follows at the next candle.' : '';
  return `${told}.${rest}`;
}

const sayPause = ({ at_most_candles }: RebalanceParams) =>
  `Shares have drifted, but it acts at most once in ${at_most_candles} candles: it waits.`;

/** The share that is nearest to its band. */
function sayNearest(shares: Shares, params: RebalanceParams): string {
  const { total, active } = shares;
  if (!total.gt(0) || active.length === 0) return 'There is nothing that it could trade now.';
  const slack = (share: Share) => bandOf(share, shares, params).minus(share.drift.abs());
  const nearest = active.reduce((one, other) => (slack(other).lt(slack(one)) ? other : one));
  const at = percent(bandOf(nearest, shares, params).times(100).div(total));
  return `All shares are near enough. The nearest to its band: ${sayShare(nearest, shares)}; it acts once they are ${at} of all apart.`;
}

/** How far a share may be off, in quote units. */
function bandOf({ target }: Share, { total }: Shares, params: RebalanceParams): Money {
  const points = total.times(params.drift_points).div(100);
  const relative = target.times(params.relative_drift_pct).div(100);
  return relative.gt(0) && relative.lt(points) ? relative : points;
}
