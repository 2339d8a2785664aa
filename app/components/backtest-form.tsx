import { Form, useNavigation, useSubmit } from '@remix-run/react';
import { Play } from 'lucide-react';
import type { FormEvent } from 'react';
import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { StrategyView, SymbolView, VenueView } from '../schemas/views.ts';
import { BacktestMoneyStep } from './backtest-form-money.tsx';
import { FEES_OF, type Fees } from './backtest-form-values.ts';
import { Tick } from './backtest-form-tick.tsx';
import { StrategyStep } from './bot-form-strategy.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { Field, SelectField } from './field.tsx';
import { SymbolsField } from './symbols-field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';

/** What a backtest can be made of, for the exchange chosen so far. */
export type BacktestChoices = {
  venues: readonly VenueView[];
  symbols: readonly Pick<SymbolView, 'symbol' | 'quote'>[];
  timeframes: readonly string[];
  /** Why the exchange's markets are not listed, in a sentence. */
  problem: string | null;
  fees: Fees;
};

type BacktestFormProps = {
  choices: BacktestChoices;
  strategies: readonly StrategyView[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** A change of these changes what the rest of the form offers. */
const CHANGES_CHOICES = /^(exchange|strategy|rule\..*)$/;

/** A backtest in three steps; what is left as it is makes one, too. */
export function BacktestForm({ choices, strategies, values, refusal }: BacktestFormProps) {
  const submit = useSubmit();
  const navigation = useNavigation();
  const onChange = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement;
    if (!CHANGES_CHOICES.test(name)) return;
    submit(event.currentTarget, {
      method: 'get',
      action: '/backtests',
      replace: true,
      preventScrollReset: true,
    });
  };
  return (
    <Form id="new" method="post" className="grid min-w-0 scroll-mt-20 gap-5" onChange={onChange}>
      <input type="hidden" name={FEES_OF} value={values[FEES_OF] ?? ''} />
      <MarketStep key={values['exchange']} choices={choices} values={values} refusal={refusal} />
      <StrategyStep strategies={strategies} hasRows values={values} refusal={refusal} />
      <BacktestMoneyStep
        key={values[FEES_OF]}
        values={values}
        quote={quoteOf(values['symbol'])}
        refusal={refusal}
      />
      <Button tone="primary" icon={Play} wide isBusy={navigation.formMethod === 'POST'}>
        Start backtest
      </Button>
    </Form>
  );
}

const quoteOf = (symbol: string | undefined) =>
  symbol?.split(',')[0]?.split('/')[1]?.trim().toUpperCase() || 'quote';

type MarketStepProps = Omit<BacktestFormProps, 'strategies'>;

function MarketStep({ choices, values, refusal }: MarketStepProps) {
  const shared = (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
    required: true,
  });
  const { strategy } = values;
  const takesSignals = !keepsOrders(strategy) && strategy !== REBALANCE;
  return (
    <Card title="1 · Market and period">
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label="Exchange"
          {...shared('exchange')}
          options={choices.venues.map(({ id, name }) => ({ value: id, label: name }))}
          hint={choices.problem === null ? undefined : 'It does not answer; stored candles can be used.'}
        />
        <SymbolsField
          label={keepsOrders(strategy) ? 'Symbol' : 'Symbols'}
          {...shared('symbol')}
          symbols={choices.symbols}
          error={errorOf(refusal, 'symbol') ?? symbolsError(refusal)}
          hint={keepsOrders(strategy) ? undefined : 'Several with commas share the balance.'}
        />
        <Field label="First day" {...shared('from')} type="date" />
        <Field label="Last day" {...shared('last_day')} type="date" error={errorOf(refusal, 'to')} />
        <SelectField
          label="Candles"
          {...shared('timeframe')}
          options={choices.timeframes.map((each) => ({ value: each, label: each }))}
        />
        {takesSignals && <SignalFields choices={choices} shared={shared} />}
        <Tick
          name="fetch_missing"
          label="Fetch what is missing"
          values={values}
          hint="Candles not stored yet, from the exchange."
        />
        <noscript className="col-span-2">
          <Button formMethod="get" formNoValidate>
            Show the settings of this choice
          </Button>
        </noscript>
      </div>
    </Card>
  );
}

type SignalFieldsProps = {
  choices: BacktestChoices;
  shared: (name: string) => { name: string; defaultValue: string | undefined; error: string | undefined };
};

/** What only means something where each market is bought and sold by signals. */
function SignalFields({ choices, shared }: SignalFieldsProps) {
  const finer = choices.timeframes.slice(0, -1);
  return (
    <>
      <SelectField
        label="Finer candles"
        {...shared('detail_timeframe')}
        required={false}
        options={[{ value: '', label: 'none' }, ...finer.map((each) => ({ value: each, label: each }))]}
        hint="Tell whether stop or target came first."
      />
      <Field
        label="Open positions, at most"
        {...shared('max_open_positions')}
        required={false}
        inputMode="numeric"
        placeholder="one a symbol"
      />
    </>
  );
}

const symbolsError = (refusal: FormRefusal | undefined) =>
  refusal?.errors.find(({ path }) => /^symbols?(\.|$)/.test(path))?.message;
