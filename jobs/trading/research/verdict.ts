import { DAYS_PER_YEAR, dailyReturns } from '../backtest/metrics/daily-returns.ts';
import { checkLookAhead, checkWarmUp, type BiasReport } from './bias-check.ts';
import { deflateSharpe, shapeOf, type DeflatedSharpe } from './deflated-sharpe.ts';
import { runMonteCarlo, toSteps, type MonteCarloResult } from './monte-carlo.ts';
import { findOrderStrategy } from '../order-strategies/registry.ts';
import { checkOrders, checkOrderWarmUp } from './order-check.ts';
import { readPoint } from './param-space.ts';
import { createRandom } from './random.ts';
import { sliceCandles } from '../candles.ts';
import { runPoint, type TestBench } from './trial.ts';
import type { Window } from './windows.ts';

/** What is left of the best result when luck is reckoned with. A part is `null` where there is too little to say it. */
export type Verdict = {
  deflated: DeflatedSharpe | null;
  lookAhead: BiasReport;
  warmUp: BiasReport;
  /** The winner's trades in another order, and its days drawn anew in blocks; both of the window that was searched. */
  tradeOrder: MonteCarloResult | null;
  dayBlocks: MonteCarloResult | null;
};

export type VerdictQuestion = {
  point: number;
  /** What was searched. */
  window: Window;
  /** Yearly Sharpe ratios of every set tried that has one, and how many were tried. */
  sharpes: readonly number[];
  tried: number;
  seed: string;
};

const CARLO_RUNS = 1_000;
/** Candles on which the strategy is examined, beside its warm-up, and of those how many: each takes a scan of its own. */
const EXAMINED_CANDLES = 2_000;
const EXAMINED_SIGNALS = 150;

/** What is said of the winner by its own figures. */
export type Luck = Pick<Verdict, 'deflated' | 'tradeOrder' | 'dayBlocks'>;

/** Returns how much of a winner's figures may be luck. Throws a RangeError where its parameters are refused. */
export function judgeLuck(bench: TestBench, question: VerdictQuestion): Luck {
  const { seed, point, window } = question;
  const backtest = runPoint(bench, window, point);
  const initial = bench.settings.initialBalance.toNumber();
  const days = dailyReturns(backtest.simulation.curve, initial);
  const trades = toSteps(
    backtest.simulation.trades.map(({ pnl }) => pnl),
    initial,
    growthOf(bench),
  );
  return {
    deflated: deflate(days, question),
    tradeOrder: imagine(trades, { growth: growthOf(bench), method: 'shuffle', seed }),
    dayBlocks: imagine(days, { growth: 'compound', method: 'stationary', seed }),
  };
}

/** What is looked for in the winner's signals. */
export type BiasCheck = 'lookAhead' | 'warmUp';

/** Returns what one check says of a winner. Throws a RangeError where its parameters are refused. */
export function examineWinner(bench: TestBench, check: BiasCheck, question: VerdictQuestion): BiasReport {
  const { strategy, settings, space } = bench;
  const { point, window, seed } = question;
  const read = readPoint(space, { strategy, timeframe: settings.timeframe }, point);
  if ('fault' in read) throw new RangeError(read.fault);
  const { params } = read;
  const random = createRandom(seed, check === 'lookAhead' ? 'look-ahead' : 'warm-up');
  if (findOrderStrategy(strategy.name))
    return check === 'lookAhead'
      ? checkOrders(bench, { params, window, random })
      : checkOrderWarmUp(bench, { params, window });
  const from = window.to - EXAMINED_CANDLES - strategy.warmUp(params, settings.timeframe);
  const candles = sliceCandles(bench.candles, Math.max(0, from), window.to);
  const input = { candles, timeframe: settings.timeframe };
  const probe = { strategy, params, input, limit: EXAMINED_SIGNALS, random };
  return check === 'lookAhead' ? checkLookAhead(probe) : checkWarmUp(probe);
}

const growthOf = ({ settings }: TestBench) => (settings.stake === 'all' ? 'compound' : 'fixed');

function deflate(days: Float64Array, { sharpes, tried }: VerdictQuestion): DeflatedSharpe | null {
  const shape = shapeOf(days);
  if (!shape) return null;
  const ofDays = Float64Array.from(sharpes, (sharpe) => sharpe / Math.sqrt(DAYS_PER_YEAR));
  return deflateSharpe(shape, ofDays, tried);
}

type Imagined = { growth: 'compound' | 'fixed'; method: 'shuffle' | 'stationary'; seed: string };

function imagine(steps: Float64Array, { growth, method, seed }: Imagined): MonteCarloResult | null {
  if (steps.length < 2) return null;
  const random = createRandom(seed, `monte-carlo/${method}`);
  return runMonteCarlo({ steps, growth, method, runs: CARLO_RUNS, random });
}
