import type { Candles } from '../../types.ts';
import type { Simulation } from '../simulation.ts';
import { buyAndHold } from './buy-and-hold.ts';
import { cagr } from './cagr.ts';
import { calmar } from './calmar.ts';
import { DAY_MS, dailyReturns } from './daily-returns.ts';
import { maxDrawdown, type Drawdown } from './drawdown.ts';
import { expectancy } from './expectancy.ts';
import { exposure } from './exposure.ts';
import { monthlyReturns, type MonthlyReturn } from './monthly-returns.ts';
import { profitFactor } from './profit-factor.ts';
import { sharpe } from './sharpe.ts';
import { sortino } from './sortino.ts';
import { sqn } from './sqn.ts';
import { totalReturn } from './total-return.ts';
import { winsAndLosses, type WinsAndLosses } from './wins-and-losses.ts';

/** What a run came to. Amounts in quote units; `null` where a figure has no meaning, never NaN or infinity. */
export type Metrics = WinsAndLosses & {
  initialBalance: number;
  finalBalance: number;
  netProfit: number;
  totalReturn: number | null;
  cagr: number | null;
  sharpe: number | null;
  sortino: number | null;
  calmar: number | null;
  maxDrawdown: Drawdown;
  trades: number;
  profitFactor: number | null;
  expectancy: number | null;
  sqn: number | null;
  fees: number;
  exposure: number | null;
  buyAndHold: number | null;
  /** Total return less what holding would have made, as a fraction. */
  versusBuyAndHold: number | null;
  /** Days from the first candle's open to the last candle's close. */
  days: number;
  monthlyReturns: MonthlyReturn[];
};

export type Measured = {
  simulation: Simulation;
  initialBalance: number;
  /** Length of a candle. */
  candleMs: number;
  pairs: readonly Pick<Candles, 'open' | 'close'>[];
};

/** Returns the figures of a run; each is defined in the file that bears its name. */
export function measure({ simulation, initialBalance, candleMs, pairs }: Measured): Metrics {
  const { trades, curve, candles, heldCandles } = simulation;
  const pnls = trades.map(({ pnl }) => pnl);
  const finalBalance = curve.equity.at(-1) ?? initialBalance;
  const durationMs = (curve.timeMs.at(-1) ?? NaN) - (curve.timeMs[0] ?? NaN) + candleMs || 0;
  const total = totalReturn(initialBalance, finalBalance);
  const held = buyAndHold(pairs);
  return {
    initialBalance,
    finalBalance,
    netProfit: finalBalance - initialBalance,
    totalReturn: total,
    ...riskAndReturn(simulation, { initial: initialBalance, final: finalBalance, durationMs }),
    trades: trades.length,
    ...winsAndLosses(pnls),
    profitFactor: profitFactor(pnls),
    expectancy: expectancy(pnls),
    sqn: sqn(pnls),
    fees: trades.reduce((sum, { fees }) => sum + fees, 0),
    exposure: exposure(heldCandles, candles),
    buyAndHold: held,
    versusBuyAndHold: total === null || held === null ? null : total - held,
    days: durationMs / DAY_MS,
    monthlyReturns: monthlyReturns(curve, initialBalance),
  };
}

type Growth = Parameters<typeof cagr>[0];

function riskAndReturn({ curve }: Simulation, run: Growth) {
  const returns = dailyReturns(curve, run.initial);
  const drawdown = maxDrawdown(curve, run.initial);
  const growth = cagr(run);
  return {
    cagr: growth,
    sharpe: sharpe(returns),
    sortino: sortino(returns),
    calmar: calmar(growth, drawdown.depth),
    maxDrawdown: drawdown,
  };
}
