import type { BacktestView } from '../schemas/backtests.ts';
import { percentToFraction } from './bot-form-input.ts';
import { toNested, type FormValues } from './form-values.ts';
import { roundDecimal } from './format.ts';

const DAY_MS = 86_400_000;
const OF_THE_FORM_ALONE = [
  'intent',
  'last_day',
  'fees_of',
  'exchange_key_id',
  'account',
  'sizing.type',
  'sizing.value',
];

/** The form's values as `POST /backtests` takes them: per cent become fractions, the last day is a whole one. */
export function toBacktestInput(values: FormValues): Record<string, unknown> {
  const rest = Object.fromEntries(
    Object.entries(values).filter(([name]) => !OF_THE_FORM_ALONE.includes(name) && !name.startsWith('json.')),
  );
  const lastMs = Date.parse(values['last_day'] ?? '');
  const input = {
    ...rest,
    fee: percentToFraction(values['fee'] ?? ''),
    maker_fee: percentToFraction(values['maker_fee'] ?? ''),
    slippage: percentToFraction(values['slippage'] ?? ''),
    ...readStake(values['stake'] ?? ''),
    to: Number.isNaN(lastMs) ? '' : new Date(lastMs + DAY_MS).toISOString().slice(0, 10),
  };
  return toNested(input);
}

/** `all`, an amount, or a share of the equity such as `25 %`. */
function readStake(text: string): FormValues {
  const share = /^\s*([\d.]+)\s*%\s*$/.exec(text)?.[1];
  if (share === undefined) return { stake: text.trim().toLowerCase() };
  return { stake: '', 'sizing.type': 'equity_fraction', 'sizing.value': percentToFraction(share) };
}

const sayStake = ({ stake, sizing }: BacktestView) =>
  sizing?.type === 'equity_fraction' ? `${percentOf(sizing.value)} %` : (sizing?.value ?? stake);

const plain = (value: string) => (value.includes('.') ? value.replace(/\.?0+$/, '') : value);

/** A fraction in per cent, as the form has it: `0.001` is `0.1`. */
export const percentOf = (fraction: string) => plain(roundDecimal(String(100 * Number(fraction)), 6));

/** What a backtest was made of, as the fields of its form and of the form of a bot. */
function toShared(backtest: BacktestView): FormValues {
  const values: FormValues = {
    exchange: backtest.venue,
    timeframe: backtest.timeframe,
    strategy: backtest.strategy,
    initial_balance: backtest.initialBalance,
  };
  for (const [name, value] of Object.entries(backtest.params))
    values[`params.${name}`] = typeof value === 'string' ? value : JSON.stringify(value);
  for (const [name, value] of Object.entries(backtest.risk))
    values[`risk.${name}`] = Array.isArray(value)
      ? value.map((step) => `${step.after_candles}: ${step.profit_pct}`).join(', ')
      : String(value);
  return values;
}

/** The query that fills the form of a backtest with another one's settings. */
export function toRerunQuery(backtest: BacktestView): string {
  const lastMs = Date.parse(backtest.toTime) - 1;
  const values: FormValues = {
    ...toShared(backtest),
    symbol: backtest.symbols.join(', '),
    from: backtest.fromTime.slice(0, 10),
    last_day: new Date(lastMs).toISOString().slice(0, 10),
    stake: sayStake(backtest),
    detail_timeframe: backtest.detailTimeframe ?? '',
    fee: percentOf(backtest.fee),
    maker_fee: backtest.makerFee === backtest.fee ? '' : percentOf(backtest.makerFee),
    slippage: percentOf(backtest.slippage),
    market_rules: String(backtest.lotSize !== null),
    fetch_missing: String(backtest.fetchesMissing),
    name: backtest.name,
    ...(backtest.maxOpen === null ? {} : { max_open_positions: String(backtest.maxOpen) }),
  };
  return new URLSearchParams(values).toString();
}

/** The query that fills the form of a bot, or of a basket where there are several symbols. */
export function toBotQuery(backtest: BacktestView): string {
  const { sizing, stake } = backtest;
  const isShare = sizing ? sizing.type === 'equity_fraction' : stake === 'all';
  const share = percentOf(sizing?.value ?? '1');
  const values: FormValues = {
    // The form of a bot has a stop unless told otherwise.
    'risk.stop_loss_pct': '',
    ...toShared(backtest),
    symbol: backtest.symbols.join(', '),
    ...(backtest.maxOpen === null ? {} : { max_open_positions: String(backtest.maxOpen) }),
    'sizing.type': isShare ? 'equity_fraction' : 'quote_amount',
    'sizing.value': isShare ? share : (sizing?.value ?? stake),
  };
  return new URLSearchParams(values).toString();
}
