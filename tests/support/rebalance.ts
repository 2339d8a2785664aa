import { money, type Money } from '../../jobs/trading/decimal.ts';
import { paramsSchema, type RebalanceParams } from '../../jobs/trading/rebalance/params.ts';
import {
  FRESH_REBALANCE,
  type RebalanceInput,
  type RebalancePlan,
} from '../../jobs/trading/rebalance/plan.ts';
import type { Leg } from '../../jobs/trading/rebalance/shares.ts';

export const HOUR = 3_600_000;

type LegTerms = {
  quantity?: number;
  price: number;
  weight: number;
  isFrozen?: boolean;
  minNotional?: Money;
  maxQuantity?: Money;
};

/** An asset of a market with lots of 0.0001 and a fee of 0.1 %. */
export function legOf(base: string, terms: LegTerms): Leg {
  const { quantity = 0, price, weight, isFrozen = false, minNotional = money(0), maxQuantity = null } = terms;
  const lotSize = money('0.0001');
  return {
    market: {
      symbol: `${base}/USDT`,
      base,
      quote: 'USDT',
      lotSize,
      minQuantity: lotSize,
      maxQuantity,
      minNotional,
      takerFee: money('0.001'),
    },
    quantity: money(quantity),
    price: money(price),
    weightPct: weight,
    isFrozen,
  };
}

type Rest = Partial<Pick<RebalanceInput, 'memory' | 'candleTimeMs'>> & { params?: Partial<RebalanceParams> };

/** An hourly decision; the weights are those of the legs, whatever the parameters name. */
export function inputOf(legs: readonly Leg[], free: number | Money, rest: Rest = {}): RebalanceInput {
  const { params = {}, memory = FRESH_REBALANCE, candleTimeMs = 0 } = rest;
  return {
    params: paramsSchema.parse(params),
    legs,
    freeQuote: money(free),
    memory,
    candleTimeMs,
    timeframe: '1h',
  };
}

export const said = ({ orders }: RebalancePlan): string[] => orders.map(({ explain }) => explain());
