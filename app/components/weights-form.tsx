import { useState } from 'react';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { StrategyForm } from './strategy-form.tsx';
import { listWeightRows, sayRest } from './weight-rows.ts';

type WeightsFormProps = {
  schema: Record<string, unknown>;
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** A weight for each symbol of the market step, and the other parameters below. */
export function WeightsForm({ schema, values, refusal }: WeightsFormProps) {
  const rows = listWeightRows(values);
  const error = errorOf(refusal, 'params.weights');
  const quote = rows[0]?.symbol.split('/')[1] ?? 'the quote currency';
  return (
    <div className="grid gap-4">
      <fieldset className="min-w-0">
        <legend className="mb-2 font-medium">Target weights</legend>
        <Rows key={values['symbol']} rows={rows} quote={quote} />
        {rows.length < 2 && (
          <p className="mt-2 text-ink-2">
            Name two symbols or more above, with commas between them: each then has its weight here.
          </p>
        )}
        {error !== undefined && <p className="mt-2 text-xs text-loss">{error}</p>}
        <noscript>
          <div className="mt-2">
            <Button formMethod="get" formNoValidate>
              Show the weights of these symbols
            </Button>
          </div>
        </noscript>
      </fieldset>
      <StrategyForm schema={withoutWeights(schema)} values={values} refusal={refusal} />
    </div>
  );
}

function Rows({ rows, quote }: { rows: ReturnType<typeof listWeightRows>; quote: string }) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const now = rows.map((row) => ({ ...row, text: typed[row.name] ?? row.text }));
  const rest = sayRest(now, quote);
  return (
    <>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        {rows.map(({ symbol, name, text }) => (
          <Field
            key={name}
            label={symbol}
            name={name}
            defaultValue={text}
            suffix="%"
            inputMode="decimal"
            autoComplete="off"
            required
            onInput={(event) => {
              setTyped({ ...typed, [name]: event.currentTarget.value });
            }}
          />
        ))}
      </div>
      {rest !== undefined && (
        <p className="mt-2 text-ink-2" aria-live="polite">
          {rest}
        </p>
      )}
    </>
  );
}

/** The rows say them. */
function withoutWeights(schema: Record<string, unknown>): Record<string, unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, unknown>);
  return { ...schema, properties: Object.fromEntries(properties.filter(([name]) => name !== 'weights')) };
}
