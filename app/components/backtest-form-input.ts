import type { BacktestView } from '../schemas/backtests.ts';
import { percentToFraction } from './bot-form-input.ts';
import { toNested, type FormValues } from './form-values.ts';
import { roundDecimal } from './format.ts';

const DAY_MS = 86_400_000;
const OF_THE_FORM_ALONE = ['intent', 'last_day', 'exchange_key_id', 'account', 'sizing.type', 'sizing.value'];

/** The form's values as `POST /backtests` takes them: per cent become fractions, the last day is a whole one. */
export function toBacktestInput(values: FormValues): Record<string, unknown> {
  const rest = Object.fromEntries(
    Object.entries(values).filter(([name]) => !OF_THE_FORM_ALONE.includes(name) && !name.startsWith('json.')),
  );
  const lastMs = Date.parse(values['last_day'] ?? '');
  const input = {
    ...rest,
    fee: percentToFraction(values['fee'] ?? ''),
    slippage: percentToFraction(values['slippage'] ?? ''),
    stake: (values['stake'] ?? '').trim().toLowerCase(),
    to: Number.isNaN(lastMs) ? '' : new Date(lastMs + DAY_MS).toISOString().slice(0, 10),
  };
  return toNested(input);
}

const plain = (value: string) => (value.includes('.') ? value.replace(/\.?0+$/, '') : value);
const toPercent = (fraction: string) => plain(roundDecimal(String(100 * Number(fraction)), 6));

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
    stake: backtest.stake,
    fee: toPercent(backtest.fee),
    slippage: toPercent(backtest.slippage),
    market_rules: String(backtest.lotSize !== null),
    fetch_missing: String(backtest.fetchesMissing),
    name: backtest.name,
    ...(backtest.maxOpen === null ? {} : { max_open: String(backtest.maxOpen) }),
  };
  return new URLSearchParams(values).toString();
}

/** The query that fills the form of a bot, which trades one symbol. */
export function toBotQuery(backtest: BacktestView): string {
  const isAll = backtest.stake === 'all';
  const values: FormValues = {
    // The form of a bot has a stop unless told otherwise.
    'risk.stop_loss_pct': '',
    ...toShared(backtest),
    symbol: backtest.symbols[0] ?? '',
    'sizing.type': isAll ? 'equity_fraction' : 'quote_amount',
    'sizing.value': isAll ? '100' : backtest.stake,
  };
  return new URLSearchParams(values).toString();
}
