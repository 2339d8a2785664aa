/**
 * Every strategy that looks at candles alone, in plain loops with default-like parameters, as a trader would write it in an
 * evening: an independent second opinion. Nothing of the product is used but types. Doubles; each formula from its textbook.
 */
import type { Candles, SignalKind } from '../../jobs/trading/types.ts';

const EPSILON = 1e-9;

/** 1 above, −1 below, 0 equal to within 1e-9 of the larger, or of `size`. */
function side(a: number, b: number, size = Math.max(Math.abs(a), Math.abs(b))): number {
  if (Number.isNaN(a - b)) return NaN;
  if (Math.abs(a - b) <= EPSILON * size) return 0;
  return a > b ? 1 : -1;
}

function average(values: ArrayLike<number>, end: number, period: number): number {
  let sum = 0;
  for (let j = end - period + 1; j <= end; j += 1) sum += values[j] ?? NaN;
  return sum / period;
}

export function plainSma(values: ArrayLike<number>, period: number): number[] {
  return Array.from(values, (_, i) => average(values, i, period));
}

/** Begins with the average of the first `period` values; `from`: where the values begin. */
export function plainEma(values: ArrayLike<number>, period: number, from = 0): number[] {
  const result: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    if (i < from + period - 1) result.push(NaN);
    else if (i === from + period - 1) result.push(average(values, i, period));
    else result.push((values[i]! * 2 + result[i - 1]! * (period - 1)) / (period + 1));
  }
  return result;
}

function plainAtr({ high, low, close }: Candles, period: number): number[] {
  const result: number[] = [NaN];
  const ranges = [NaN];
  for (let i = 1; i < close.length; i += 1) {
    const range = Math.max(
      high[i]! - low[i]!,
      Math.abs(high[i]! - close[i - 1]!),
      Math.abs(low[i]! - close[i - 1]!),
    );
    ranges.push(range);
    if (i < period) result.push(NaN);
    else if (i === period) result.push(average(ranges, i, period));
    else result.push((result[i - 1]! * (period - 1) + range) / period);
  }
  return result;
}

function crossKinds(a: ArrayLike<number>, b: ArrayLike<number>, size?: ArrayLike<number>): SignalKind[] {
  return Array.from(a, (_, i) => {
    const now = side(a[i]!, b[i]!, size?.[i]);
    const before = i === 0 ? NaN : side(a[i - 1]!, b[i - 1]!, size?.[i - 1]);
    if (now === 1 && before <= 0) return 'BUY';
    if (now === -1 && before >= 0) return 'SELL';
    return 'HOLD';
  });
}

export const plainSmaCross = ({ close }: Candles, fast: number, slow: number): SignalKind[] =>
  crossKinds(plainSma(close, fast), plainSma(close, slow));

export const plainEmaCross = ({ close }: Candles, fast: number, slow: number): SignalKind[] =>
  crossKinds(plainEma(close, fast), plainEma(close, slow));

/** EMA cross that buys only above the EMA of hours, made of 5-minute candles without gaps in their hours' beginnings. */
export function plainTrendCross(
  candles: Candles,
  [fast, slow, trend]: [number, number, number],
): SignalKind[] {
  const { close, openTimeMs } = candles;
  const kinds = plainEmaCross(candles, fast, slow);
  const hours = new Map<number, number>();
  for (let i = 0; i < close.length; i += 1) hours.set(Math.floor(openTimeMs[i]! / 3_600_000), close[i]!);
  const names = [...hours.keys()].sort((a, b) => a - b);
  if (openTimeMs[0]! % 3_600_000 !== 0) names.shift();
  const values = plainEma(
    names.map((name) => hours.get(name)!),
    trend,
  );
  let newest = -1;
  return kinds.map((kind, i) => {
    while (newest + 1 < names.length && (names[newest + 1]! + 1) * 3_600_000 <= openTimeMs[i]! + 300_000)
      newest += 1;
    if (kind !== 'BUY') return kind;
    return side(close[i]!, values[newest] ?? NaN) === 1 ? 'BUY' : 'HOLD';
  });
}

export function plainMacd(
  { close }: Candles,
  [fast, slow, signal]: [number, number, number],
  filter: 'off' | 'below_zero' | 'above_zero' = 'off',
): SignalKind[] {
  const quick = plainEma(close, fast, slow - fast);
  const steady = plainEma(close, slow);
  const line = quick.map((value, i) => value - steady[i]!);
  const kinds = crossKinds(line, plainEma(line, signal, slow - 1), close);
  const wanted = { off: 0, below_zero: -1, above_zero: 1 }[filter];
  return kinds.map((kind, i) =>
    kind === 'BUY' && wanted !== 0 && side(line[i]!, 0, close[i]) !== wanted ? 'HOLD' : kind,
  );
}

