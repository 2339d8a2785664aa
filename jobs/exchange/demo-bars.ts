/**
 * The price of the demo venue, top down: a day's bar comes from a slow random curve; each bar splits into the bars of the
 * next finer level so that these join, stay inside it and touch both its ends. So any bar is a pure function of symbol and
 * time, and a coarse one is exactly the aggregate of the finer ones. Whole ticks and lots, and only the arithmetic that
 * every engine rounds alike.
 */
import { hashFraction } from './demo-hash.ts';
import type { DemoSymbol } from './demo-symbols.ts';

/** Prices in ticks, volume in lots. */
export type Bar = { open: number; high: number; low: number; close: number; volume: number };

/** The ladder: each level splits into the next. */
export const LEVELS_MS = [86_400_000, 3_600_000, 60_000, 1_000] as const;

const DAY = 0;
const CURVE = 8;

/** Octaves of the slow curve: period in days, amplitude as a fraction of the symbol's price. */
const OCTAVES = [
  [256, 0.25],
  [64, 0.12],
  [16, 0.06],
  [4, 0.03],
  [1, 0.012],
] as const;

/**
 * Per level of children: the largest step of the path and the smallest and largest wick, as fractions of the price. A wick is
 * never shorter than the next level's smallest, so that the next level's path has room.
 */
const SHAPES = [
  { step: 0, wick: 0.006, moreWick: 0.015 },
  { step: 0.009, wick: 0.002, moreWick: 0.004 },
  { step: 0.0015, wick: 0.0006, moreWick: 0.0024 },
] as const;

type Shape = (typeof SHAPES)[number];

/** Where a bar sits: `level` indexes `LEVELS_MS`, `index` counts its bars since the epoch. */
export type BarKey = { seed: number; level: number; index: number };

/** Returns the bar of a day. */
export function dayBar(symbol: DemoSymbol, seed: number, day: number): Bar {
  const open = curve(symbol, seed, day);
  const close = curve(symbol, seed, day + 1);
  const random = (salt: number) => hashFraction([seed, DAY, day, salt]);
  const { wick, moreWick } = SHAPES[DAY];
  const wickTicks = (salt: number) => Math.round(symbol.priceTicks * (wick + moreWick * random(salt)));
  return {
    open,
    close,
    high: Math.max(open, close) + wickTicks(1),
    low: Math.min(open, close) - wickTicks(2),
    volume: Math.round(symbol.lotsPerDay * (0.6 + 0.8 * random(3))),
  };
}

/** Smoothed value noise, in ticks, at the start of a day. */
function curve(symbol: DemoSymbol, seed: number, day: number): number {
  let factor = 1;
  for (const [period, amplitude] of OCTAVES) {
    const knot = Math.floor(day / period);
    const at = day / period - knot;
    const from = hashFraction([seed, CURVE + period, knot, 0]);
    const to = hashFraction([seed, CURVE + period, knot + 1, 0]);
    factor += amplitude * (2 * (from + (to - from) * at * at * (3 - 2 * at)) - 1);
  }
  return Math.round(symbol.priceTicks * factor);
}

/** Returns the bars that a bar splits into, oldest first. `key` is the parent's. */
export function splitBar(parent: Bar, key: BarKey): Bar[] {
  const childLevel = key.level + 1;
  const count = (LEVELS_MS[key.level] ?? 0) / (LEVELS_MS[childLevel] ?? 1);
  const random = (salt: number) => hashFraction([key.seed, childLevel, key.index, salt]);
  const shape = SHAPES[childLevel];
  const bars = shape ? bridgeBars(parent, { count, random, shape }) : waveBars(parent, count, random);
  return withVolumes(bars, parent.volume, random);
}

type Random = (salt: number) => number;
type PriceBar = Omit<Bar, 'volume'>;

