import { parseArgs } from 'node:util';
import { parseParams } from '../app/services/strategy-params.ts';
import type { BacktestSettings } from '../jobs/trading/backtest/settings.ts';
import { CURVE_POINTS } from '../jobs/trading/backtest/report.ts';
import { MENDS, type Mend } from '../jobs/trading/candle-problems.ts';
import { REBALANCE } from '../jobs/trading/rebalance/names.ts';
import { findStrategy, listStrategies } from '../jobs/trading/strategies/registry.ts';
import { paramsJsonSchema, type Strategy } from '../jobs/trading/strategies/strategy.ts';
import { isTimeframe, TIMEFRAMES, type Timeframe } from '../jobs/trading/timeframe.ts';
import type { RiskSettings } from '../jobs/trading/types.ts';
import {
  readCount,
  readFraction,
  readGain,
  readPct,
  readPositive,
  readRoi,
  readTime,
  UsageError,
  type Read,
} from './backtest-values.ts';

export type BacktestCommand = {
  files: string[];
  detailFiles: string[];
  mend: Mend[];
  /** From `fromMs` up to `toMs`, exclusive. */
  fromMs: number;
  toMs: number;
  /** What the candles' distance says where left out. */
  timeframe: Timeframe | undefined;
  settings: Omit<BacktestSettings, 'timeframe'>;
  isJson: boolean;
  curvePoints: number;
  /** Whether what decides for several pairs at once is examined. */
  isChecked: boolean;
};

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const RULES = {
  'stop-loss': ['stopLossPct', readPct],
  'take-profit': ['takeProfitPct', readGain],
  'trailing-stop': ['trailingStopPct', readPct],
  'max-position': ['maxPositionQuote', readPositive],
  'max-daily-loss': ['maxDailyLossPct', readPct],
  'max-drawdown': ['maxDrawdownPct', readPct],
  'min-confidence': ['minConfidence', readFraction],
  cooldown: ['cooldownCandles', readCount],
  'max-trades-per-day': ['maxTradesPerDay', readCount],
  'loss-streak': ['lossStreak', readCount],
  'loss-streak-candles': ['lossStreakCandles', readCount],
  'time-exit': ['timeExitCandles', readCount],
  roi: ['roiTable', readRoi],
} as const satisfies Record<string, [keyof RiskSettings, Read<unknown>]>;

