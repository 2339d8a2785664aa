import os from 'node:os';
import type { OptimizationRequest } from '../jobs/research/bench.ts';
import type { BacktestSettings } from '../jobs/trading/backtest/settings.ts';
import type { Money } from '../jobs/trading/decimal.ts';
import { OBJECTIVES } from '../jobs/trading/research/objectives.ts';
import type { OptimizationPlan } from '../jobs/trading/research/optimization.ts';
import { listParamFields } from '../jobs/trading/research/param-fields.ts';
import { suggestSpec } from '../jobs/trading/research/param-spec.ts';
import { SAMPLERS, type Sampler } from '../jobs/trading/research/search.ts';
import { whyNotSearched } from '../jobs/trading/research/searchable.ts';
import { fromRiskSettings } from '../jobs/trading/risk/stored-risk.ts';
import { findStrategy } from '../jobs/trading/strategies/registry.ts';
import { parseBacktestCommand, type BacktestCommand } from './backtest-options.ts';
import { readCount, readFraction, UsageError } from './backtest-values.ts';

/** What `npm run optimize` is asked; `plan.sampler` is decided once it is known how many sets there are. */
export type OptimizeCommand = {
  backtest: BacktestCommand;
  plan: Omit<OptimizationPlan, 'sampler'>;
  sampler: Sampler | undefined;
  threads: number;
};

const OURS = [
  'range',
  'sampler',
  'objective',
  'trials',
  'seed',
  'threads',
  'out-of-sample',
  'min-trades',
  'walk-forward',
] as const;
type Ours = (typeof OURS)[number];

/** Options of a backtest that mean nothing here. */
const NOT_TAKEN = ['check', 'detail', 'equity', 'exact', 'max-open'];

type Given = Partial<Record<Ours, string[]>>;

/** Returns what the arguments ask for; `null` where they ask for help. Throws `UsageError`. */
export function parseOptimizeCommand(args: string[]): OptimizeCommand | null {
  const { ours, rest } = part(args);
  const odd = NOT_TAKEN.find((name) =>
    rest.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)),
  );
  if (odd !== undefined) throw new UsageError(`--${odd} is an option of backtests, not of optimisations.`);
  const backtest = parseBacktestCommand(rest);
  if (!backtest) return null;
  const reason = whyNotSearched(backtest.settings.strategy);
  if (reason !== undefined) throw new UsageError(`--strategy ${backtest.settings.strategy}: ${reason}`);
  const sampler = ours.sampler && readChoice(ours.sampler.at(-1) ?? '', 'sampler', SAMPLERS);
  const vary = [...(ours.range ?? []).map((each) => readRange(backtest, each)), ...listFixed(rest, ours)];
  return {
    backtest,
    plan: { vary, ...readPlan((name) => ours[name]?.at(-1) ?? DEFAULTS[name]) },
    sampler,
    threads: readThreads(ours.threads?.at(-1)),
  };
}

const DEFAULTS = {
  objective: 'sharpe',
  trials: '300',
  seed: '1',
  'out-of-sample': '0.3',
  'min-trades': '10',
  'walk-forward': '4',
} as const;

function readPlan(text: (name: keyof typeof DEFAULTS) => string): Omit<OptimizeCommand['plan'], 'vary'> {
  const objectives = OBJECTIVES.map(({ name }) => name);
  return {
    objective: readChoice(text('objective'), 'objective', objectives),
    tries: readCount(text('trials'), 'trials'),
    seed: text('seed'),
    holdOut: readFraction(text('out-of-sample'), 'out-of-sample').toNumber(),
    minTrades: readWhole(text('min-trades'), 'min-trades'),
    walkSteps: readWhole(text('walk-forward'), 'walk-forward'),
  };
}

