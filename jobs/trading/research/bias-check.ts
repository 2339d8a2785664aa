import { sliceCandles } from '../candles.ts';
import type { IndicatorSeries, StrategyInput } from '../strategies/strategy.ts';
import { chooseCandles, compareSignals, type Probe, type SignalDifference } from './signal-probe.ts';

/** How far one indicator line of a part lies from that of all candles, at the part's newest candle. */
export type LineDifference = {
  id: string;
  label: string;
  /** Candles at which the line differs by more than floating point noise, or is there in one of both alone. */
  differing: number;
  /** The largest difference, as a fraction of the line's largest absolute value among the candles examined. */
  largest: number;
  firstIndex: number | null;
};

/** What a check found. A strategy passes with `differing` 0; lines are shown to find the cause. */
export type BiasReport = {
  /** What was compared, unless signals: the trades of a strategy that keeps orders. */
  by?: 'orders';
  /** Candles examined, and how many of them have a signal. */
  checked: number;
  acting: number;
  /** Candles examined whose signal differs, and their share of those examined. */
  differing: number;
  share: number;
  first: SignalDifference | null;
  lines: LineDifference[];
};

/** Nearer than this fraction of a line's largest value is the same value. */
const NOISE = 1e-9;

/**
 * Looks for signals that know the future: at each candle examined, what the strategy says with all candles given must equal
 * what it says with the candles up to that one alone. Give it a few thousand candles: every candle examined takes a scan.
 *
 * Source: the idea of freqtrade's lookahead-analysis, docs/lookahead-analysis.md.
 */
export function checkLookAhead(probe: Probe): BiasReport {
  return check(probe, () => 0);
}

/**
 * Looks for a warm-up that is too short: at each candle examined, what the strategy says with all candles given must equal
 * what it says with the newest `warmUp` candles up to that one alone, which is what live trading loads.
 *
 * Source: the idea of freqtrade's recursive-analysis, docs/recursive-analysis.md.
 */
export function checkWarmUp(probe: Probe): BiasReport {
  const warmUp = probe.strategy.warmUp(probe.params, probe.input.timeframe);
  return check(probe, (index) => index + 1 - warmUp);
}

/** `startOf` says with which candle the part that ends at a candle begins. */
function check(probe: Probe, startOf: (index: number) => number): BiasReport {
  const { strategy, params, input } = probe;
  const whole = strategy.scan(params, input);
  const lines = strategy.indicators(params, input).map(createLine);
  const first = Math.max(0, strategy.warmUp(params, input.timeframe) - 1);
  const chosen = chooseCandles(whole, first, probe);
  const differences: SignalDifference[] = [];
  for (const index of chosen) {
    const part = partOf(input, startOf(index), index + 1);
    const newest = part.candles.close.length - 1;
    const scan = strategy.scan(params, part);
    const difference = compareSignals(input, { scan: whole, index }, { scan, index: newest });
    if (difference) differences.push(difference);
    for (const line of strategy.indicators(params, part))
      lines.find(({ id }) => id === line.id)?.add(index, line);
  }
  return {
    checked: chosen.length,
    acting: chosen.filter((index) => whole.acts[index] === 1).length,
    differing: differences.length,
    share: chosen.length === 0 ? 0 : differences.length / chosen.length,
    first: differences[0] ?? null,
    lines: lines.map(({ report }) => report()),
  };
}

function partOf(input: StrategyInput, from: number, to: number): StrategyInput {
  return { ...input, candles: sliceCandles(input.candles, Math.max(0, from), to) };
}

type Line = {
  id: string;
  add: (index: number, part: IndicatorSeries) => void;
  report: () => LineDifference;
};

/** Gathers how one line of the parts differs from that of all candles. */
function createLine({ id, label, values }: IndicatorSeries): Line {
  const compared: { index: number; distance: number }[] = [];
  let scale = 0;
  return {
    id,
    add: (index, part) => {
      const whole = values[index] ?? NaN;
      const newest = part.values.at(-1) ?? NaN;
      if (Number.isFinite(whole)) scale = Math.max(scale, Math.abs(whole));
      compared.push({ index, distance: distanceOf(whole, newest) });
    },
    report: () => {
      const differing = compared.filter(({ distance }) => distance > NOISE * scale);
      const finite = compared.map(({ distance }) => distance).filter(Number.isFinite);
      const largest = finite.reduce((most, distance) => Math.max(most, distance), 0);
      return {
        id,
        label,
        differing: differing.length,
        largest: scale === 0 ? 0 : largest / scale,
        firstIndex: differing[0]?.index ?? null,
      };
    },
  };
}

/** Infinite where one of both is absent. */
function distanceOf(whole: number, part: number): number {
  if (Number.isNaN(whole) || Number.isNaN(part))
    return Number.isNaN(whole) === Number.isNaN(part) ? 0 : Infinity;
  return whole === part ? 0 : Math.abs(whole - part);
}
