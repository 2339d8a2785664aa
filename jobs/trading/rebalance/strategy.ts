import { percent } from '../figures.ts';
import { money } from '../decimal.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { toScan } from '../strategies/voice.ts';
import { REBALANCE } from './names.ts';
import { paramsSchema, type RebalanceParams } from './params.ts';
import { readWeights } from './weights.ts';

const SAYS = 'Decides for all of its assets at once';

/**
 * Target weights over several assets, as lists and forms take a strategy: one decision is made for all of them together
 * (`planRebalance`), so on the candles of one it always holds.
 */
export const rebalance: Strategy<RebalanceParams> = {
  name: REBALANCE,
  title: 'Rebalance',
  description:
    'Holds several assets at target weights: sells of what has grown beyond its share, and buys of what has fallen behind.',
  paramsSchema,
  warmUp: () => 1,
  findFault: ({ weights, at_most_candles: most, at_least_candles: least }) => {
    const { fault } = readWeights(weights);
    // Nobody's money is parted by weights that were left out.
    if (fault !== null) return { path: ['weights'], message: fault };
    if (least === 0 || least > most) return undefined;
    const message = `At least once in ${least} candles and at most once in ${most} cannot both hold. Make the first longer, or 0.`;
    return { path: ['at_least_candles'], message };
  },
  describe: sayPlan,
  indicators: () => [],
  scan: (_params, { candles }) =>
    toScan(candles.close.length, { kindAt: () => 'HOLD', strengthAt: () => 0, explain: () => SAYS }),
  next: () => `${SAYS}.`,
};

function sayPlan(params: RebalanceParams): string {
  const { weights } = readWeights(params.weights);
  if (weights === null) return 'Holds each of its assets at a weight that is still to be given.';
  const held = weights.map(({ symbol, pct }) => `${symbol} at ${percent(money(pct))}`);
  const rest = money(100).minus(weights.reduce((total, { pct }) => total.plus(pct), money(0)));
  const free = rest.gt(0) ? `, and leaves ${percent(rest)} in the quote currency` : '';
  return `Holds ${held.join(', ')}${free}. ${sayBands(params)}`;
}

function sayBands({ drift_points, relative_drift_pct, at_least_candles }: RebalanceParams): string {
  const relative = relative_drift_pct > 0 ? ` or ${relative_drift_pct} % of its target` : '';
  const interval = at_least_candles > 0 ? `, and after ${at_least_candles} candles in any case` : '';
  return `It trades once a share is ${drift_points} points${relative} off${interval}.`;
}
