import { runBacktest } from '../backtest/run-backtest.ts';
import type { BacktestTrade } from '../backtest/run.ts';
import { sliceCandles } from '../candles.ts';
import type { BiasReport } from './bias-check.ts';
import type { Random } from './random.ts';
import type { TestBench } from './trial.ts';
import { candlesOf, type Window } from './windows.ts';

/** Places at which the candles are cut, at most: each takes a backtest of its own. */
const CUTS = 20;
/** A cut this near the start leaves nothing to compare. */
const FIRST_CUT = 2;

type OrderProbe = { params: Record<string, unknown>; window: Window; random: Random };

/**
 * Looks for orders that know the future, of a strategy that keeps orders and gives no signals: the trades until a candle must be
 * the same whether later candles are there or not. `checked` are the places where the candles were cut, `acting` those with a
 * trade before them. Throws as a backtest does.
 */
export function checkOrders(bench: TestBench, { params, window, random }: OrderProbe): BiasReport {
  const candles = candlesOf(bench.candles, window);
  const warmUp = window.from - window.warmFrom;
  const tradesUntil = (end: number): BacktestTrade[] => {
    const pair = { symbol: bench.symbol, candles: sliceCandles(candles, 0, end), warmUp };
    const settings = { ...bench.settings, strategy: bench.strategy.name, params };
    return runBacktest([pair], settings).simulation.trades;
  };
  const whole = tradesUntil(candles.close.length);
  const cuts = chooseCuts(warmUp + FIRST_CUT, candles.close.length, random);
  const compared = cuts.map((end) => {
    const lastMs = candles.openTimeMs[end - 1] ?? NaN;
    const isOver = ({ exitTimeMs }: BacktestTrade) => exitTimeMs < lastMs;
    const [all, part] = [whole.filter(isOver), tradesUntil(end).filter(isOver)];
    return { hasTrades: all.length > 0, isSame: JSON.stringify(all) === JSON.stringify(part) };
  });
  const differing = compared.filter(({ isSame }) => !isSame).length;
  return {
    by: 'orders',
    checked: cuts.length,
    acting: compared.filter(({ hasTrades }) => hasTrades).length,
    differing,
    share: cuts.length === 0 ? 0 : differing / cuts.length,
    first: null,
    lines: [],
  };
}

function chooseCuts(first: number, end: number, random: Random): number[] {
  const places = end - first;
  if (places <= CUTS) return Array.from({ length: Math.max(0, places) }, (_, at) => first + at);
  const chosen = new Set<number>();
  while (chosen.size < CUTS) chosen.add(first + random.below(places));
  return [...chosen].sort((one, other) => one - other);
}

/** Orders are kept by books and price alone: no candle of the past is looked at, so none has to be loaded. */
export const NO_WARM_UP: BiasReport = {
  by: 'orders',
  checked: 0,
  acting: 0,
  differing: 0,
  share: 0,
  first: null,
  lines: [],
};
