import type { EquityCurve } from './equity-curve.ts';
import type { BacktestTrade } from './run.ts';

/** What a backtest has found, before it is measured. */
export type Simulation = {
  /** Of all pairs together, those that only warm up not counted. */
  candles: number;
  /** At whose close something was held. */
  heldCandles: number;
  /** By exit, as they happened. */
  trades: BacktestTrade[];
  curve: EquityCurve;
};
