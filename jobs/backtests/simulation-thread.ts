/** A thread that simulates one backtest, so that nothing else in the process waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BacktestOutcome } from '../../db/queries/backtests.ts';
import { measureBacktest } from '../trading/backtest/run-backtest.ts';
import type { BacktestSettings, PairCandles } from '../trading/backtest/settings.ts';
import { simulate } from '../trading/backtest/simulate.ts';
import { REBALANCE } from '../trading/rebalance/names.ts';
import { checkRebalance } from '../trading/research/rebalance-check.ts';
import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { computeDemoCandles } from './demo-candles.ts';
import { toOutcome } from './outcome.ts';
import { toBacktestSettings } from './to-settings.ts';

/** `pairs`: candles of each symbol; `null` has them computed as the demo market's. */
export type ThreadTask = { request: BacktestRequest; pairs: PairCandles[] | null };

/** Trades come apart from the rest, in parts: whoever takes them is never held up for long. */
export type ThreadMessage =
  | { kind: 'trades'; trades: BacktestOutcome['trades'] }
  | { kind: 'done'; outcome: BacktestOutcome }
  /** `message` says what of the task cannot be done. */
  | { kind: 'refused'; message: string };

const TRADES_A_MESSAGE = 500;

async function work({ request, pairs: given }: ThreadTask): Promise<void> {
  const pairs = given ?? (await computePairs(request));
  const settings = toBacktestSettings(request);
  const began = performance.now();
  const simulation = simulate(pairs, settings);
  const elapsedMs = performance.now() - began;
  const outcome = toOutcome(measureBacktest(simulation, pairs, settings), pairs, elapsedMs);
  const { trades } = outcome;
  for (let from = 0; from < trades.length; from += TRADES_A_MESSAGE)
    post({ kind: 'trades', trades: trades.slice(from, from + TRADES_A_MESSAGE) });
  post({ kind: 'done', outcome: { ...outcome, trades: [], bias: examine(pairs, settings) } });
}

/** What decides for several pairs at once is examined here: an optimisation takes one pair. */
const examine = (pairs: PairCandles[], settings: BacktestSettings): BacktestOutcome['bias'] =>
  settings.strategy === REBALANCE ? checkRebalance(pairs, settings) : null;

async function computePairs({
  symbols,
  detailTimeframe,
  ...stretch
}: BacktestRequest): Promise<PairCandles[]> {
  const pairs: PairCandles[] = [];
  for (const symbol of symbols) {
    const candles = await computeDemoCandles({ ...stretch, symbol });
    const detail =
      detailTimeframe && (await computeDemoCandles({ ...stretch, symbol, timeframe: detailTimeframe }));
    pairs.push({ symbol, candles, ...(detail && { detail }) });
  }
  return pairs;
}

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

await work(workerData as ThreadTask).catch((error: unknown) => {
  post({ kind: 'refused', message: error instanceof Error ? error.message : String(error) });
});
