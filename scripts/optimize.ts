/** `npm run optimize -- …`: searches a strategy's parameters on candles. The result goes to stdout, all else to stderr. */
import { once } from 'node:events';
import { setUpBench, type BenchData, type ReadyBench } from '../jobs/research/bench.ts';
import { optimize } from '../jobs/research/optimize.ts';
import { shareCandles } from '../jobs/research/share-candles.ts';
import { openPool } from '../jobs/research/thread-pool.ts';
import { CandleFileError } from '../jobs/trading/candle-problems.ts';
import { OBJECTIVES } from '../jobs/trading/research/objectives.ts';
import { planFor, type PlanFault } from '../jobs/trading/research/optimization.ts';
import type { OptimizationOutcome } from '../jobs/trading/research/outcome.ts';
import { listParamFields } from '../jobs/trading/research/param-fields.ts';
import { suggestSpec } from '../jobs/trading/research/param-spec.ts';
import type { Sampler } from '../jobs/trading/research/search.ts';
import { whyNotSearched } from '../jobs/trading/research/searchable.ts';
import type { TrialResult } from '../jobs/trading/research/trial.ts';
import { listStrategies } from '../jobs/trading/strategies/registry.ts';
import { timeframeMs } from '../jobs/trading/timeframe.ts';
import { loadPairs } from './backtest-pairs.ts';
import { UsageError } from './backtest-values.ts';
import { keepInMemory } from './optimization-memory.ts';
import { parseOptimizeCommand, toRequest, type OptimizeCommand } from './optimize-options.ts';
import { toJson, toText, type Searched } from './optimize-report.ts';

const USAGE_EXIT = 2;
const SAY_EVERY_MS = 2_000;

const HELP = `npm run optimize -- --candles FILE --strategy NAME [--range NAME=FROM:TO:STEP …] [--json]

Searches parameters on the older candles, shows what the best sets made on the newest, and how much of it may be luck.
Without --range the one set of parameters is checked: for look-ahead, for its warm-up, and by Monte Carlo.

Search
  --range NAME=5:30:1    From, to and step (5..30:1 is the same), a list (10,14,20), * for every choice, or the NAME
                         alone for a range around its default.
  --param NAME=VALUE     A parameter given once for all. Parameters named nowhere have their defaults.
  --sampler S            grid, random, or tpe, which learns. grid where all sets can be tried, else tpe.
  --objective O          ${OBJECTIVES.map(({ name }) => name).join(', ')}.
  --trials 300           Sets to try, at most.
  --min-trades 10        A set with fewer has no score.
  --seed 1               The same seed tries the same sets, whatever the number of threads.
  --threads N            One a core unless given.

Honesty
  --out-of-sample 0.3    The newest share of the candles, which the search does not see.
  --walk-forward 4       Steps that choose on what had passed and trade on what came next; 0 for none.

Candles, money and rules: --candles, --from, --to, --timeframe, --mend, --balance, --stake, --fee, --maker-fee,
  --slippage, --lot-size, --tick-size, --min-notional, --stop-loss and all other rules, as npm run backtest has them.

Output
  --json                 The JSON alone on stdout, with every set that was tried.

Strategies, with the ranges that a NAME alone stands for
`;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function run(command: OptimizeCommand): Promise<void> {
  const loadBegan = performance.now();
  const { pairs, timeframe, notices } = await loadPairs(command.backtest);
  const loadMs = performance.now() - loadBegan;
  notices.forEach(say);
  const [pair, other] = pairs;
  if (!pair || other) throw new UsageError('One pair at a time is optimised: give the candles of one.');
  const candles = shareCandles(pair.candles);
  const settings = { ...command.backtest.settings, timeframe };
  const [firstMs = 0, lastMs = 0] = [candles.openTimeMs[0], candles.openTimeMs.at(-1)];
  const market = { symbol: pair.symbol, fromMs: firstMs, toMs: lastMs + timeframeMs(timeframe) };
  const { data, ready } = setUp(command, { candles, request: toRequest(settings, market) });
  const trials: TrialResult[] = [];
  const began = performance.now();
  const outcome = await search(command, { data, ready, trials });
  const searched: Searched = { data, ready, trials, outcome, threads: command.threads };
  const elapsed = { elapsedMs: performance.now() - began, loadMs };
  await print(command.backtest.isJson ? toJson(searched, elapsed) : toText(searched, elapsed));
}

type Setup = { data: BenchData; ready: ReadyBench };

/** Where all sets can be tried, they are. */
function setUp(command: OptimizeCommand, rest: Omit<BenchData, 'plan'>): Setup {
  const withSampler = (sampler: Sampler) => ({ ...rest, plan: { ...command.plan, sampler } });
  const first = requireReady(withSampler(command.sampler ?? 'grid'));
  const { space } = first.bench;
  const isWhole = space.size <= command.plan.tries;
  const given = withSampler(command.sampler ?? (isWhole ? 'grid' : 'tpe'));
  const data = { ...given, plan: planFor(space, given.plan) };
  return { data, ready: requireReady(data) };
}

function requireReady(data: BenchData): ReadyBench {
  const ready = setUpBench(data);
  if ('faults' in ready) throw new UsageError(ready.faults.map(sayFault).join('\n'));
  return ready;
}

const OPTION_OF: Record<string, string> = {
  tries: '--trials',
  walk_steps: '--walk-forward',
  hold_out: '--out-of-sample',
  from: '--candles',
  vary: '--range',
};

function sayFault({ path, message }: PlanFault): string {
  return `${OPTION_OF[path] ?? (path.startsWith('vary.') ? '--range' : `--${path}`)}: ${message}`;
}

async function search(
  { threads }: OptimizeCommand,
  { data, ready, trials }: Setup & { trials: TrialResult[] },
): Promise<OptimizationOutcome> {
  const pool = openPool(data, { threads, isBackground: false });
  const total = Math.min(data.plan.tries, ready.bench.space.size);
  let saidMs = performance.now();
  const memory = keepInMemory(trials, (tried) => {
    if (performance.now() - saidMs < SAY_EVERY_MS && tried < total) return;
    saidMs = performance.now();
    const best = trials.reduce((most, { score }) => Math.max(most, score ?? -Infinity), -Infinity);
    const figure = Number.isFinite(best) ? `; best score so far ${best.toPrecision(4)}` : '';
    say(`${tried.toLocaleString('en')} of ${total.toLocaleString('en')} sets tried${figure}.`);
  });
  try {
    const outcome = await optimize(pool, { plan: data.plan, prepared: ready.prepared }, memory);
    if (!outcome) throw new Error('The search ended before its end.');
    return outcome;
  } finally {
    await pool.close();
  }
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

function help(): string {
  const searched = listStrategies().filter(({ name }) => whyNotSearched(name) === undefined);
  const strategies = searched.map(({ name, paramsSchema }) => {
    const ranges = listParamFields(paramsSchema).flatMap((field) => suggestSpec(field) ?? []);
    return `  ${name}: ${ranges.join(' ') || 'none'}`;
  });
  return HELP + strategies.join('\n');
}

try {
  const command = parseOptimizeCommand(process.argv.slice(2));
  await (command ? run(command) : print(help()));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof CandleFileError)) throw error;
  say(error.message);
  process.exitCode = USAGE_EXIT;
}
