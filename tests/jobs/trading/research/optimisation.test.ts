import { describe, expect, it } from 'vitest';
import { dailyReturns, DAYS_PER_YEAR } from '../../../../jobs/trading/backtest/metrics/daily-returns.ts';
import { runBacktest, type Backtest } from '../../../../jobs/trading/backtest/run-backtest.ts';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { deflateSharpe, shapeOf } from '../../../../jobs/trading/research/deflated-sharpe.ts';
import { runMonteCarlo, toSteps } from '../../../../jobs/trading/research/monte-carlo.ts';
import { findObjective, scoreOf } from '../../../../jobs/trading/research/objectives.ts';
import { listParamFields } from '../../../../jobs/trading/research/param-fields.ts';
import { readPoint } from '../../../../jobs/trading/research/param-space.ts';
import { parseSpec } from '../../../../jobs/trading/research/param-spec.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import { ask, startSearch, tell, type Search } from '../../../../jobs/trading/research/search.ts';
import { candlesOf, splitOutOfSample } from '../../../../jobs/trading/research/windows.ts';
import { rsiCross } from '../../../../jobs/trading/strategies/rsi-cross.ts';
import type { Candles } from '../../../../jobs/trading/types.ts';

const BALANCE = 1000;

/** Hourly candles without any drift or memory: nothing can be learned from them. */
function noise(count: number, seed: number): Candles {
  const random = createRandom(seed, 'noise');
  let price = 100;
  const rows = Array.from({ length: count }, (_, index) => {
    const open = price;
    price *= Math.exp((random.fraction() - 0.5) / 30);
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    return { openTimeMs: index * 3_600_000, open, high, low, close: price, volume: 1 };
  });
  return toCandles(rows);
}

function backtest(candles: Candles, params: Record<string, unknown>): Backtest {
  return runBacktest([{ symbol: 'BTC/USDT', candles }], {
    strategy: 'RSI_CROSS',
    params,
    timeframe: '1h',
    initialBalance: money(BALANCE),
    stake: 'all',
    fee: money(0),
    slippageBps: 0,
    risk: {},
  });
}

type Tried = Backtest & { point: number; score: number | null };

/** From a specification to the best parameters and what is left of them, as an optimisation goes. */
function optimise(seed: number) {
  const parsed = parseSpec(listParamFields(rsiCross.paramsSchema), [
    'rsi_period=2..14:3',
    'oversold=30..50:10',
    'overbought=50..70:10',
  ]);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const candles = noise(2000, seed);
  const halves = splitOutOfSample({ count: candles.close.length, warmUp: 16 });
  if ('fault' in halves) throw new Error(halves.fault);
  const { space } = parsed;
  const paramsOf = (point: number): Record<string, unknown> | null => {
    const read = readPoint(space, { strategy: rsiCross, timeframe: '1h' }, point);
    return 'params' in read ? read.params : null;
  };
  const search: Search = { sampler: 'grid', space, seed, isValid: (point) => paramsOf(point) !== null };
  const { state, points } = ask(search, startSearch(), space.size);
  const train = candlesOf(candles, halves.train);
  const tried = points.map((point): Tried => {
    const result = backtest(train, paramsOf(point)!);
    const { score } = scoreOf(findObjective('sharpe')!, result.metrics);
    return { point, score, ...result };
  });
  const best = tried.reduce((a, b) => ((b.score ?? -Infinity) > (a.score ?? -Infinity) ? b : a));
  const end = tell(search, state, tried);
  const test = backtest(candlesOf(candles, halves.test), paramsOf(best.point)!);
  return { tried, best, end, test, luck: deflate(tried, best), space };
}

function deflate(tried: Tried[], best: Tried) {
  const shape = shapeOf(dailyReturns(best.simulation.curve, BALANCE))!;
  const sharpes = tried.map(({ metrics }) => metrics.sharpe).filter((sharpe) => sharpe !== null);
  const ofDays = sharpes.map((sharpe) => sharpe / Math.sqrt(DAYS_PER_YEAR));
  expect(shape.sharpe * Math.sqrt(DAYS_PER_YEAR)).toBeCloseTo(best.metrics.sharpe!, 9);
  return deflateSharpe(shape, ofDays, tried.length);
}

describe('an optimisation', () => {
  it('tries each valid combination, skips the others, and finds the best', () => {
    const { tried, best, end, space } = optimise(1);
    expect(space.size).toBe(45);
    expect(end).toMatchObject({ asked: 40, skipped: 5, pending: [], cursor: 45 });
    expect(Math.max(...tried.map(({ score }) => score ?? -Infinity))).toBe(best.score);
    expect(best.metrics.trades).toBeGreaterThan(10);
  });

  it('on noise finds what looks like profit, calls it luck, and loses it out of sample', () => {
    const results = Array.from({ length: 10 }, (_, seed) => optimise(seed));
    const average = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
    const inSample = average(results.map(({ best }) => best.metrics.sharpe!));
    const outOfSample = average(results.map(({ test }) => test.metrics.sharpe ?? 0));
    expect(inSample).toBeGreaterThan(1);
    expect(outOfSample).toBeLessThan(inSample / 2);
    const convinced = results.filter(({ luck }) => luck.probability! > 0.95);
    expect(convinced.length).toBeLessThanOrEqual(1);
  });

  it('resamples the best result’s trades to where its equity ended', () => {
    const { best } = optimise(2);
    const steps = toSteps(
      best.simulation.trades.map(({ pnl }) => pnl),
      BALANCE,
      'compound',
    );
    const { observed, finalReturn } = runMonteCarlo({
      steps,
      growth: 'compound',
      method: 'shuffle',
      runs: 100,
      random: createRandom(1, 'monte-carlo'),
    });
    expect(observed.finalReturn).toBeCloseTo(best.metrics.totalReturn!, 9);
    expect(finalReturn.p50).toBeCloseTo(best.metrics.totalReturn!, 9);
  });
});
