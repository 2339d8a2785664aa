import { createOrderRun, wishAt, type OrderRun } from '../backtest/order-run.ts';
import { runBacktest } from '../backtest/run-backtest.ts';
import type { BacktestTrade } from '../backtest/run.ts';
import { sliceCandles } from '../candles.ts';
import type { OrderWish } from '../order-strategies/order-strategy.ts';
import { timeframeMs } from '../timeframe.ts';
import type { Candles, Signal } from '../types.ts';
import type { BiasReport } from './bias-check.ts';
import type { Random } from './random.ts';
import type { TestBench } from './trial.ts';
import { candlesOf, type Window } from './windows.ts';

/** Places at which the candles are cut, at most: each takes a backtest of its own. */
const CUTS = 20;
/** A cut this near the start leaves nothing to compare. */
export const FIRST_CUT = 2;

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
    return { hasActed: all.length > 0, isSame: JSON.stringify(all) === JSON.stringify(part) };
  });
  return toReport(compared);
}

/** What was done until a cut, and whether it was the same with the later candles. */
export type Compared = { hasActed: boolean; isSame: boolean };

/** Returns what comparisons at cuts came to. */
export function toReport(compared: readonly Compared[]): BiasReport {
  const checked = compared.length;
  const differing = compared.filter(({ isSame }) => !isSame).length;
  return {
    ...NOTHING_EXAMINED,
    checked,
    acting: compared.filter(({ hasActed }) => hasActed).length,
    differing,
    share: checked === 0 ? 0 : differing / checked,
  };
}

/** Returns where to cut candles, as how many are left: all places from `first` on, or some at random, ascending. */
export function chooseCuts(first: number, end: number, random: Random): number[] {
  const places = end - first;
  if (places <= CUTS) return Array.from({ length: Math.max(0, places) }, (_, at) => first + at);
  const chosen = new Set<number>();
  while (chosen.size < CUTS) chosen.add(first + random.below(places));
  return [...chosen].sort((one, other) => one - other);
}

/** Candles at whose close a start is decided twice, at most. */
const EXAMINED_CANDLES = 2_000;

type StartProbe = Omit<OrderProbe, 'random'>;

/**
 * Looks for a warm-up that is too short, of a strategy that keeps orders: what it wants at the close of a candle, holding nothing
 * and having bought nothing yet, must be the same from the candles that live trading loads (`countCandles`) as from all before
 * them. One that looks at no candle of the past passes with nothing examined. Throws as a backtest does.
 */
export function checkOrderWarmUp(bench: TestBench, { params, window }: StartProbe): BiasReport {
  const candles = candlesOf(bench.candles, window);
  const warmUp = window.from - window.warmFrom;
  const settings = { ...bench.settings, strategy: bench.strategy.name, params };
  return compareStarts(createOrderRun([{ symbol: bench.symbol, candles, warmUp }], settings));
}

/** Compares what a run that has not begun wants with all candles and with those that it asks for. */
export function compareStarts(run: OrderRun): BiasReport {
  const { candles, lookBack } = run;
  const count = candles.close.length;
  if (lookBack === 0) return NOTHING_EXAMINED;
  const oldest = Math.max(0, count - EXAMINED_CANDLES - lookBack);
  const first = oldest + lookBack;
  const starts = Array.from({ length: Math.max(0, count - first) }, (_, at) => {
    const end = first + at + 1;
    const whole = startAt(run, sliceCandles(candles, oldest, end));
    const part = startAt(run, sliceCandles(candles, end - lookBack, end));
    return { index: first + at, openTimeMs: candles.openTimeMs[first + at] ?? NaN, whole, part };
  });
  const differing = starts.filter(({ whole, part }) => whole.orders !== part.orders);
  const found = differing[0];
  return {
    by: 'orders',
    checked: starts.length,
    acting: starts.filter(({ whole }) => whole.signal.kind === 'BUY').length,
    differing: differing.length,
    share: starts.length === 0 ? 0 : differing.length / starts.length,
    first: found ? { ...found, isHolding: false, whole: found.whole.signal, part: found.part.signal } : null,
    lines: [],
  };
}

type Start = { orders: string; signal: Signal };

/** What is wanted at the close of the newest of these candles. */
function startAt(run: OrderRun, seen: Candles): Start {
  const closeMs = (seen.openTimeMs.at(-1) ?? NaN) + timeframeMs(run.settings.timeframe);
  const price = run.toMoney(seen.close.at(-1) ?? NaN);
  const { orders, reason } = wishAt(run, { price, timeMs: closeMs, index: 0 }, seen);
  const kind = orders.some(({ side }) => side === 'BUY') ? 'BUY' : 'HOLD';
  return { orders: orders.map(sayOrder).join(), signal: { kind, confidence: 0, reason } };
}

const sayOrder = ({ slot, side, type, quantity, limitPrice }: OrderWish['orders'][number]) =>
  [slot, side, type, quantity.toFixed(), limitPrice?.toFixed()].join(' ');

/** Nothing is examined of a strategy that looks at no candle of the past: none has to be loaded. */
export const NOTHING_EXAMINED: BiasReport = {
  by: 'orders',
  checked: 0,
  acting: 0,
  differing: 0,
  share: 0,
  first: null,
  lines: [],
};
