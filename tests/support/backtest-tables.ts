import { toCandles } from '../../jobs/trading/candles.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { BacktestSettings, PairCandles } from '../../jobs/trading/backtest/settings.ts';
import type { Candles, RiskSettings } from '../../jobs/trading/types.ts';

export const MINUTE = 60_000;

/** One candle as a trader reads it: open, high, low, close; `volume` does not matter here. */
export type TableRow = readonly [open: number, high: number, low: number, close: number];

/** Minute candles of a table, the first at `firstMinute`. */
export function tableOf(rows: readonly TableRow[], firstMinute = 0): Candles {
  return toCandles(
    rows.map(([open, high, low, close], index) => ({
      openTimeMs: (firstMinute + index) * MINUTE,
      open,
      high,
      low,
      close,
      volume: 1,
    })),
  );
}

/** Four candles after which RSI(2) buys: it goes from 0 to 66.7 on the close of the fourth. Their prices end at 100. */
export const BUY_SIGNAL: readonly TableRow[] = [
  [100, 100, 100, 100],
  [100, 100, 99, 99],
  [99, 99, 98, 98],
  [98, 100, 98, 100],
];

/** RSI(2) with these levels sells on a close that falls below half of the last two changes, after it was above. */
export const RSI_2 = { rsi_period: 2, oversold: 50, overbought: 99, smoothing: 'simple' };

export type TableSettings = Partial<Omit<BacktestSettings, 'risk'>> & { risk?: RiskSettings };

/** No fee, no slippage, 1,000 in quote units and all of it staked, on minute candles. */
export function settingsOf(change: TableSettings = {}): BacktestSettings {
  return {
    strategy: 'RSI_CROSS',
    params: RSI_2,
    timeframe: '1m',
    initialBalance: money(1_000),
    stake: 'all',
    fee: money(0),
    slippageBps: 0,
    risk: {},
    ...change,
  };
}

export const pairOf = (candles: Candles, symbol = 'BTC/USDT'): PairCandles => ({ symbol, candles });
