import { money, ZERO } from '../decimal.ts';
import type { Scan, Strategy, StrategyInput } from '../strategies/strategy.ts';
import type { Position, Signal } from '../types.ts';
import type { Random } from './random.ts';

/** A strategy to examine. `limit` bounds how many candles are examined, since each takes a scan of its own. */
export type Probe = {
  strategy: Strategy;
  /** Already parsed by the strategy's schema. */
  params: Record<string, unknown>;
  input: StrategyInput;
  random: Random;
  limit?: number;
};

/** One candle of which two scans say different things. `whole` is what the scan of all candles says, as a backtest hears it. */
export type SignalDifference = {
  index: number;
  openTimeMs: number;
  isHolding: boolean;
  whole: Signal;
  part: Signal;
};

const DEFAULT_LIMIT = 1_000;
/** Confidence that differs by less is the same, computed in another order. */
const TOLERANCE = 1e-9;
const SILENT: Signal = { kind: 'HOLD', confidence: 0, reason: 'The scan says that nothing happens here.' };

/**
 * Returns which candles to examine, ascending, from index `from` on: all if there are no more than the limit; else those
 * where the strategy may act (up to the limit), filled up with others at random.
 */
export function chooseCandles(
  { acts }: Scan,
  from: number,
  { random, limit = DEFAULT_LIMIT }: Probe,
): number[] {
  const [acting, quiet]: [number[], number[]] = [[], []];
  for (let index = from; index < acts.length; index += 1) {
    if (acts[index] === 1) acting.push(index);
    else quiet.push(index);
  }
  const chosen = take(acting, limit, random);
  return [...chosen, ...take(quiet, limit - chosen.length, random)].sort((a, b) => a - b);
}

/** Moves `count` of the values, at random, to the front and returns them; all where there are no more. */
function take(values: number[], count: number, random: Random): number[] {
  if (values.length <= count) return values;
  for (let place = 0; place < count; place += 1) {
    const other = place + random.below(values.length - place);
    [values[place], values[other]] = [values[other] ?? NaN, values[place] ?? NaN];
  }
  return values.slice(0, count);
}

/** What a scan says of a candle, flat and holding. */
type Heard = { scan: Scan; index: number };

/**
 * Compares what the scan of all candles says of one candle with what the scan of some says of its newest, flat and then
 * holding. A backtest asks only where the scan may act; live trading always asks.
 */
export function compareSignals(
  { candles }: StrategyInput,
  whole: Heard,
  part: Heard,
): SignalDifference | undefined {
  const openTimeMs = candles.openTimeMs[whole.index] ?? NaN;
  for (const position of [null, heldSince(candles.open[whole.index] ?? NaN, openTimeMs)]) {
    const heard = whole.scan.acts[whole.index] === 1 ? hear(whole, position) : SILENT;
    const asked = hear(part, position);
    if (isSame(heard, asked)) continue;
    return { index: whole.index, openTimeMs, isHolding: position !== null, whole: heard, part: asked };
  }
  return undefined;
}

function isSame(heard: Signal, asked: Signal): boolean {
  if (heard === SILENT) return asked.kind === 'HOLD';
  return heard.kind === asked.kind && Math.abs(heard.confidence - asked.confidence) <= TOLERANCE;
}

function hear({ scan, index }: Heard, position: Position | null): Signal {
  const { kind, confidence, explain } = scan.signalAt(index, position);
  return { kind, confidence, reason: explain() };
}

/** One unit bought at that price. */
function heldSince(price: number, openedAtMs: number): Position {
  const paid = Number.isFinite(price) ? money(price) : ZERO;
  return { quantity: money(1), cost: paid, entryPrice: paid, highPrice: paid, openedAtMs };
}
