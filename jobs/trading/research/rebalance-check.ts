import type { RebalanceRun } from '../backtest/rebalance-run.ts';
import type { BacktestSettings, PairCandles } from '../backtest/settings.ts';
import { simulateRebalance } from '../backtest/simulate-rebalance.ts';
import { findFrom, sliceCandles } from '../candles.ts';
import type { BiasReport } from './bias-check.ts';
import { chooseCuts, FIRST_CUT, NOTHING_EXAMINED, toReport } from './order-check.ts';
import { createRandom, type Random } from './random.ts';
import type { Verdict } from './verdict.ts';

/** Newest candles of each pair on which it is examined: each cut takes a backtest of its own. */
const EXAMINED_CANDLES = 5_000;

/**
 * Examines a strategy that decides for several pairs at once by its own backtest: its fills must not depend on later candles.
 * It decides by the newest closes and what it holds, and looks at no candle of the past: no warm-up is to be examined.
 * Throws as the backtest does.
 */
export function checkRebalance(
  pairs: readonly PairCandles[],
  settings: BacktestSettings,
): Pick<Verdict, 'lookAhead' | 'warmUp'> {
  const fillsOf: FillsOf = (given) => {
    let run: RebalanceRun | undefined;
    simulateRebalance(given, settings, (seen) => (run = seen));
    return run?.fills ?? [];
  };
  const random = createRandom('rebalance', 'look-ahead');
  return { lookAhead: compareCutFills(pairs, fillsOf, random), warmUp: NOTHING_EXAMINED };
}

/** What fills in a backtest of these pairs, the oldest first. */
export type FillsOf = (pairs: readonly PairCandles[]) => RebalanceRun['fills'];

/**
 * Returns whether what fills until a moment is the same when the candles of all pairs end there. Only the newest candles of the
 * time in which there are all pairs are looked at; where that is too short, nothing is `checked`.
 */
export function compareCutFills(pairs: readonly PairCandles[], fillsOf: FillsOf, random: Random): BiasReport {
  const examined = newestTogether(pairs);
  const timesMs = examined[0]?.candles.openTimeMs ?? new Float64Array();
  const cuts = chooseCuts(FIRST_CUT, timesMs.length, random);
  const whole = cuts.length === 0 ? [] : fillsOf(examined);
  const compared = cuts.flatMap((at) => {
    const part = examined.map((pair) => between(pair, -Infinity, timesMs[at] ?? NaN));
    // At the last candle of a pair what it holds is sold: only what filled before that is compared.
    const lastMs = Math.min(...part.map(({ candles }) => candles.openTimeMs.at(-1) ?? -Infinity));
    if (lastMs === -Infinity) return [];
    const said = (fills: RebalanceRun['fills']) => fills.filter(({ fill }) => fill.timeMs < lastMs).map(say);
    const [all, cut] = [said(whole), said(fillsOf(part))];
    return [{ hasActed: all.length > 0, isSame: all.join() === cut.join() }];
  });
  return toReport(compared);
}

function newestTogether(pairs: readonly PairCandles[]): PairCandles[] {
  const spans = pairs.map(({ candles: { openTimeMs } }) => ({
    firstMs: openTimeMs[0] ?? Infinity,
    lastMs: openTimeMs.at(-1) ?? -Infinity,
  }));
  const endMs = Math.min(...spans.map(({ lastMs }) => lastMs)) + 1;
  const startMs = Math.max(
    ...spans.map(({ firstMs }) => firstMs),
    ...pairs.map(({ candles: { openTimeMs } }) => {
      const end = findFrom(openTimeMs, endMs);
      return openTimeMs[Math.max(0, end - EXAMINED_CANDLES)] ?? Infinity;
    }),
  );
  return pairs.map((pair) => between(pair, startMs, endMs));
}

/** Its candles from a time up to another, exclusive; none of them is for warm-up alone. */
function between({ symbol, candles }: PairCandles, fromMs: number, toMs: number): PairCandles {
  const { openTimeMs } = candles;
  return { symbol, candles: sliceCandles(candles, findFrom(openTimeMs, fromMs), findFrom(openTimeMs, toMs)) };
}

const say = ({ symbol, fill: { side, timeMs, quantity, price } }: RebalanceRun['fills'][number]) =>
  [symbol, side, timeMs, quantity.toFixed(), price.toFixed()].join(' ');
