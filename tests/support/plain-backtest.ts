/**
 * RSI_CROSS on candles in plain loops, as a trader would write it in an evening: an independent second opinion on the
 * engine. It shares nothing with it but the shape of a trade. Doubles, one pair, the whole balance or a fixed stake.
 */
import type { BacktestTrade } from '../../jobs/trading/backtest/run.ts';
import type { Candles } from '../../jobs/trading/types.ts';

export type PlainSettings = {
  period: number;
  oversold: number;
  overbought: number;
  fee: number;
  slippage: number;
  balance: number;
  /** Quote units; the whole balance where left out. */
  stake?: number;
  /** Fractions of the entry price, or of the highest price since. */
  stopLoss?: number;
  takeProfit?: number;
  trailingStop?: number;
};

export type PlainTrade = Omit<BacktestTrade, 'symbol'>;

// eslint-disable-next-line complexity -- one loop on purpose: it is to be read at a glance, top to bottom
export function plainBacktest(
  { openTimeMs, open, high, low, close }: Candles,
  settings: PlainSettings,
): { trades: PlainTrade[]; equity: Float64Array } {
  const { period, oversold, overbought, fee, slippage } = settings;
  const count = close.length;
  const values = new Float64Array(count).fill(50);
  for (let i = period; i < count; i += 1) {
    let gain = 0;
    let loss = 0;
    for (let j = i - period + 1; j <= i; j += 1) {
      const change = close[j]! - close[j - 1]!;
      if (change > 0) gain += change;
      else loss -= change;
    }
    values[i] = loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  }

  const trades: PlainTrade[] = [];
  const equity = new Float64Array(count);
  let cash = settings.balance;
  let held = 0;
  let cost = 0;
  let entryPrice = 0;
  let entryTimeMs = 0;
  let entryFee = 0;
  let top = 0;

  const sell = (at: number, price: number, exitReason: PlainTrade['exitReason']) => {
    const exitFee = held * price * fee;
    const proceeds = held * price - exitFee;
    trades.push({
      entryTimeMs,
      entryPrice,
      exitTimeMs: openTimeMs[at]!,
      exitPrice: price,
      quantity: held,
      fees: entryFee + exitFee,
      pnl: proceeds - cost,
      pnlPct: (100 * (proceeds - cost)) / cost,
      exitReason,
    });
    cash += proceeds;
    held = 0;
  };

  for (let i = 0; i < count; i += 1) {
    if (i - 1 >= period + 1) {
      const before = values[i - 2]!;
      const now = values[i - 1]!;
      const isBuy = before < oversold - 1e-9 && now >= oversold - 1e-9;
      const isSell = before > overbought + 1e-9 && now <= overbought + 1e-9;
      if (isBuy && held === 0) {
        const price = open[i]! * (1 + slippage);
        const spent = Math.min(settings.stake ?? cash, cash);
        held = (spent / price) * (1 - fee);
        entryFee = (spent / price) * fee * price;
        cash -= spent;
        cost = spent;
        entryPrice = price;
        entryTimeMs = openTimeMs[i]!;
        top = price;
      } else if (isSell && held > 0) {
        sell(i, open[i]! * (1 - slippage), 'signal');
      }
    }
    if (held > 0) {
      top = Math.max(top, open[i]!);
      const stop = settings.stopLoss === undefined ? 0 : entryPrice * (1 - settings.stopLoss);
      const trail = settings.trailingStop === undefined ? 0 : top * (1 - settings.trailingStop);
      const target = settings.takeProfit === undefined ? Infinity : entryPrice * (1 + settings.takeProfit);
      const highest = Math.max(stop, trail);
      if (open[i]! <= stop) sell(i, open[i]!, 'stop_loss');
      else if (open[i]! <= trail) sell(i, open[i]!, 'trailing_stop');
      else if (open[i]! >= target) sell(i, open[i]!, 'take_profit');
      else if (low[i]! <= highest) sell(i, highest, stop >= trail ? 'stop_loss' : 'trailing_stop');
      else if (high[i]! >= target) sell(i, target, 'take_profit');
      else top = Math.max(top, high[i]!);
    }
    if (held > 0 && i === count - 1) sell(i, close[i]!, 'end');
    equity[i] = cash + held * close[i]!;
  }
  return { trades, equity };
}
