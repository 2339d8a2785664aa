import fc from 'fast-check';
import { money } from '../../jobs/trading/decimal.ts';
import type { Position, Side, ValuedFill } from '../../jobs/trading/types.ts';

/** A fill of BTC/USDT as a line: what is left out has no fee. */
export type Row = [
  side: Side,
  quantity: string,
  price: string,
  fee?: string,
  feeCurrency?: string,
  feeQuote?: string | undefined,
];

/** Returns fills a second apart, oldest first. */
export function fillsOf(...rows: Row[]): ValuedFill[] {
  return rows.map(([side, quantity, price, fee = '0', feeCurrency = 'USDT', feeQuote], index) => ({
    tradeId: String(index),
    side,
    quantity: money(quantity),
    price: money(price),
    fee: money(fee),
    feeCurrency,
    feeQuote: money(feeQuote ?? (feeCurrency === 'BTC' ? money(fee).times(price) : fee)),
    timeMs: 1_000 * (index + 1),
  }));
}

/** Amounts from one unit of the last digit up to `max` of them. */
export const units = (digits: number, max: number) =>
  fc.integer({ min: 1, max }).map((value) => money(value).div(10 ** digits));

export const fillCase = fc.record({
  side: fc.constantFrom<Side>('BUY', 'SELL'),
  quantity: units(5, 10_000_000),
  price: units(2, 10_000_000),
  feeBps: fc.integer({ min: 0, max: 50 }),
  feeCurrency: fc.constantFrom('BTC', 'USDT', 'BNB'),
  feePrice: units(2, 100_000),
  /** Sells exactly what is held, where it is a sale. */
  isAll: fc.boolean(),
});
export type FillCase = typeof fillCase extends fc.Arbitrary<infer Value> ? Value : never;

/** Returns the fill of a case; a sale of all sells exactly what the position holds. */
export function toFill(fillOf: FillCase, position: Position, index: number): ValuedFill {
  const { side, price, feeBps, feeCurrency, feePrice } = fillOf;
  const isWhole = side === 'SELL' && fillOf.isAll && position.quantity.gt(0);
  const quantity = isWhole ? position.quantity : fillOf.quantity;
  const rate = money(feeBps).div(10_000);
  const amount = quantity.times(price);
  const base = { tradeId: String(index), side, quantity, price, feeCurrency, timeMs: index };
  if (feeCurrency === 'BTC') return { ...base, fee: quantity.times(rate), feeQuote: amount.times(rate) };
  if (feeCurrency === 'USDT') return { ...base, fee: amount.times(rate), feeQuote: amount.times(rate) };
  const fee = amount.times(rate).div(feePrice).toDecimalPlaces(8);
  return { ...base, fee, feeQuote: fee.times(feePrice) };
}