/** Parts our own options from those of a backtest. */
function part(args: string[]): { ours: Given; rest: string[] } {
  const ours: Given = {};
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    const [, option = '', attached] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const name = OURS.find((each) => each === option);
    if (name === undefined) {
      rest.push(word);
      continue;
    }
    const value = attached ?? args[(at += 1)];
    if (value === undefined || value.startsWith('--'))
      throw new UsageError(`--${name} needs a value. See --help.`);
    (ours[name] ??= []).push(value);
  }
  return { ours, rest };
}

/** `rsi_period=5:30:1`, `5..30:1`, `10,14,20` or `*` as a plan has it; a name alone takes what the form suggests. */
function readRange({ settings }: BacktestCommand, given: string): string {
  const at = given.indexOf('=');
  if (at < 0) return suggest(settings.strategy, given.trim());
  const [name, text] = [given.slice(0, at).trim(), given.slice(at + 1).trim()];
  const [, from, to, step = ''] = /^([^:|,]+?)(?::|\.\.)([^:|,]+?)(:[^:|,]+)?$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return `${name}=${from}..${to}${step}`;
  return `${name}=${text.replaceAll(',', '|')}`;
}

function suggest(strategy: string, name: string): string {
  const fields = listParamFields(findStrategy(strategy)?.paramsSchema ?? failOn(strategy));
  const field = fields.find((each) => each.name === name);
  const line = field && suggestSpec(field);
  if (line !== undefined) return line;
  const known = fields.flatMap((each) => suggestSpec(each) ?? []).join(', ');
  const wrong = field ? `${name} has no range of its own` : `${strategy} has no parameter ${name}`;
  throw new UsageError(`--range ${name}: ${wrong}. Give NAME=FROM:TO:STEP, such as ${known}.`);
}

function failOn(strategy: string): never {
  throw new UsageError(`There is no strategy "${strategy}".`);
}

/** Parameters given once for all. */
function listFixed(rest: string[], { range = [] }: Given): string[] {
  const lines = rest.flatMap((word, at) => {
    if (word.startsWith('--param=')) return [word.slice('--param='.length)];
    return rest[at - 1] === '--param' ? [word] : [];
  });
  const varied = range.map((each) => each.split('=', 1)[0]?.trim());
  const twice = lines.find((line) => varied.includes(line.split('=', 1)[0]));
  if (twice === undefined) return lines;
  throw new UsageError(`--param ${twice}: --range varies it already. Give one of them.`);
}

function readChoice<Name extends string>(text: string, option: string, names: readonly Name[]): Name {
  const name = names.find((each) => each === text);
  if (name !== undefined) return name;
  throw new UsageError(`--${option} ${text}: there are ${names.join(', ')}.`);
}

function readWhole(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} ${text}: give a whole number of 0 or more.`);
}

const MOST_THREADS = 256;

function readThreads(text: string | undefined): number {
  if (text === undefined) return os.availableParallelism();
  const threads = readCount(text, 'threads');
  if (threads <= MOST_THREADS) return threads;
  throw new UsageError(`--threads ${text}: at most ${MOST_THREADS}.`);
}

const BPS = 10_000;
const textOf = (value: Money): string => value.toFixed();

/** Returns a command's settings as a thread takes them. */
export function toRequest(
  settings: BacktestSettings,
  market: Pick<OptimizationRequest, 'symbol' | 'fromMs' | 'toMs'>,
): OptimizationRequest {
  const { strategy, timeframe, stake, makerFee, lotSize, tickSize, minNotional } = settings;
  return {
    ...market,
    strategy,
    timeframe,
    venue: 'file',
    initialBalance: textOf(settings.initialBalance),
    stake: stake === 'all' ? stake : textOf(stake),
    fee: textOf(settings.fee),
    slippage: String(settings.slippageBps / BPS),
    risk: fromRiskSettings(settings.risk),
    ...(makerFee && { makerFee: textOf(makerFee) }),
    ...(lotSize && { lotSize: textOf(lotSize) }),
    ...(tickSize && { tickSize: textOf(tickSize) }),
    ...(minNotional && { minNotional: textOf(minNotional) }),
  };
}
