import { Form } from '@remix-run/react';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal } from './form-values.ts';

type RiskLimitsFormProps = { limits: Record<string, string>; refusal: FormRefusal | undefined };

/** What all bots together may do. */
export function RiskLimitsForm({ limits, refusal }: RiskLimitsFormProps) {
  const values = refusal?.values ?? limits;
  const shared = (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
    placeholder: 'off',
    autoComplete: 'off',
  });
  const amount = { inputMode: 'decimal' as const };
  const whole = { inputMode: 'numeric' as const };
  return (
    <Card title="Limits for all bots together">
      <Form method="post" className="grid gap-3">
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <Field
            label="In the market, in all"
            {...shared('max_exposure_total_quote')}
            {...amount}
            suffix="quote"
          />
          <Field
            label="On one account"
            {...shared('max_exposure_account_quote')}
            {...amount}
            suffix="quote"
          />
          <Field label="On one symbol" {...shared('max_exposure_symbol_quote')} {...amount} suffix="quote" />
          <Field label="Open orders" {...shared('max_open_orders')} {...whole} />
          <Field label="Orders a minute" {...shared('max_orders_per_minute')} {...whole} />
        </div>
        <p className="text-xs text-ink-3">
          Amounts hold for each quote currency by itself, and for paper and real money apart. They hold back
          buys, never sales.
        </p>
        <div>
          <Button name="intent" value="limits">
            Save the limits
          </Button>
        </div>
      </Form>
    </Card>
  );
}
