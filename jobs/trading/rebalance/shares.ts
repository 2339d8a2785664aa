import type { Money } from '../decimal.ts';
import type { Market } from '../types.ts';

/** One asset that is held at a weight. */
export type Leg = {
  market: Pick<
    Market,
    | 'symbol'
    | 'base'
    | 'quote'
    | 'lotSize'
    | 'takesAnyQuantity'
    | 'minQuantity'
    | 'maxQuantity'
    | 'minNotional'
    | 'takerFee'
  >;
  /** Base units that are held. */
  quantity: Money;
  /** Quote units, the latest; `null` while nobody has told one. */
  price: Money | null;
  /** Percent of the whole. */
  weightPct: number;
  /** Neither bought nor sold now, as one that was halted or stopped. One without a price is not either. */
  isFrozen: boolean;
};

/** What a leg is worth and is to be worth, in quote units; `drift` is how far above its target it is. */
export type Share = { leg: Leg; value: Money; target: Money; drift: Money };

export type Shares = {
  /** Quote units: all legs and what is free. */
  total: Money;
  /** Of the legs that can be traded, in their order. */
  active: Share[];
  /** Of the others: their target is what they are. */
  frozen: Share[];
};

/** What a market order may fill worse than the price it was sized with, as a fraction: it is kept in reserve. */
export const FILL_RESERVE = 0.01;

/** Returns what a buy may take of the free quote for each quote unit it buys: fee and a worse fill counted. */
export const buyCost = (fee: Money): Money => fee.plus(1 + FILL_RESERVE);

/**
 * Returns what legs are worth against their targets. Where all weights come to nearly 100 %, each target is a little less, so
 * that buying them all is paid for with fees and a worse fill: about 1 % stays free.
 *
 * What cannot be traded keeps what it holds. Above its weight, it leaves the others less to share, in proportion to their
 * weights and to what is to stay free; below, what it lacks stays free and goes to nobody else.
 */
export function measureShares(legs: readonly Leg[], freeQuote: Money): Shares {
  const zero = freeQuote.minus(freeQuote);
  const valueOf = ({ quantity, price }: Leg) => (price === null ? zero : quantity.times(price));
  const values = legs.map(valueOf);
  const total = values.reduce((sum, value) => sum.plus(value), freeQuote);
  const whole = total.times(fullShare(legs, zero));
  const targetOf = ({ weightPct }: Leg) => whole.times(weightPct).div(100);
  const frozen = toShares(legs, values, (leg, value) => (isActive(leg) ? null : value));
  const rest = scaleOf(frozen, total, targetOf);
  const active = toShares(legs, values, (leg) => (isActive(leg) ? targetOf(leg).times(rest) : null));
  return { total, active, frozen };
}

const isActive = ({ isFrozen, price }: Leg) => !isFrozen && price !== null;

/** How much of their weights legs can have together. */
function fullShare(legs: readonly Leg[], zero: Money): Money {
  const fee = legs.reduce((most, { market }) => (market.takerFee.gt(most) ? market.takerFee : most), zero);
  const weight = legs.reduce((sum, { weightPct }) => sum + weightPct, 0);
  const needed = buyCost(zero.plus(fee)).times(weight).div(100);
  return needed.gt(1) ? zero.plus(1).div(needed) : zero.plus(1);
}

/** By how much the targets of those that can be traded shrink, because others hold more than is theirs. */
function scaleOf(frozen: readonly Share[], total: Money, targetOf: (leg: Leg) => Money): Money {
  const zero = total.minus(total);
  let [left, whole] = [total, total];
  for (const { leg, value } of frozen) {
    const target = targetOf(leg);
    left = left.minus(value);
    whole = whole.minus(value.lt(target) ? value : target);
  }
  return frozen.length === 0 || !whole.gt(0) ? zero.plus(1) : left.div(whole);
}

function toShares(
  legs: readonly Leg[],
  values: readonly Money[],
  targetOf: (leg: Leg, value: Money) => Money | null,
): Share[] {
  return legs.flatMap((leg, at) => {
    const value = values[at];
    const target = value && targetOf(leg, value);
    return target ? [{ leg, value, target, drift: value.minus(target) }] : [];
  });
}
