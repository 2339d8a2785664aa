import type { Candles } from '../jobs/trading/types.ts';

/** What the loop counts in a trade; enough to tell that another engine made the same. */
export type LoopTrade = { entryTimeMs: number; exitTimeMs: number; pnl: number };

/**
 * RSI_CROSS with the classic parameters, the whole balance and a fee of 0.1 %, as one would write it by hand for nothing else:
 * typed arrays and doubles, the RSI's sums without a branch, equity at each close. The yardstick of the backtest.
 */
// eslint-disable-next-line complexity, max-lines-per-function -- a yardstick calls nothing
export function runPlainLoop({ openTimeMs, open, close }: Candles): {
  trades: LoopTrade[];
  equity: Float64Array;
} {
  const count = close.length;
  const gains = new Float64Array(count);
  const losses = new Float64Array(count);
  for (let at = 1; at < count; at += 1) {
    const change = (close[at] as number) - (close[at - 1] as number);
    const size = Math.abs(change);
    gains[at] = size + change;
    losses[at] = size - change;
  }
  const trades: LoopTrade[] = [];
  const equity = new Float64Array(count);
  let [cash, held, cost, entryTimeMs] = [1_000, 0, 0, 0];
  let [before, now] = [50, 50];
  for (let at = 0; at < count; at += 1) {
    if (at > 15) {
      const price = open[at] as number;
      if (held === 0 && before < 30 - 1e-9 && now >= 30 - 1e-9) {
        held = (cash / price) * 0.999;
        cost = cash;
        cash = 0;
        entryTimeMs = openTimeMs[at] as number;
      } else if (held > 0 && before > 70 + 1e-9 && now <= 70 + 1e-9) {
        cash = held * price * 0.999;
        held = 0;
        trades.push({ entryTimeMs, exitTimeMs: openTimeMs[at] as number, pnl: cash - cost });
      }
    }
    equity[at] = cash + held * (close[at] as number);
    before = now;
    if (at < 14) continue;
    let [gain, loss] = [0, 0];
    for (let back = at - 13; back <= at; back += 1) {
      gain += gains[back] as number;
      loss += losses[back] as number;
    }
    now = loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  }
  if (held > 0) {
    cash = held * (close[count - 1] as number) * 0.999;
    trades.push({ entryTimeMs, exitTimeMs: openTimeMs[count - 1] as number, pnl: cash - cost });
    equity[count - 1] = cash;
  }
  return { trades, equity };
}