const OPTIONS = {
  candles: list,
  detail: list,
  mend: list,
  strategy: text,
  param: list,
  from: text,
  to: text,
  timeframe: text,
  fee: text,
  'maker-fee': text,
  slippage: text,
  balance: text,
  stake: text,
  'max-open': text,
  'lot-size': text,
  'tick-size': text,
  'min-notional': text,
  ...(Object.fromEntries(Object.keys(RULES).map((name) => [name, text])) as Record<
    keyof typeof RULES,
    typeof text
  >),
  exact: flag,
  check: flag,
  equity: text,
  json: flag,
  help: flag,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Returns what the arguments ask for; `null` where they ask for help. Throws `UsageError`. */
export function parseBacktestCommand(args: string[]): BacktestCommand | null {
  const values = parseValues(args);
  if (values.help) return null;
  const files = values.candles ?? [];
  if (files.length === 0) throw new UsageError('Give at least one file of candles: --candles FILE.');
  const settings = readSettings(values);
  if (values.check && settings.strategy !== REBALANCE)
    throw new UsageError('--check is for REBALANCE: npm run optimize without --range checks all others.');
  return {
    files,
    detailFiles: values.detail ?? [],
    mend: (values.mend ?? []).flatMap((each) => each.split(',')).map(readMend),
    ...readSpan(values),
    timeframe: read(values.timeframe, 'timeframe', readTimeframe),
    settings,
    isChecked: values.check === true,
    isJson: values.json === true,
    curvePoints: readCurvePoints(values.equity),
  };
}

function readSpan({ from, to }: Values): Pick<BacktestCommand, 'fromMs' | 'toMs'> {
  const fromMs = read(from, 'from', readTime) ?? -Infinity;
  const toMs = read(to, 'to', readTime) ?? Infinity;
  if (fromMs < toMs) return { fromMs, toMs };
  throw new UsageError(`--from ${from} is not before --to ${to}.`);
}

function readCurvePoints(equity: string | undefined): number {
  return equity === 'full' ? Infinity : (read(equity, 'equity', readCount) ?? CURVE_POINTS);
}

function parseValues(args: string[]): Values {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${message.replace(/\.? To specify .*$/, '')}. See --help.`);
  }
}

function read<Value>(given: string | undefined, option: string, reader: Read<Value>): Value | undefined {
  return given === undefined ? undefined : reader(given, option);
}

function readSettings(values: Values): BacktestCommand['settings'] {
  const strategy = readStrategy(values.strategy);
  const slippage = readFraction(values.slippage ?? '0', 'slippage');
  const makerFee = read(values['maker-fee'], 'maker-fee', readFraction);
  const maxOpen = read(values['max-open'], 'max-open', readCount);
  const stake = values.stake ?? 'all';
  return {
    strategy: strategy.name,
    params: readParams(strategy, values.param ?? []),
    initialBalance: readPositive(values.balance ?? '1000', 'balance'),
    stake: stake === 'all' ? stake : readPositive(stake, 'stake'),
    fee: readFraction(values.fee ?? '0.001', 'fee'),
    ...(makerFee && { makerFee }),
    slippageBps: slippage.times(10_000).toNumber(),
    risk: readRisk(values),
    arithmetic: values.exact ? 'exact' : 'float',
    ...(maxOpen && { maxOpen }),
    ...readSteps(values),
  };
}

function readSteps(values: Values): Pick<BacktestSettings, 'lotSize' | 'tickSize' | 'minNotional'> {
  const lotSize = read(values['lot-size'], 'lot-size', readPositive);
  const tickSize = read(values['tick-size'], 'tick-size', readPositive);
  const minNotional = read(values['min-notional'], 'min-notional', readPositive);
  return { ...(lotSize && { lotSize }), ...(tickSize && { tickSize }), ...(minNotional && { minNotional }) };
}

function readRisk(values: Values): RiskSettings {
  const rules = Object.entries(RULES).flatMap(([option, [rule, reader]]) => {
    const given = values[option as keyof typeof RULES];
    return given === undefined ? [] : [[rule, reader(given, option)] as const];
  });
  return Object.fromEntries(rules);
}

function readStrategy(name: string | undefined): Strategy {
  const strategy = name === undefined ? undefined : findStrategy(name);
  if (strategy) return strategy;
  const names = listStrategies().map((each) => each.name);
  const wrong = name === undefined ? 'Give a strategy: --strategy NAME.' : `There is no strategy "${name}".`;
  throw new UsageError(`${wrong} There are: ${names.join(', ')}.`);
}

function readParams(strategy: Strategy, given: string[]): Record<string, unknown> {
  const entries = given.map((each) => {
    const at = each.indexOf('=');
    if (at < 1) throw new UsageError(`--param ${each}: give NAME=VALUE, such as rsi_period=14.`);
    return [each.slice(0, at), each.slice(at + 1)] as const;
  });
  const { params, errors } = parseParams(strategy, Object.fromEntries(entries));
  if (params) return params;
  const messages = errors.map(({ path, message }) => `${path.replace(/^params\./, '--param ')}: ${message}`);
  throw new UsageError(`${messages.join(' ')} ${strategy.name} takes ${describeParams(strategy)}.`);
}

type Field = { type?: unknown; minimum?: number; maximum?: number; enum?: unknown[]; default?: unknown };

function sayBounds({ enum: choices, minimum, maximum, type }: Field): string {
  if (choices) return choices.join(' or ');
  if (minimum !== undefined || maximum !== undefined) return `${minimum ?? ''} to ${maximum ?? ''}`;
  if (type === 'boolean') return 'true or false';
  return type === 'string' ? 'text' : 'JSON';
}

/** Each parameter with its bounds and default, for a message. */
export function describeParams(strategy: Strategy): string {
  const fields = (paramsJsonSchema(strategy)['properties'] ?? {}) as Record<string, Field>;
  const described = Object.entries(fields).map(([name, field]) => {
    return `${name} (${sayBounds(field)}; ${JSON.stringify(field.default)})`;
  });
  return described.join(', ');
}

const readTimeframe: Read<Timeframe> = (given) => {
  if (isTimeframe(given)) return given;
  throw new UsageError(`--timeframe ${given}: there are ${TIMEFRAMES.join(', ')}.`);
};

function readMend(given: string): Mend {
  const mend = MENDS.find((each) => each === given);
  if (mend) return mend;
  throw new UsageError(`--mend ${given}: there are ${MENDS.join(', ')}.`);
}
