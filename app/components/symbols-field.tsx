import { useState, type ComponentProps, type FormEvent } from 'react';
import { Field } from './field.tsx';

type SymbolsFieldProps = Omit<ComponentProps<typeof Field>, 'list' | 'onInput'> & {
  symbols: readonly { symbol: string }[];
};

/** Symbols with commas between them. Suggestions are for the first; with a script for the one that is being typed. */
export function SymbolsField({ symbols, ...field }: SymbolsFieldProps) {
  const [before, setBefore] = useState('');
  const listId = `${field.name}-suggestions`;
  const onInput = (event: FormEvent<HTMLInputElement>) => {
    const { value } = event.currentTarget;
    const written = value.slice(0, value.lastIndexOf(',') + 1);
    setBefore(written === '' ? '' : `${written} `);
  };
  return (
    <>
      <Field {...field} list={listId} autoComplete="off" spellCheck={false} onInput={onInput} />
      <datalist id={listId}>
        {symbols.map(({ symbol }) => (
          <option key={symbol} value={`${before}${symbol}`} />
        ))}
      </datalist>
    </>
  );
}
