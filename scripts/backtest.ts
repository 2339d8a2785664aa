/** `npm run backtest -- …`: what a strategy would have done on candles. The result goes to stdout, all else to stderr. */
import { once } from 'node:events';
import { PlanFault } from '../jobs/trading/backtest/order-run.ts';
import { measureBacktest } from '../jobs/trading/backtest/run-backtest.ts';
import type { BacktestSettings } from '../jobs/trading/backtest/settings.ts';
import { toReport } from '../jobs/trading/backtest/report.ts';
import { simulate } from '../jobs/trading/backtest/simulate.ts';
import { CandleFileError } from '../jobs/trading/candle-problems.ts';
import { keepsOrders } from '../jobs/trading/order-strategies/names.ts';
import { checkRebalance } from '../jobs/trading/research/rebalance-check.ts';
import { toBiasJson } from '../jobs/trading/research/report.ts';
import { findStrategy, listStrategies } from '../jobs/trading/strategies/registry.ts';
import { listBias } from './optimize-report.ts';
import { describeParams, parseBacktestCommand, type BacktestCommand } from './backtest-options.ts';
import { loadPairs } from './backtest-pairs.ts';
import { toTable } from './backtest-table.ts';
import { UsageError } from './backtest-values.ts';

const USAGE_EXIT = 2;

const HELP = `npm run backtest -- --candles FILE [--candles FILE …] --strategy NAME [--param NAME=VALUE …] [--json]

Candles
  --candles FILE         CSV or gzip'd CSV: timestamp,open,high,low,close,volume; timestamp = open time in ms, UTC.
                         Several files are several pairs, named by their files; files of one pair are joined.
  --detail FILE          Finer candles of a pair, to tell in which order a candle touched stop and target.
  --from, --to TIME      ISO 8601 (UTC) or ms; --to is exclusive. Candles outside are not even warm-up.
  --timeframe T          Where the distance of the candles does not tell.
  --mend WHAT            duplicates, disorder, impossible: mends a file instead of refusing it.

Money
  --balance 1000         What all pairs share, in the quote currency.
  --stake all            Per entry: an amount of the quote currency, or all: the free balance, parted equally among the
                         positions that may still be opened. What a sale brings in can be spent from the next candle on.
  --max-open N           Positions at a time, one a pair; as many as there are pairs unless given.
  --fee 0.001            Fraction of each fill: of a buy from what is bought, of a sale from what it brings.
  --maker-fee F          Of fills of orders that rested (GRID, DCA), where it is another; --fee is then that of all others.
  --slippage 0           How much worse than the open a signal's order fills, a fraction. Stops and targets fill at their price.
  --lot-size, --tick-size, --min-notional    The market's steps and minimum; no rounding without.

Rules (fractions: 0.05 is 5 %)
  --stop-loss F, --take-profit F, --trailing-stop F      Below or above the entry price, or below the highest since.
  --roi 0:0.05,60:0.01                                   Gains that are enough, by candles since the entry.
  --time-exit N                                          Sells after N candles.
  --max-position A, --max-daily-loss F, --max-drawdown F, --max-trades-per-day N, --min-confidence F,
  --cooldown N, --loss-streak N, --loss-streak-candles N

Output
  --json                 The JSON alone on stdout.
  --equity N|full        Points of the equity curve: about 2000, highs and lows kept.
  --check                Of REBALANCE: are its orders the same where the candles after them are taken away? The newest 5,000 of
                         each pair are examined. npm run optimize checks all other strategies.
  --exact                Count in the decimals of live trading instead of doubles. Some fifty times slower.

Strategies
`;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function run(command: BacktestCommand): Promise<void> {
  const loadBegan = performance.now();
  const { pairs, timeframe, notices } = await loadPairs(command);
  const settings = { ...command.settings, timeframe };
  const loadMs = performance.now() - loadBegan;
  notices.forEach(say);
  requireUsable(settings);
  const began = performance.now();
  const simulation = simulate(pairs, settings);
  const elapsedMs = performance.now() - began;
  const report = toReport(measureBacktest(simulation, pairs, settings), command.curvePoints);
  const { candles, ...rest } = report;
  const bias = command.isChecked ? checkRebalance(pairs, settings) : null;
  const result = { candles, elapsed_ms: elapsedMs, load_ms: loadMs, ...rest, ...(bias && toBiasJson(bias)) };
  const table = [toTable(report, elapsedMs), ...(bias ? ['', ...listBias(bias)] : [])].join('\n');
  await print(command.isJson ? JSON.stringify(result) : table);
}

/** What the schema of the parameters cannot see: whether they fit the candles. */
const OF_KEEPERS = ['maxPositionQuote', 'maxDailyLossPct', 'maxDrawdownPct'];

function requireUsable({ strategy, params, timeframe, risk }: BacktestSettings): void {
  const fault = findStrategy(strategy)?.findFault?.(params, timeframe);
  if (fault) throw new UsageError(`--param ${fault.path.join('.')}: ${fault.message}`);
  const unfit = keepsOrders(strategy)
    ? Object.keys(risk).find((rule) => !OF_KEEPERS.includes(rule))
    : undefined;
  if (unfit === undefined) return;
  const option = unfit
    .replace(/(Pct|Quote|Candles|Table)$/, '')
    .replace(/[A-Z]/g, '-$&')
    .toLowerCase();
  throw new UsageError(
    `--${option}: ${strategy} has exits of its own, and this rule does not hold for them. Leave it out.`,
  );
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

function help(): string {
  const strategies = listStrategies().map(
    (strategy) => `  ${strategy.name}: ${strategy.description}\n    ${describeParams(strategy)}`,
  );
  return HELP + strategies.join('\n');
}

try {
  const command = parseBacktestCommand(process.argv.slice(2));
  await (command ? run(command) : print(help()));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof CandleFileError || error instanceof PlanFault))
    throw error;
  say(error.message);
  process.exitCode = USAGE_EXIT;
}