/** A random walk from open to close, folded into the parent's range with room for wicks. */
function bridgeBars(
  parent: Bar,
  { count, random, shape }: { count: number; random: Random; shape: Shape },
): PriceBar[] {
  const margin = Math.ceil(parent.open * shape.wick);
  const walk = [0];
  for (let at = 1; at <= count; at += 1) {
    walk.push((walk[at - 1] ?? 0) + parent.open * shape.step * (2 * random(at) - 1));
  }
  const drift = (parent.close - parent.open - (walk[count] ?? 0)) / count;
  const points = walk.map((offset, at) =>
    at === count
      ? parent.close
      : fold(Math.round(parent.open + offset + drift * at), parent.low + margin, parent.high - margin),
  );
  const wick = (salt: number) => margin + Math.floor(parent.open * shape.moreWick * random(salt));
  const bars = toBars(points, parent, (at) => [wick(100 + at), wick(200 + at)]);
  return touchEnds(bars, parent);
}

/** Reflects a value at both ends until it is inside. */
function fold(value: number, low: number, high: number): number {
  let folded = value;
  while (folded < low || folded > high) folded = folded < low ? 2 * low - folded : 2 * high - folded;
  return folded;
}

/** The bars that join the points, with wicks that stay inside the parent. */
function toBars(
  points: number[],
  parent: Bar,
  wicks: (at: number) => [up: number, down: number],
): PriceBar[] {
  return points.slice(1).map((close, at) => {
    const open = points[at] ?? close;
    const [up, down] = wicks(at);
    const high = Math.min(parent.high, Math.max(open, close) + up);
    return { open, close, high, low: Math.max(parent.low, Math.min(open, close) - down) };
  });
}

/** Lets the highest bar reach the parent's high, and the lowest its low. */
function touchEnds(bars: PriceBar[], parent: Bar): PriceBar[] {
  const highest = bars.reduce((best, bar) => (bar.high > best.high ? bar : best));
  const lowest = bars.reduce((best, bar) => (bar.low < best.low ? bar : best));
  highest.high = parent.high;
  lowest.low = parent.low;
  return bars;
}

/** Noise of a second's price, in its stretch's price change per second. */
const NOISE = 2;

/**
 * The seconds of a minute: down to its low in the first part, up to its high, and back to its close, with noise in
 * proportion to each slope. Each stretch is longer than 14 s, so that an RSI(14) on seconds crosses both its thresholds in
 * nearly every minute: a demonstration that shows something within a minute or two.
 */
function waveBars(parent: Bar, count: number, random: Random): PriceBar[] {
  const knots = [
    [0, parent.open],
    [15 + Math.floor(8 * random(1)), parent.low],
    [38 + Math.floor(8 * random(2)), parent.high],
    [count, parent.close],
  ] as const;
  const points = [parent.open];
  const noises = [0];
  for (let stretch = 1; stretch < knots.length; stretch += 1) {
    const [fromSecond, from] = knots[stretch - 1] ?? knots[0];
    const [toSecond, to] = knots[stretch] ?? knots[0];
    const slope = (to - from) / (toSecond - fromSecond);
    const noise = NOISE * Math.abs(slope);
    for (let at = fromSecond + 1; at < toSecond; at += 1) {
      const value = Math.round(from + slope * (at - fromSecond) + noise * (2 * random(300 + at) - 1));
      points.push(Math.min(parent.high, Math.max(parent.low, value)));
      noises.push(noise);
    }
    points.push(to);
    noises.push(noise);
  }
  const wick = (at: number, salt: number) => Math.floor((noises[at] ?? 0) * random(salt + at));
  return toBars(points, parent, (at) => [wick(at, 400), wick(at, 500)]);
}

/** Shares the parent's volume out: each child has some, and all of them have it all. */
function withVolumes(bars: PriceBar[], volume: number, random: Random): Bar[] {
  const sums = [0];
  for (let at = 0; at < bars.length; at += 1) sums.push((sums[at] ?? 0) + 0.4 + 1.2 * random(600 + at));
  const total = sums[bars.length] ?? 1;
  const until = (at: number) =>
    at === bars.length ? volume : Math.floor((volume * (sums[at] ?? 0)) / total);
  return bars.map((bar, at) => ({ ...bar, volume: until(at + 1) - until(at) }));
}
