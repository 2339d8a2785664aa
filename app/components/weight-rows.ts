/** Target weights as rows of a form, one a symbol. They are sent as `weight.BTC/USDT`, and read into `params.weights`. */
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { listSymbols } from './bot-form-input.ts';
import type { FormValues } from './form-values.ts';

const ROW = 'weight.';
const WEIGHTS = 'params.weights';
const WHOLE = 100;

/** `text` is the percent as it was typed. */
export type WeightRow = { symbol: string; name: string; text: string };

const namesOf = ({ symbol }: FormValues) => listSymbols(symbol).map((name) => name.toUpperCase());

/** Returns a form's values with its rows read into `params.weights`, in the order of its symbols. */
export function readWeightRows(values: FormValues): FormValues {
  const entries = Object.entries(values);
  const rest = Object.fromEntries(entries.filter(([name]) => !name.startsWith(ROW)));
  const hasRows = entries.some(([name]) => name.startsWith(ROW));
  if (!hasRows || values['strategy'] !== REBALANCE) return rest;
  const written = namesOf(values).flatMap((symbol) => {
    const text = values[`${ROW}${symbol}`];
    return text === undefined ? [] : [`${symbol}:${text.trim()}`];
  });
  return { ...rest, [WEIGHTS]: written.join(', ') };
}

/** Returns the values of a form that is shown for the first time with equal shares, where weights are to be given. */
export function withUsualWeights(values: FormValues): FormValues {
  if (values['strategy'] !== REBALANCE || values[WEIGHTS] !== undefined) return values;
  const rows = listWeightRows(values);
  return { ...values, [WEIGHTS]: rows.map(({ symbol, text }) => `${symbol}:${text}`).join(', ') };
}

/** Returns the rows of a form: what its weights say of each of its symbols, equal shares where nothing was said yet. */
export function listWeightRows(values: FormValues): WeightRow[] {
  const symbols = namesOf(values);
  const given = values[WEIGHTS];
  const said = new Map((given ?? '').split(/[,;\n]/).map(splitEntry));
  const equal = symbols.length === 0 ? '' : String(Math.floor(WHOLE / symbols.length));
  return symbols.map((symbol) => ({
    symbol,
    name: `${ROW}${symbol}`,
    text: given === undefined ? equal : (said.get(symbol) ?? ''),
  }));
}

/** At the last colon: a symbol may have one of its own. */
function splitEntry(entry: string): [symbol: string, pct: string] {
  const at = entry.lastIndexOf(':');
  return [
    entry.slice(0, at).trim(),
    entry
      .slice(at + 1)
      .replace('%', '')
      .trim(),
  ];
}

/** Returns what stays in the quote currency, in words; nothing while a row is no number. */
export function sayRest(rows: readonly WeightRow[], quote: string): string | undefined {
  const parts = rows.map(({ text }) => (text.trim() === '' ? NaN : Number(text)));
  const rest = parts.reduce((left, part) => left - Math.round(part * WHOLE), WHOLE * WHOLE) / WHOLE;
  if (Number.isNaN(rest)) return undefined;
  if (rest < 0) return `Together they come to ${String(WHOLE - rest)} %: ${String(-rest)} too many.`;
  return rest < 1
    ? `About 1 % stays in ${quote}, for fees and gaps in the price.`
    : `${String(rest)} % stays in ${quote}.`;
}
