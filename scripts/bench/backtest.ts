/** The backtest beside a loop written by hand for nothing else, in one run on candles that are in memory. */
import { spawnSync } from 'node:child_process';
import { backtest as runGrademark, type IBar, type IStrategy } from 'grademark';
import { runBacktest } from '../../jobs/trading/backtest/run-backtest.ts';
import type { BacktestSettings, PairCandles } from '../../jobs/trading/backtest/settings.ts';
import { simulate } from '../../jobs/trading/backtest/simulate.ts';
import { sliceCandles, toCandles } from '../../jobs/trading/candles.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { rsi } from '../../jobs/trading/indicators/rsi.ts';
import type { Candles } from '../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../tests/support/candle-files.ts';
import { repeatCandles, walkCandles } from '../bench-candles.ts';
import type { Benchmark } from '../measure.ts';
import { runPlainLoop } from '../plain-loop.ts';

const COUNT = 1_000_000;
const PAIRS = 10;
const ROUNDS = 9;

const SETTINGS: BacktestSettings = {
  strategy: 'RSI_CROSS',
  params: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
  timeframe: '1m',
  initialBalance: money(1_000),
  stake: 'all',
  fee: money('0.001'),
  slippageBps: 0,
  risk: {},
};
const STOPS = { stopLossPct: money(2), takeProfitPct: money(3), trailingStopPct: money(2) };

/** Real candles where there are some, else a walk. */
function makeCandles(): { candles: Candles; source: string } {
  const file = findCandleFile('BINANCE_BTC-USDT_5m_2023');
  if (file === undefined) return { candles: walkCandles(COUNT, 1), source: 'a random walk' };
  return { candles: repeatCandles(toCandles(readCandleFile(file)), COUNT), source: 'real candles, repeated' };
}

/** The least milliseconds of several rounds, each side once a round, so that a busy machine hits all alike; and the first. */
function timeTogether(works: (() => unknown)[]): { best: number[]; first: number[] } {
  const first = works.map(() => NaN);
  const best = works.map(() => Infinity);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const began = performance.now();
      work();
      const took = performance.now() - began;
      if (round === 0) first[index] = took;
      else best[index] = Math.min(best[index] ?? Infinity, took);
    }
  }
  return { best, first };
}

/** Throws unless the engine and the loop made the same trades, to 1e-9 of what they moved, and the same equity. */
function requireSame(pair: PairCandles): number {
  const ours = simulate([pair], SETTINGS);
  const plain = runPlainLoop(pair.candles);
  const isSame = plain.trades.every((trade, at) => {
    const mine = ours.trades[at];
    const isTimed = mine?.entryTimeMs === trade.entryTimeMs && mine.exitTimeMs === trade.exitTimeMs;
    return isTimed && Math.abs(mine.pnl - trade.pnl) <= 1e-9 * mine.quantity * mine.exitPrice;
  });
  const isLevel = plain.equity.every(
    (equity, at) => Math.abs((ours.curve.equity[at] ?? NaN) / equity - 1) < 1e-9,
  );
  if (isSame && isLevel && ours.trades.length === plain.trades.length) return plain.trades.length;
  throw new Error('The backtest and the loop made different trades.');
}

type RsiBar = IBar & { previous: number; current: number };

/** What grademark looks at of its input: not a data frame, which would only cost it time. */
function toGrademark({ openTimeMs, open, high, low, close, volume }: Candles): RsiBar[] {
  const values = rsi(close, 14, 'simple');
  const at = (column: Float64Array, index: number) => column[index] ?? NaN;
  return Array.from(close, (_, index) => ({
    time: new Date(at(openTimeMs, index)),
    open: at(open, index),
    high: at(high, index),
    low: at(low, index),
    close: at(close, index),
    volume: at(volume, index),
    previous: index > 15 ? at(values, index - 1) : NaN,
    current: at(values, index),
  }));
}

const GRADEMARK: IStrategy<RsiBar> = {
  entryRule: (enter, { bar }) => {
    if (bar.previous < 30 - 1e-9 && bar.current >= 30 - 1e-9) enter();
  },
  exitRule: (exit, { bar }) => {
    if (bar.previous > 70 + 1e-9 && bar.current <= 70 + 1e-9) exit();
  },
};

function playGrademark(bars: RsiBar[]): number {
  const frame = {
    none: () => false,
    count: () => bars.length,
    last: () => bars.at(-1),
    [Symbol.iterator]: () => bars[Symbol.iterator](),
  } as unknown as Parameters<typeof runGrademark<RsiBar, RsiBar, object, number>>[1];
  return runGrademark(GRADEMARK, frame).length;
}

/** Ten pairs on the same times, and the same pairs one by one. */
function timePairs(candles: Candles): string {
  const length = COUNT / PAIRS;
  const openTimeMs = candles.openTimeMs.subarray(0, length);
  const pairs = Array.from({ length: PAIRS }, (_, pair) => ({
    symbol: `P${pair}/USDT`,
    candles: { ...sliceCandles(candles, pair * length, (pair + 1) * length), openTimeMs },
  }));
  const { best } = timeTogether([
    () => simulate(pairs, SETTINGS),
    () => {
      for (const pair of pairs) simulate([pair], SETTINGS);
    },
  ]);
  const [together = NaN, apart = NaN] = best;
  return `${PAIRS} pairs x ${length.toLocaleString('en')}: ${together.toFixed(1)} ms, ${(together / apart).toFixed(2)} times each alone`;
}

function measureMemory(): string {
  const { stdout } = spawnSync(process.execPath, ['scripts/backtest-memory.ts'], { encoding: 'utf8' });
  return `memory above the candles at its peak, figures and report counted: ${stdout.trim()} MB`;
}

const rate = (ms: number) => `${(COUNT / ms / 1_000).toFixed(1)} million candles/s`;

export const benchmark: Benchmark = {
  title: `Backtest: RSI_CROSS over ${COUNT.toLocaleString('en')} candles, beside a loop written by hand`,
  run: () => {
    const { candles, source } = makeCandles();
    const pair = { symbol: 'BTC/USDT', candles };
    const bars = toGrademark(candles);
    let rivalTrades = 0;
    const { best, first } = timeTogether([
      () => runPlainLoop(candles),
      () => simulate([pair], SETTINGS),
      () => runBacktest([pair], SETTINGS),
      () => simulate([pair], { ...SETTINGS, risk: STOPS }),
      () => (rivalTrades = playGrademark(bars)),
    ]);
    const [yardstick = NaN, ours = NaN, measured = NaN, stopped = NaN, rival = NaN] = best;
    const trades = requireSame(pair);
    return {
      unit: 'ms',
      ours,
      yardstick,
      notes: [
        `${source}; ${trades} trades, the same in both; ${rate(ours)}, the loop ${rate(yardstick)}`,
        `the first time, before anything is compiled: ${first[1]?.toFixed(0)} ms, the loop ${first[0]?.toFixed(0)} ms`,
        `with all figures: ${measured.toFixed(1)} ms; with three stops: ${stopped.toFixed(1)} ms`,
        `grademark, given our RSI, without money and fees: ${rival.toFixed(0)} ms, ${(rival / ours).toFixed(1)} times ours (${rivalTrades} trades: it does not ask for an exit on the candle of the entry)`,
        timePairs(candles),
        measureMemory(),
      ],
    };
  },
};
