import { PAPER } from './bot-form-input.ts';
import { Card } from './card.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';

type RebalanceMoneyStepProps = { values: FormValues; quote: string; refusal: FormRefusal | undefined };

/** Weights say how much is bought, and rules for single trades do not hold: what is left is the money, and a name. */
export function RebalanceMoneyStep({ values, quote, refusal }: RebalanceMoneyStepProps) {
  const shared = (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
    autoComplete: 'off',
  });
  const misplaced = refusal?.errors.find(({ path }) => /^(sizing|risk)(\.|$)/.test(path))?.message;
  return (
    <Card title="3 · Money">
      <div className="grid grid-cols-2 gap-3">
        {(values['account'] ?? PAPER) === PAPER ? (
          <Field
            label="Paper balance"
            required
            {...shared('initial_balance')}
            inputMode="decimal"
            suffix={quote}
          />
        ) : (
          <p className="self-center text-xs text-ink-3">
            Its equity begins with the {quote} that is free on the account.
          </p>
        )}
        <Field label="Name" {...shared('name')} maxLength={80} placeholder="Made from its pairs" />
        {misplaced !== undefined && <p className="col-span-2 text-xs text-loss">{misplaced}</p>}
        <p className="col-span-2 rounded-control bg-sunken px-3 py-2 text-ink-2">
          It has no stop: what a stop sold, the next candle would buy back. What its assets lose together, it
          loses.
        </p>
      </div>
    </Card>
  );
}
