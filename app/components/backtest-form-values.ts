import { percentOf } from './backtest-form-input.ts';
import type { FormValues } from './form-values.ts';

const DAY_MS = 86_400_000;
const A_YEAR = 365;

const USUAL: FormValues = {
  exchange: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  initial_balance: '10000',
  stake: 'all',
  slippage: '0.05',
};

const toDay = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

/** What the forms of backtests and optimisations begin with, beside the fees: a year of the demo market. */
export const usualValues = (nowMs: number): FormValues => ({
  ...USUAL,
  from: toDay(nowMs - A_YEAR * DAY_MS),
  last_day: toDay(nowMs),
});

/** The exchange and the first symbol of a form. */
export const toMarketOf = ({ exchange = '', symbol = '' }: FormValues) => ({
  venue: exchange,
  symbol: symbol.split(',')[0] ?? '',
});

/** Fractions of a fill: of one at the market, and of an order that rested. */
export type Fees = { taker: string; maker: string };

/** Returns a form's values with the fees of its exchange, unless it holds some that were typed for that very exchange. */
export function withFees(values: FormValues, fees: Fees): FormValues {
  const { exchange = '' } = values;
  const isKept = values['fee'] !== undefined && (values[FEES_OF] ?? exchange) === exchange;
  if (isKept) return { ...values, [FEES_OF]: exchange };
  return { ...values, fee: percentOf(fees.taker), maker_fee: percentOf(fees.maker), [FEES_OF]: exchange };
}

/** The hidden field that says whose fees a form holds. */
export const FEES_OF = 'fees_of';
