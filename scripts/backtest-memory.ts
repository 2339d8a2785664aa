/** Prints how many MB a backtest of a million candles needs at most above the candles themselves; for the benchmark. */
import { runBacktest } from '../jobs/trading/backtest/run-backtest.ts';
import { toReport } from '../jobs/trading/backtest/report.ts';
import { money } from '../jobs/trading/decimal.ts';
import { walkCandles } from './bench-candles.ts';

const KB_PER_MB = 1_024;

const candles = walkCandles(1_000_000, 1);
const before = process.resourceUsage().maxRSS;
const backtest = runBacktest([{ symbol: 'BTC/USDT', candles }], {
  strategy: 'RSI_CROSS',
  params: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
  timeframe: '1m',
  initialBalance: money(1_000),
  stake: 'all',
  fee: money('0.001'),
  slippageBps: 0,
  risk: {},
});
JSON.stringify(toReport(backtest));
process.stdout.write(`${((process.resourceUsage().maxRSS - before) / KB_PER_MB).toFixed(0)}\n`);
