import { Decimal } from 'decimal.js';

/** The simulator's own exact numbers: it shares no arithmetic with the product that it checks. */
export const Amount = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });
export type Amount = Decimal;

export const NOTHING: Amount = new Amount(0);

export function floorTo(value: Amount, step: Amount): Amount {
  return value.div(step).toDecimalPlaces(0, Decimal.ROUND_DOWN).times(step);
}

export function ceilTo(value: Amount, step: Amount): Amount {
  return value.div(step).toDecimalPlaces(0, Decimal.ROUND_UP).times(step);
}

export function roundTo(value: Amount, step: Amount): Amount {
  return value.div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(step);
}

export function floorDecimals(value: Amount, places: number): Amount {
  return value.toDecimalPlaces(places, Decimal.ROUND_DOWN);
}

/** Eight decimals, as exchanges print amounts; more where a value has more. */
export function print(value: Amount): string {
  return value.toFixed(Math.max(8, value.decimalPlaces()));
}
