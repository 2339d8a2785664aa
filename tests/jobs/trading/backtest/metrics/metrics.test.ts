import { describe, expect, it } from 'vitest';
import type { EquityCurve } from '../../../../../jobs/trading/backtest/equity-curve.ts';
import { buyAndHold } from '../../../../../jobs/trading/backtest/metrics/buy-and-hold.ts';
import { cagr } from '../../../../../jobs/trading/backtest/metrics/cagr.ts';
import { calmar } from '../../../../../jobs/trading/backtest/metrics/calmar.ts';
import { DAY_MS, dailyReturns } from '../../../../../jobs/trading/backtest/metrics/daily-returns.ts';
import { drawdownCurve, maxDrawdown } from '../../../../../jobs/trading/backtest/metrics/drawdown.ts';
import { expectancy } from '../../../../../jobs/trading/backtest/metrics/expectancy.ts';
import { exposure } from '../../../../../jobs/trading/backtest/metrics/exposure.ts';
import { measure } from '../../../../../jobs/trading/backtest/metrics/metrics.ts';
import { monthlyReturns } from '../../../../../jobs/trading/backtest/metrics/monthly-returns.ts';
import { profitFactor } from '../../../../../jobs/trading/backtest/metrics/profit-factor.ts';
import { sharpe } from '../../../../../jobs/trading/backtest/metrics/sharpe.ts';
import { sortino } from '../../../../../jobs/trading/backtest/metrics/sortino.ts';
import { sqn } from '../../../../../jobs/trading/backtest/metrics/sqn.ts';
import { totalReturn } from '../../../../../jobs/trading/backtest/metrics/total-return.ts';
import { winsAndLosses } from '../../../../../jobs/trading/backtest/metrics/wins-and-losses.ts';
import { simulate } from '../../../../../jobs/trading/backtest/simulate.ts';
import {
  BUY_SIGNAL,
  MINUTE,
  pairOf,
  settingsOf,
  tableOf,
  type TableRow,
} from '../../../../support/backtest-tables.ts';

const HALF_DAY = DAY_MS / 2;
const START = Date.UTC(2024, 0, 30);

/** Equity at the closes of half-day candles from 2024-01-30 on. */
function curveOf(...equity: number[]): EquityCurve {
  return {
    timeMs: Float64Array.from(equity, (_, at) => START + at * HALF_DAY),
    equity: Float64Array.from(equity),
  };
}

// Days end at 110, 99 and 108.9: +10 %, -10 %, +10 %.
const THREE_DAYS = curveOf(105, 110, 104, 99, 100, 108.9);
const PNLS = [30, -10, 20, 0, -20];

describe('daily returns', () => {
  it('compare the last closes of UTC days, the first with what the run began with', () => {
    const [first, second, third, ...more] = dailyReturns(THREE_DAYS, 100);
    expect([first, second, third].map((value) => value!.toFixed(12))).toEqual([
      '0.100000000000',
      '-0.100000000000',
      '0.100000000000',
    ]);
    expect(more).toEqual([]);
  });

  it('are 0 on days without candles', () => {
    const curve = { timeMs: Float64Array.of(START, START + 3 * DAY_MS), equity: Float64Array.of(110, 121) };
    expect([...dailyReturns(curve, 100)].map((value) => Number(value.toFixed(9)))).toEqual([0.1, 0, 0, 0.1]);
  });

  it('are none without candles', () => {
    expect([...dailyReturns(curveOf(), 100)]).toEqual([]);
  });
});

describe('ratios of risk and return', () => {
  const returns = Float64Array.of(0.1, -0.1, 0.1);

  it('are those of a table computed by hand', () => {
    // Mean 1/30; deviations 1/15, -2/15, 1/15: variance (1 + 4 + 1)/225/2 = 1/75; downside root(0.01/3).
    expect(sharpe(returns)).toBeCloseTo((1 / 30) * Math.sqrt(75) * Math.sqrt(365), 10);
    expect(sortino(returns)).toBeCloseTo((1 / 30 / Math.sqrt(0.01 / 3)) * Math.sqrt(365), 10);
  });

  it('are null where they mean nothing', () => {
    expect([sharpe(Float64Array.of(0.1)), sortino(Float64Array.of(-0.1)), sharpe(Float64Array.of())]).toEqual(
      [null, null, null],
    );
    expect([sharpe(Float64Array.of(0, 0)), sortino(Float64Array.of(0.1, 0.2))]).toEqual([null, null]);
    expect([calmar(null, 10), calmar(10, 0), calmar(50, 10)]).toEqual([null, null, 5]);
  });

  it('grow by the year', () => {
    expect(cagr({ initial: 100, final: 121, durationMs: 730 * DAY_MS })).toBeCloseTo(0.1, 10);
    expect(cagr({ initial: 100, final: 50, durationMs: 365 * DAY_MS })).toBeCloseTo(-0.5, 10);
    expect(cagr({ initial: 100, final: 110, durationMs: HALF_DAY })).toBeNull();
    expect(cagr({ initial: 1, final: 1e300, durationMs: DAY_MS })).toBeNull();
    expect([totalReturn(200, 250), totalReturn(0, 5)]).toEqual([0.25, null]);
  });
});

