import { ZERO, type Money } from '../trading/decimal.ts';

type Amounts = ReadonlyMap<string, Money>;

/** Returns the sum of amounts by asset. */
export function addAmounts(...parts: Amounts[]): Map<string, Money> {
  const total = new Map<string, Money>();
  for (const part of parts) {
    for (const [asset, amount] of part) total.set(asset, (total.get(asset) ?? ZERO).plus(amount));
  }
  return total;
}

/** Returns, by asset, what `actual` has more than `expected`; assets that agree are left out. */
export function findDifferences(actual: Amounts, expected: Amounts): Map<string, Money> {
  const negated = new Map([...expected].map(([asset, amount]) => [asset, amount.neg()]));
  return new Map([...addAmounts(actual, negated)].filter(([, amount]) => !amount.isZero()));
}

/**
 * Returns the differences that stood unchanged since the comparison before: what was under way then has arrived by now, so
 * nothing explains them.
 */
export function findDrift(now: Amounts, before: Readonly<Record<string, string>>): Map<string, Money> {
  return new Map([...now].filter(([asset, amount]) => before[asset] === amount.toFixed()));
}

/** Returns differences as a sentence's part: "+0.5 BTC, −120 USDT". */
export function describeAmounts(amounts: Amounts): string {
  return [...amounts]
    .map(([asset, amount]) => `${amount.lt(0) ? '−' : '+'}${amount.abs().toFixed()} ${asset}`)
    .join(', ');
}
