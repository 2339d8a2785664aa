import type { Candle } from '../../jobs/trading/types.ts';

/** A fill as both implementations name it. */
export type PlainFill = { at: number; side: 'BUY' | 'SELL'; price: number; quantity: number };

const FEE = 0.001;
const round = (value: number) => Math.floor(value * 1e4 + 1e-6) / 1e4;
const cents = (value: number) => Math.round(Number((value * 100).toPrecision(12))) / 100;

type Band = {
  low: number;
  high: number;
  quantity: number;
  held: number;
  isSelling: boolean;
  from: number;
  rests: boolean;
};

/** The ways of the price in a candle, as a trader would draw them. */
function legsOf({ open, high, low, close }: Candle): { to: number; isDown: boolean }[] {
  const turns = close >= open ? [open, low, high, close] : [open, high, low, close];
  return turns.slice(1).map((to, before) => ({ to, isDown: to < (turns[before] ?? NaN) }));
}

/**
 * A grid written out from its description alone, on doubles, sharing nothing with the product: bands that hold or do not,
 * each with one order. What is placed in candle `n` fills from `n + 1` on.
 */
export function plainGrid(
  candles: Candle[],
  { lower, upper, cells, balance }: { lower: number; upper: number; cells: number; balance: number },
): PlainFill[] {
  const start = candles[0]?.open ?? NaN;
  const level = (number: number) => cents(lower * (upper / lower) ** (number / cells));
  const bands: Band[] = Array.from({ length: cells }, (_none, number) => ({
    low: level(number),
    high: level(number + 1),
    quantity: round((balance * 0.99) / cells / level(number)),
    held: 0,
    isSelling: false,
    from: 0,
    rests: level(number) < start,
  }));
  const covered = bands.filter((band) => band.low >= start);
  const first = covered.reduce((total, band) => total + band.quantity, 0);
  const fills: PlainFill[] = [
    { at: 0, side: 'BUY', price: cents(Math.ceil(start * 100 - 1e-6) / 100), quantity: first },
  ];
  for (const band of covered)
    Object.assign(band, { held: band.quantity * (1 - FEE), isSelling: true, from: 1, rests: true });
  const trade = (band: Band, at: number, price: number) => {
    const side = band.isSelling ? 'SELL' : 'BUY';
    const quantity = band.isSelling ? round(band.held) : band.quantity;
    fills.push({ at, side, price, quantity });
    band.held += band.isSelling ? -quantity : quantity * (1 - FEE);
    Object.assign(band, { isSelling: !band.isSelling, from: at + 1 });
  };
  const due = (at: number, isSelling: boolean) =>
    bands.filter((band) => band.rests && band.from <= at && band.isSelling === isSelling).toReversed();
  const fall = (at: number, to: number) => {
    for (const band of due(at, false)) if (to <= band.low) trade(band, at, band.low);
  };
  const rise = (at: number, to: number, isOpen = false) => {
    const sales = isOpen ? due(at, true) : due(at, true).toReversed();
    for (const band of sales) if (to >= band.high) trade(band, at, band.high);
  };
  candles.forEach((candle, at) => {
    fall(at, candle.open);
    rise(at, candle.open, true);
    for (const { to, isDown } of legsOf(candle)) (isDown ? fall : rise)(at, to);
  });
  return fills;
}

type PlainDeals = {
  fallPct: number;
  orders: number;
  gainPct: number;
  each: number;
  /** Each deal waits for the RSI to fall through a level at a close. */
  rsi?: { period: number; level: number };
};

/** Whether the RSI (simple averages) falls through a level at the close of candle `at`. */
function fallsThrough(candles: Candle[], at: number, { period, level }: { period: number; level: number }) {
  if (at < period + 1) return false;
  const rsiAt = (end: number) => {
    let [gain, loss] = [0, 0];
    for (let i = end - period + 1; i <= end; i += 1) {
      const change = candles[i]!.close - candles[i - 1]!.close;
      if (change > 0) gain += change;
      else loss -= change;
    }
    return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  };
  return rsiAt(at - 1) > level + 1e-9 && rsiAt(at) <= level + 1e-9;
}

/** Deals written out alike: a first buy at the market, safety orders below it, one sale above the average. */
export function plainDeals(
  candles: Candle[],
  { fallPct, orders, gainPct, each, rsi }: PlainDeals,
): PlainFill[] {
  const fills: PlainFill[] = [];
  let held = 0;
  let weighted = 0;
  let bought = 0;
  let target = { price: 0, quantity: 0, from: Infinity };
  let ladder: { price: number; quantity: number; from: number }[] = [];
  let isOpen = false;
  let begins: { quantity: number; from: number } | null = rsi
    ? null
    : { quantity: round(each / (candles[0]?.open ?? 1)), from: 0 };
  const aim = (at: number) => {
    const price = Math.ceil((weighted / bought) * (1 + gainPct / 100) * 100 - 1e-7) / 100;
    const isSame = price === target.price && round(held) === target.quantity;
    if (!isSame) target = { price, quantity: round(held), from: at + 1 };
  };
  const buy = (at: number, price: number, quantity: number) => {
    fills.push({ at, side: 'BUY', price, quantity });
    // A rest of the deal before is a matter of less than a lot, and counts towards the average no more than that.
    const before = held;
    if (before < 1e-4) [weighted, bought] = [before * price, before];
    const net = quantity * (1 - FEE);
    weighted += net * price;
    bought += net;
    held += net;
    aim(at);
  };
  /** `price`: that of the moment, which the next deal goes by. */
  const sell = (at: number, price: number) => {
    fills.push({ at, side: 'SELL', price: target.price, quantity: target.quantity });
    held -= target.quantity;
    target = { price: 0, quantity: 0, from: Infinity };
    ladder = [];
    isOpen = false;
    begins = rsi ? null : { quantity: round(each / price), from: at + 1 };
  };
  const begin = (at: number, open: number) => {
    if (!begins || begins.from > at) return;
    const { quantity } = begins;
    const price = Math.ceil(open * 100 - 1e-6) / 100;
    begins = null;
    isOpen = true;
    buy(at, price, quantity);
    ladder = Array.from({ length: orders }, (_none, step) => {
      const limit = cents(price * (1 - (fallPct * (step + 1)) / 100));
      return { price: limit, quantity: round(each / limit), from: at + 1 };
    });
  };
  const fall = (at: number, to: number) => {
    for (const step of ladder.filter(({ from, price }) => from <= at && to <= price)) {
      ladder = ladder.filter((other) => other !== step);
      buy(at, step.price, step.quantity);
    }
  };
  const rise = (at: number, to: number, isOpen = false) => {
    if (target.from <= at && to >= target.price) sell(at, isOpen ? to : target.price);
  };
  candles.forEach((candle, at) => {
    begin(at, candle.open);
    fall(at, candle.open);
    rise(at, candle.open, true);
    for (const { to, isDown } of legsOf(candle)) (isDown ? fall : rise)(at, to);
    if (rsi && !isOpen && !begins && fallsThrough(candles, at, rsi))
      begins = { quantity: round(each / candle.close), from: at + 1 };
  });
  return fills;
}