describe('the drawdown', () => {
  it('is the deepest fall from a peak, with its dates', () => {
    const curve = curveOf(90, 120, 108, 90, 130, 120, 125, 131);
    expect(maxDrawdown(curve, 100)).toEqual({
      depth: 0.25,
      amount: 30,
      peakMs: START + HALF_DAY,
      troughMs: START + 3 * HALF_DAY,
      recoveredMs: START + 4 * HALF_DAY,
      durationMs: 3 * HALF_DAY,
    });
    expect([...drawdownCurve(curve, 100)].slice(0, 5)).toEqual([0.1, 0, 0.1, 0.25, 0]);
  });

  it('counts from what the run began with, and lasts to the end while nothing is made good', () => {
    expect(maxDrawdown(curveOf(95, 80, 90), 100)).toEqual({
      depth: 0.2,
      amount: 20,
      peakMs: START,
      troughMs: START + HALF_DAY,
      recoveredMs: null,
      durationMs: 2 * HALF_DAY,
    });
  });

  it('is none where equity never falls', () => {
    expect(maxDrawdown(curveOf(100, 100, 101), 100)).toEqual({
      depth: 0,
      amount: 0,
      peakMs: null,
      troughMs: null,
      recoveredMs: null,
      durationMs: 0,
    });
  });
});

describe('figures of trades', () => {
  it('are those of a table computed by hand', () => {
    expect(profitFactor(PNLS)).toBeCloseTo(50 / 30, 12);
    expect(expectancy(PNLS)).toBe(4);
    // Deviations 26, -14, 16, -4, -24: squares 676 + 196 + 256 + 16 + 576 = 1720, over 4 is 430.
    expect(sqn(PNLS)).toBeCloseTo((Math.sqrt(5) * 4) / Math.sqrt(430), 12);
    expect(winsAndLosses(PNLS)).toEqual({
      wins: 2,
      losses: 2,
      winRate: 0.4,
      averageWin: 25,
      averageLoss: -15,
      largestWin: 30,
      largestLoss: -20,
    });
  });

  it('are null where there is nothing to count', () => {
    expect([profitFactor([]), expectancy([]), sqn([]), sqn([5]), sqn([5, 5])]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect([profitFactor([5, 6]), profitFactor([-5])]).toEqual([null, 0]);
    expect(winsAndLosses([])).toEqual({
      wins: 0,
      losses: 0,
      winRate: null,
      averageWin: null,
      averageLoss: null,
      largestWin: null,
      largestLoss: null,
    });
    expect(winsAndLosses([1]).averageLoss).toBeNull();
    expect([exposure(1, 4), exposure(0, 0)]).toEqual([0.25, null]);
  });
});

describe('monthly returns', () => {
  it('compare the last closes of calendar months', () => {
    // 2024-01-30 and -31 have two candles each, the rest is February.
    const months = monthlyReturns(curveOf(105, 110, 104, 120, 130, 108), 100);
    expect(months.map((each) => `${each.month} ${each.return.toFixed(6)}`)).toEqual([
      '2024-01 0.200000',
      '2024-02 -0.100000',
    ]);
    expect(monthlyReturns(curveOf(), 100)).toEqual([]);
  });
});

describe('buying and holding', () => {
  it('goes from the first open to the last close, pairs in equal parts', () => {
    const rise = tableOf([
      [100, 130, 100, 110],
      [110, 130, 110, 120],
    ]);
    const fall = tableOf([[100, 100, 80, 90]]);
    expect(buyAndHold([rise])).toBeCloseTo(0.2, 12);
    expect(buyAndHold([rise, fall])).toBeCloseTo(0.05, 12);
    expect(buyAndHold([tableOf([])])).toBeNull();
  });
});

describe('all figures of a run', () => {
  const measured = (rows: TableRow[]) => {
    const candles = tableOf(rows);
    const simulation = simulate([pairOf(candles)], settingsOf());
    return measure({ simulation, initialBalance: 1_000, candleMs: MINUTE, pairs: [candles] });
  };

  it('fit each other', () => {
    const metrics = measured([...BUY_SIGNAL, [100, 106, 100, 105], [105, 110, 104, 110]]);
    expect(metrics).toMatchObject({
      initialBalance: 1_000,
      finalBalance: 1_100,
      netProfit: 100,
      trades: 1,
      wins: 1,
      fees: 0,
    });
    expect(metrics.totalReturn).toBeCloseTo(0.1, 12);
    expect(metrics.buyAndHold).toBeCloseTo(0.1, 12);
    expect(metrics.versusBuyAndHold).toBeCloseTo(0, 12);
    expect(metrics.exposure).toBeCloseTo(1 / 6, 12);
    expect(metrics.days).toBeCloseTo(6 / 1440, 12);
    expect(metrics.sharpe).toBeNull();
  });

  it.each<[what: string, rows: TableRow[]]>([
    ['without trades', [[100, 100, 100, 100]]],
    ['without candles', []],
    ['with gains alone', [...BUY_SIGNAL, [100, 106, 100, 105]]],
  ])('are never NaN nor infinite %s', (_, rows) => {
    const figures = JSON.stringify(measured(rows), (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? 'BROKEN' : value,
    );
    expect(figures).not.toContain('BROKEN');
  });
});
