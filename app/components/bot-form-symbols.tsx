import { useState } from 'react';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { SymbolView } from '../schemas/views.ts';
import { listSymbols } from './bot-form-input.ts';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { formatQuantity } from './format.ts';

type SymbolsFieldProps = {
  symbols: readonly SymbolView[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** One symbol, or several that share one balance. The suggestions go on after what stands before the last comma. */
export function SymbolsField({ symbols, values, refusal }: SymbolsFieldProps) {
  const [typed, setTyped] = useState(values['symbol'] ?? '');
  const chosen = listSymbols(values['symbol']);
  const before = typed.slice(0, typed.lastIndexOf(',') + 1).trim();
  const known = new Set(listSymbols(before));
  const prefix = before === '' ? '' : `${before} `;
  return (
    <div className="col-span-2">
      <Field
        label="Symbol, or several"
        name="symbol"
        list="symbols"
        required
        autoComplete="off"
        spellCheck={false}
        defaultValue={values['symbol']}
        hint={sayChoice(symbols, chosen)}
        error={errorOf(refusal, 'symbol') ?? symbolsError(refusal)}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      <datalist id="symbols">
        {symbols
          .filter(({ symbol }) => !known.has(symbol))
          .map(({ symbol }) => (
            <option key={symbol} value={`${prefix}${symbol}`} />
          ))}
      </datalist>
    </div>
  );
}

/** How many of several pairs may be held at a time. */
export function MaxOpenField({ values, refusal }: Omit<SymbolsFieldProps, 'symbols'>) {
  const chosen = listSymbols(values['symbol']);
  if (chosen.length < 2 || values['strategy'] === REBALANCE) return null;
  return (
    <Field
      label="Open positions, at most"
      name="max_open_positions"
      defaultValue={values['max_open_positions']}
      placeholder={String(chosen.length)}
      inputMode="numeric"
      autoComplete="off"
      hint="Of all pairs together."
      error={errorOf(refusal, 'max_open_positions')}
    />
  );
}

function sayChoice(symbols: readonly SymbolView[], chosen: readonly string[]): string {
  if (chosen.length > 1)
    return `${String(chosen.length)} pairs share one balance; of several buys at once the first given comes first.`;
  const market = symbols.find(({ symbol }) => symbol === chosen[0]);
  return market
    ? `${leastOrder(market)} Several, with commas, share one balance.`
    : 'Type a few letters. Several, with commas, share one balance.';
}

function leastOrder({ minNotional, minQuantity, base, quote }: SymbolView): string {
  if (Number(minNotional) > 0) return `An order is at least ${formatQuantity(minNotional)} ${quote}.`;
  return Number(minQuantity) > 0
    ? `An order is at least ${formatQuantity(minQuantity)} ${base}.`
    : `Paid in ${quote}.`;
}

/** One of the list, or the list. */
const symbolsError = (refusal: FormRefusal | undefined) =>
  refusal?.errors.find(({ path }) => /^symbols(\.|$)/.test(path))?.message;
