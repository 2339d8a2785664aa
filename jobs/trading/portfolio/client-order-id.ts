/** Which order is meant: the run (a UUID), the time it answers to (its candle's open time) and which of that time's orders. */
export type OrderOrigin = { botRunId: string; timeMs: number; leg: number };

const EPOCH_MS = Date.UTC(2020, 0, 1);
const RUN_DIGITS = 9;
const SECOND_DIGITS = 6;
const LEG_DIGITS = 2;

/**
 * Returns the client order id of an order: a pure function of its origin, so that whoever asks again, after any crash,
 * asks for the same order. Two origins of one run never share an id (whole seconds, legs 0..1295, until the year 2088);
 * two runs on one account do with a chance of 1 in 10^14 for orders of the same second.
 *
 * 18 characters of a-z and 0-9, a letter first: Kraken takes at most 18 in a free-text `cl_ord_id`, OKX takes letters and
 * digits alone in `clOrdId`, and some venues want a letter first. Throws a RangeError out of range.
 *
 * Sources: docs.kraken.com/api "Add Order" (cl_ord_id); okx.com/docs-v5 "Place order" (clOrdId).
 */
export function clientOrderId({ botRunId, timeMs, leg }: OrderOrigin): string {
  const second = Math.floor((timeMs - EPOCH_MS) / 1_000);
  return `a${base36(runNumber(botRunId), RUN_DIGITS)}${base36(second, SECOND_DIGITS)}${base36(leg, LEG_DIGITS)}`;
}

/** All 128 bits of the UUID, folded onto the range of nine base 36 digits. */
function runNumber(botRunId: string): number {
  const hex = botRunId.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`Not a UUID: ${botRunId}`);
  const folded = BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
  return Number(folded % 36n ** BigInt(RUN_DIGITS));
}

function base36(value: number, digits: number): string {
  if (!Number.isInteger(value) || value < 0 || value >= 36 ** digits) {
    throw new RangeError(`Out of the range of a client order id: ${value}`);
  }
  return value.toString(36).padStart(digits, '0');
}