export function plainMeanReversion(
  { close }: Candles,
  [period, factor]: [number, number],
  exit: 'middle' | 'upper',
): SignalKind[] {
  const lower: number[] = [];
  const target: number[] = [];
  for (let i = 0; i < close.length; i += 1) {
    const mean = average(close, i, period);
    let squares = 0;
    for (let j = i - period + 1; j <= i; j += 1) squares += ((close[j] ?? NaN) - mean) ** 2;
    const width = factor * Math.sqrt(squares / period);
    lower.push(mean - width);
    target.push(exit === 'middle' ? mean : mean + width);
  }
  return Array.from(close, (price, i) => {
    if (i === 0) return 'HOLD';
    const before = close[i - 1]!;
    if (side(price, target[i]!) >= 0) return side(before, target[i - 1]!) < 0 ? 'SELL' : 'HOLD';
    return side(before, lower[i - 1]!) < 0 && side(price, lower[i]!) >= 0 ? 'BUY' : 'HOLD';
  });
}

export function plainBreakout(
  candles: Candles,
  [entry, exit, atrPeriod, factor]: [number, number, number, number],
): SignalKind[] {
  const { high, low, close } = candles;
  const ranges = plainAtr(candles, atrPeriod);
  return Array.from(close, (price, i) => {
    if (i < Math.max(entry, exit)) return 'HOLD';
    let top = -Infinity;
    for (let j = i - entry; j < i; j += 1) top = Math.max(top, high[j]!);
    let bottom = Infinity;
    for (let j = i - exit; j < i; j += 1) bottom = Math.min(bottom, low[j]!);
    if (side(price, top + (factor > 0 ? factor * ranges[i - 1]! : 0)) === 1) return 'BUY';
    return side(price, bottom) === -1 ? 'SELL' : 'HOLD';
  });
}

/** `period` 0: the session's average. */
export function plainVwap(candles: Candles, period: number, bandPct: number): SignalKind[] {
  const { openTimeMs, high, low, close, volume } = candles;
  const day = (i: number) => Math.floor(openTimeMs[i]! / 86_400_000);
  const values = Array.from(close, (_, i) => {
    let [money, traded] = [0, 0];
    if (period > 0 && i < period - 1) return NaN;
    let j = i;
    for (; j >= 0 && (period > 0 ? j > i - period : day(j) === day(i)); j -= 1) {
      money += (volume[j]! * (high[j]! + low[j]! + close[j]!)) / 3;
      traded += volume[j]!;
    }
    const isCut = period === 0 && j < 0 && openTimeMs[0]! % 86_400_000 !== 0;
    if (isCut) return NaN;
    return traded === 0 ? (high[i]! + low[i]! + close[i]!) / 3 : money / traded;
  });
  const above = crossKinds(
    close,
    values.map((value) => value * (1 + bandPct / 100)),
  );
  const below = crossKinds(
    close,
    values.map((value) => value * (1 - bandPct / 100)),
  );
  return above.map((kind, i) => (kind === 'BUY' ? 'BUY' : below[i] === 'SELL' ? 'SELL' : 'HOLD'));
}

export function plainSuperTrend(candles: Candles, period: number, factor: number): SignalKind[] {
  const { high, low, close } = candles;
  const ranges = plainAtr(candles, period);
  let [upper, lower, trend] = [NaN, NaN, NaN];
  // eslint-disable-next-line complexity -- one loop on purpose: it is to be read at a glance, top to bottom
  return Array.from(close, (price, i) => {
    if (i < period) return 'HOLD';
    const middle = (high[i]! + low[i]!) / 2;
    const [top, bottom] = [middle + factor * ranges[i]!, middle - factor * ranges[i]!];
    const isFirst = i === period;
    upper = isFirst || top < upper || close[i - 1]! > upper ? top : upper;
    lower = isFirst || bottom > lower || close[i - 1]! < lower ? bottom : lower;
    const before = isFirst ? -1 : trend;
    trend = before;
    if (before === -1 && price > upper) trend = 1;
    else if (before === 1 && price < lower) trend = -1;
    if (isFirst || trend === before) return 'HOLD';
    return trend === 1 ? 'BUY' : 'SELL';
  });
}

export type PlainTrip = {
  entryTimeMs: number;
  entryPrice: number;
  exitTimeMs: number;
  exitPrice: number;
  quantity: number;
};

/** Spends all on each buy, at the next open, fees from what is bought and from what is received; nothing before `from`. */
export function tripsOf(
  candles: Candles,
  kinds: SignalKind[],
  { from, fee }: { from: number; fee: number },
): PlainTrip[] {
  const { openTimeMs, open, close } = candles;
  const trips: PlainTrip[] = [];
  let [cash, held, entryTimeMs, entryPrice] = [1_000, 0, 0, 0];
  const sell = (at: number, exitPrice: number) => {
    trips.push({ entryTimeMs, entryPrice, exitTimeMs: openTimeMs[at]!, exitPrice, quantity: held });
    cash = held * exitPrice * (1 - fee);
    held = 0;
  };
  for (let i = from + 1; i < close.length; i += 1) {
    if (kinds[i - 1] === 'BUY' && held === 0) {
      [entryTimeMs, entryPrice] = [openTimeMs[i]!, open[i]!];
      held = (cash / open[i]!) * (1 - fee);
    } else if (kinds[i - 1] === 'SELL' && held > 0) sell(i, open[i]!);
  }
  if (held > 0) sell(close.length - 1, close.at(-1)!);
  return trips;
}
