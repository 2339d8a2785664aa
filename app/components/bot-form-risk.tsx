import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { PAPER, estimateStakes } from './bot-form-input.ts';
import { Card } from './card.tsx';
import { Disclosure } from './disclosure.tsx';
import { CheckField, Field, SelectField } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { formatMoney, moneyDecimals } from './format.ts';
import { KEEPER_RULES, MORE_RULES, RiskFields, type Rule, type RiskFieldsProps } from './risk-fields.tsx';

type RiskStepProps = {
  values: FormValues;
  live: FormValues;
  quote: string;
  refusal: FormRefusal | undefined;
};

const FIRST_RULES: readonly Rule[] = ['stop_loss_pct', 'take_profit_pct', 'max_daily_loss_pct'];
const SPENDS: Record<string, string> = { GRID: 'Each level buys for', DCA: 'First buy spends' };

/** `values` fill the fields once; `live` are what they hold now, for the sentence below them. */
export function RiskStep({ values, live, quote, refusal }: RiskStepProps) {
  const shared = (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
    inputMode: 'decimal' as const,
    autoComplete: 'off',
  });
  const isKeeper = keepsOrders(values['strategy']);
  return (
    <Card title="3 · Size and risk" flush>
      <div className="grid grid-cols-2 gap-3 p-4">
        <Field
          label={SPENDS[values['strategy'] ?? ''] ?? 'Each buy spends'}
          required
          {...shared('sizing.value')}
        />
        <SelectField
          label="Counted in"
          name="sizing.type"
          defaultValue={values['sizing.type']}
          options={[
            { value: 'quote_amount', label: quote },
            { value: 'equity_fraction', label: isKeeper ? '% of its balance in all' : '% of its equity' },
          ]}
        />
        <RiskFields {...{ values, quote, refusal }} rules={isKeeper ? ['max_daily_loss_pct'] : FIRST_RULES} />
        {(values['account'] ?? PAPER) === PAPER ? (
          <Field label="Paper balance" required {...shared('initial_balance')} suffix={quote} />
        ) : (
          <p className="self-center text-xs text-ink-3">
            Its equity begins with the {quote} that is free on the account.
          </p>
        )}
        {!isKeeper && <RiskSentence values={live} quote={quote} />}
      </div>
      <MoreRules {...{ values, quote, refusal }} />
    </Card>
  );
}

const OF_KEEPERS = { max_position_quote: 'Buys that would go beyond it do not rest.' };

function MoreRules({ values, quote, refusal }: RiskFieldsProps) {
  const given = { values, quote, refusal };
  const isKeeper = keepsOrders(values['strategy']);
  const [trailing, ...others] = MORE_RULES;
  return (
    <Disclosure label="More rules and a name">
      <div className="grid grid-cols-2 gap-3 px-4 pb-4">
        {isKeeper ? (
          <RiskFields {...given} rules={KEEPER_RULES} hints={OF_KEEPERS} />
        ) : (
          <>
            <RiskFields {...given} rules={trailing ? [trailing] : []} />
            <StopOnExchange isOn={values['risk.stop_on_exchange'] !== undefined} refusal={refusal} />
            <RiskFields {...given} rules={others} />
          </>
        )}
        <div className="col-span-2">
          <Field
            label="Name"
            name="name"
            defaultValue={values['name']}
            error={errorOf(refusal, 'name')}
            autoComplete="off"
            maxLength={80}
            placeholder="Made from market and strategy"
          />
        </div>
      </div>
    </Disclosure>
  );
}

type StopOnExchangeProps = { isOn: boolean; refusal: FormRefusal | undefined };

function StopOnExchange({ isOn, refusal }: StopOnExchangeProps) {
  const error = errorOf(refusal, 'risk.stop_on_exchange');
  return (
    <CheckField
      name="risk.stop_on_exchange"
      label="Stop rests on the exchange"
      defaultChecked={isOn}
      hint={
        error === undefined ? (
          'It then holds while this server is down.'
        ) : (
          <span className="text-loss">{error}</span>
        )
      }
    />
  );
}

function RiskSentence({ values, quote }: { values: FormValues; quote: string }) {
  const stakes = estimateStakes(values, quote);
  if (!stakes) return null;
  const say = (amount: number) =>
    `${formatMoney(amount.toFixed(8), amount >= 100 ? 0 : moneyDecimals(quote))} ${quote}`;
  const limit = Number(values['risk.max_daily_loss_pct']);
  const balance = Number(values['initial_balance']);
  return (
    <p className="col-span-2 rounded-control bg-sunken px-3 py-2 text-ink-2" aria-live="polite">
      {stakes.hasStop ? (
        <>
          One trade can lose about <strong className="font-semibold text-ink">{say(stakes.loss)}</strong>{' '}
          (stop and fees). A gap through the stop can cost more.
        </>
      ) : (
        <>
          Without a stop, one trade can lose all of its{' '}
          <strong className="font-semibold text-ink">{say(stakes.size)}</strong>.
        </>
      )}
      {limit > 0 && balance > 0 && (
        <>
          {' '}
          It buys no more on a day on which it lost{' '}
          <strong className="font-semibold text-ink">{say((balance * limit) / 100)}</strong>.
        </>
      )}
    </p>
  );
}
