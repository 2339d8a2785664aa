import { Form, useNavigation, useSubmit } from '@remix-run/react';
import { Search } from 'lucide-react';
import type { FormEvent } from 'react';
import { OBJECTIVES } from '../../jobs/trading/research/objectives.ts';
import { OPTIMIZATION_LIMITS } from '../../jobs/trading/research/optimization-limits.ts';
import type { VaryField } from '../schemas/optimizations.ts';
import type { StrategyView } from '../schemas/views.ts';
import { FEES_OF } from './backtest-form-values.ts';
import { Tick } from './backtest-form-tick.tsx';
import type { BacktestChoices } from './backtest-form.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Field, SelectField } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { OptimizationMoney, type Shared } from './optimization-form-money.tsx';
import { SAMPLER_WORDS } from './optimization-words.ts';

type FormProps = {
  choices: BacktestChoices;
  strategies: readonly Pick<StrategyView, 'name' | 'title' | 'description'>[];
  fields: readonly VaryField[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** A change of these changes what the rest of the form offers. */
const CHANGES_CHOICES = /^(exchange|strategy)$/;

/** What to search, and on which candles; what is left as it is makes an optimisation, too. */
export function OptimizationForm({ choices, strategies, fields, values, refusal }: FormProps) {
  const submit = useSubmit();
  const navigation = useNavigation();
  const onChange = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement;
    if (!CHANGES_CHOICES.test(name)) return;
    const options = { action: '/optimizations', replace: true, preventScrollReset: true } as const;
    submit(event.currentTarget, { method: 'get', ...options });
  };
  const shared = (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
  });
  return (
    <Form id="new" method="post" className="grid min-w-0 scroll-mt-20 gap-5" onChange={onChange}>
      <input type="hidden" name={FEES_OF} value={values[FEES_OF] ?? ''} />
      <MarketStep key={values['exchange']} {...{ choices, values, shared, refusal }} />
      <VaryStep
        key={values['strategy']}
        strategies={strategies}
        fields={fields}
        values={values}
        shared={shared}
      />
      <SearchStep key={values[FEES_OF]} shared={shared} values={values} refusal={refusal} />
      <Button tone="primary" icon={Search} wide isBusy={navigation.formMethod === 'POST'}>
        {isCheckForm(fields, values) ? 'Start the check' : 'Start optimising'}
      </Button>
    </Form>
  );
}

/** Each parameter that the form came with has one value. */
const isCheckForm = (fields: readonly VaryField[], values: FormValues) =>
  fields.every(({ name, isJson }) => isJson || !/\.\.|\||\*/.test(values[`vary.${name}`] ?? ''));

type MarketStepProps = Pick<FormProps, 'choices' | 'values' | 'refusal'> & { shared: Shared };

function MarketStep({ choices, values, shared, refusal }: MarketStepProps) {
  return (
    <Card title="1 · Market and period">
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label="Exchange"
          {...shared('exchange')}
          options={choices.venues.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Field
          label="Symbol"
          {...shared('symbol')}
          error={refusal?.errors.find(({ path }) => /^symbols?(\.|$)/.test(path))?.message}
          required
          list="optimization-symbols"
          autoComplete="off"
          spellCheck={false}
        />
        <datalist id="optimization-symbols">
          {choices.symbols.map(({ symbol }) => (
            <option key={symbol} value={symbol} />
          ))}
        </datalist>
        <Field label="First day" {...shared('from')} type="date" required />
        <Field label="Last day" {...shared('last_day')} error={errorOf(refusal, 'to')} type="date" required />
        <SelectField
          label="Candles"
          {...shared('timeframe')}
          options={choices.timeframes.map((each) => ({ value: each, label: each }))}
        />
        <Field
          label="Held out"
          {...shared('hold_out')}
          inputMode="numeric"
          suffix="%"
          hint="The newest part, not searched."
        />
        <div className="col-span-2">
          <Tick
            name="fetch_missing"
            label="Fetch what is missing"
            values={values}
            hint="Candles not stored yet, from the exchange."
          />
        </div>
      </div>
    </Card>
  );
}

type VaryStepProps = Pick<FormProps, 'strategies' | 'fields' | 'values'> & { shared: Shared };

function VaryStep({ strategies, fields, values, shared }: VaryStepProps) {
  const chosen = strategies.find(({ name }) => name === values['strategy']);
  const { error } = shared('vary');
  return (
    <Card title="2 · What varies">
      <div className="grid gap-3">
        <SelectField
          label="Strategy"
          {...shared('strategy')}
          hint={chosen?.description}
          options={strategies.map(({ name, title }) => ({ value: name, label: title }))}
        />
        <noscript>
          <Button formMethod="get" formNoValidate>
            Show the parameters of this strategy
          </Button>
        </noscript>
        <p className="text-xs text-ink-2">
          From, to and step, such as 5..30:5, or a list, such as 20|25|30. One value fixes a parameter; empty
          keeps its default. Where nothing varies, the one set is checked for bias and luck.
        </p>
        {error !== undefined && <p className="text-xs text-loss">{error}</p>}
        <div className="grid grid-cols-2 gap-3">
          {fields.map((field) => (
            <Field
              key={field.name}
              label={field.title}
              {...shared(`vary.${field.name}`)}
              placeholder={field.suggestion}
              autoComplete="off"
              spellCheck={false}
              hint={sayField(field)}
            />
          ))}
        </div>
      </div>
    </Card>
  );
}

/** What a field takes: its bounds, and what counts where it is left empty. */
function sayField({ bounds, defaultValue, isJson }: VaryField): string {
  const parts = [bounds, defaultValue === '' ? '' : `default ${defaultValue}`, isJson ? 'as JSON' : ''];
  const text = parts.filter((part) => part !== '').join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function SearchStep({ shared, values, refusal }: Pick<FormProps, 'values' | 'refusal'> & { shared: Shared }) {
  const { tries, learnedTries, walkSteps } = OPTIMIZATION_LIMITS;
  return (
    <Card title="3 · How to search" flush>
      <div className="grid grid-cols-2 gap-3 p-4">
        <SelectField
          label="Look for the best"
          {...shared('objective')}
          options={OBJECTIVES.map(({ name, title }) => ({ value: name, label: title }))}
        />
        <SelectField
          label="Search"
          {...shared('sampler')}
          options={Object.entries(SAMPLER_WORDS).map(([value, label]) => ({ value, label }))}
        />
        <Field
          label="Sets to try"
          {...shared('tries')}
          inputMode="numeric"
          hint={`At most ${tries.toLocaleString('en')}; learning ${learnedTries.toLocaleString('en')}.`}
        />
        <Field
          label="Walk-forward steps"
          {...shared('walk_steps')}
          inputMode="numeric"
          hint={`0 for none, at most ${String(walkSteps)}.`}
        />
      </div>
      <OptimizationMoney shared={shared} values={values} refusal={refusal} />
    </Card>
  );
}
