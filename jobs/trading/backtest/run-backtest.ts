import { sliceCandles } from '../candles.ts';
import { timeframeMs } from '../timeframe.ts';
import { bySymbol, type SymbolFigures } from './metrics/by-symbol.ts';
import { measure, type Metrics } from './metrics/metrics.ts';
import type { BacktestSettings, PairCandles } from './settings.ts';
import { simulate } from './simulate.ts';
import type { Simulation } from './simulation.ts';

export type Backtest = { simulation: Simulation; metrics: Metrics; symbols: SymbolFigures[] };

/** Returns what a strategy would have done on candles, and what it came to. Throws as `simulate` does. */
export function runBacktest(pairs: readonly PairCandles[], settings: BacktestSettings): Backtest {
  return measureBacktest(simulate(pairs, settings), pairs, settings);
}

/** Returns a simulation with its figures. */
export function measureBacktest(
  simulation: Simulation,
  pairs: readonly PairCandles[],
  { initialBalance, timeframe }: Pick<BacktestSettings, 'initialBalance' | 'timeframe'>,
): Backtest {
  const candleMs = timeframeMs(timeframe);
  const metrics = measure({
    simulation,
    initialBalance: initialBalance.toNumber(),
    candleMs,
    pairs: pairs.map(({ candles, warmUp = 0 }) => sliceCandles(candles, warmUp)),
  });
  return { simulation, metrics, symbols: bySymbol(simulation.trades, pairs, candleMs) };
}
