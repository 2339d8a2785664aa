import type { Deps } from '../../jobs/deps.ts';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { figure, percent } from '../../jobs/trading/figures.ts';
import { sizeBuy } from '../../jobs/trading/portfolio/order-size.ts';
import type { RebalanceParams } from '../../jobs/trading/rebalance/params.ts';
import { findMismatch, parseWeights } from '../../jobs/trading/rebalance/weights.ts';
import type { Market, Sizing } from '../../jobs/trading/types.ts';
import type { StartBasketInput } from '../schemas/bots.ts';
import { refuseField } from './app-error.ts';
import { askExchange } from './markets.server.ts';

/** What is stored where the weights say how much is bought. */
export const BY_WEIGHTS: Sizing = { type: 'equity_fraction', value: money(1) };

type WeightedPlan = {
  params: Record<string, unknown>;
  markets: readonly Market[];
  initialBalance: Money;
  input: Pick<StartBasketInput, 'sizing' | 'risk' | 'max_open_positions'>;
};

/**
 * Throws 422 where a basket cannot begin with these weights: they do not fit its symbols, settings are given that speak of
 * single trades, or a first buy would be below the exchange's minimum.
 */
export async function requireSoundWeights(deps: Deps, venue: string, plan: WeightedPlan): Promise<void> {
  const { params, markets, initialBalance, input } = plan;
  requireNoOthers(input, markets.length);
  const weights = parseWeights((params as RebalanceParams).weights);
  const mismatch = findMismatch(
    weights,
    markets.map(({ symbol }) => symbol),
  );
  if (mismatch !== undefined) throw refuseField('params.weights', mismatch);
  for (const { symbol, pct } of weights) {
    const market = markets.find((each) => each.symbol === symbol);
    if (market) await requireTradableShare(deps, venue, { market, pct, initialBalance });
  }
}

function requireNoOthers(
  { sizing, risk, max_open_positions: most }: WeightedPlan['input'],
  count: number,
): void {
  if (sizing) throw refuseField('sizing', 'Rebalance buys by its weights. Leave the size out.');
  const [rule] = Object.entries(risk ?? {}).find(([, value]) => value !== undefined) ?? [];
  if (rule !== undefined)
    throw refuseField(
      `risk.${rule}`,
      'Rebalance takes no rules for single trades: what a stop sold it would buy back at the next candle. Leave this out.',
    );
  if (most !== undefined && most < count)
    throw refuseField('max_open_positions', 'Rebalance holds all of its assets. Leave the limit out.');
}

type Share = { market: Market; pct: number; initialBalance: Money };

async function requireTradableShare(
  deps: Deps,
  venue: string,
  { market, pct, initialBalance }: Share,
): Promise<void> {
  const { last: price } = await askExchange(venue, deps.marketData(venue).fetchTicker(market.symbol));
  const value = initialBalance.times(pct).div(100);
  const sizing: Sizing = { type: 'quote_amount', value, reserve: ZERO };
  const size = sizeBuy({ sizing, equity: initialBalance, freeQuote: value, price, market });
  if (size.refusal === null) return;
  const path = initialBalance.isZero() ? 'initial_balance' : 'params.weights';
  const share = `${percent(money(pct))} of ${figure(initialBalance)} ${market.quote} in ${market.symbol}`;
  throw refuseField(path, `${share}: ${size.refusal.detail} Give it more weight, or begin with more.`);
}
