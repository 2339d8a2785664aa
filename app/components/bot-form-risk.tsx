import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { PAPER, estimateStakes } from './bot-form-input.ts';
import { Card } from './card.tsx';
import { Disclosure } from './disclosure.tsx';
import { CheckField, Field, SelectField } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { formatMoney, moneyDecimals } from './format.ts';

type RiskStepProps = {
  values: FormValues;
  live: FormValues;
  quote: string;
  refusal: FormRefusal | undefined;
};

const SPENDS: Record<string, string> = { GRID: 'Each level buys for', DCA: 'First buy spends' };

const off = { placeholder: 'off', suffix: '%' };
const isOff = { placeholder: 'off', inputMode: 'numeric' as const };
const inCandles = { inputMode: 'numeric' as const, suffix: 'candles' };

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
        {!isKeeper && <Field label="Stop-loss" {...shared('risk.stop_loss_pct')} {...off} />}
        {!isKeeper && <Field label="Take profit" {...shared('risk.take_profit_pct')} {...off} />}
        <Field label="Daily loss limit" {...shared('risk.max_daily_loss_pct')} {...off} />
        {(values['account'] ?? PAPER) === PAPER ? (
          <Field label="Paper balance" required {...shared('initial_balance')} suffix={quote} />
        ) : (
          <p className="self-center text-xs text-ink-3">
            Its equity begins with the {quote} that is free on the account.
          </p>
        )}
        {!isKeeper && <RiskSentence values={live} quote={quote} />}
      </div>
      {isKeeper ? (
        <KeeperRules shared={shared} quote={quote} />
      ) : (
        <MoreRules shared={shared} values={values} quote={quote} refusal={refusal} />
      )}
    </Card>
  );
}

/** A strategy that keeps orders has exits of its own: the rules left are those that hold for all of them together. */
function KeeperRules({ shared, quote }: Pick<MoreRulesProps, 'shared' | 'quote'>) {
  return (
    <Disclosure label="More rules and a name">
      <div className="grid grid-cols-2 gap-3 px-4 pb-4">
        <Field
          label="Largest position"
          {...shared('risk.max_position_quote')}
          placeholder="off"
          suffix={quote}
          hint="Buys that would go beyond it do not rest."
        />
        <Field
          label="Halt at a fall of"
          {...shared('risk.max_drawdown_pct')}
          {...off}
          hint="From its highest equity; you let it trade again."
        />
        <div className="col-span-2">
          <Field
            label="Name"
            {...shared('name')}
            inputMode="text"
            maxLength={80}
            placeholder="Made from market and strategy"
          />
        </div>
      </div>
    </Disclosure>
  );
}

type MoreRulesProps = {
  shared: (name: string) => { name: string; defaultValue: string | undefined; error: string | undefined };
  values: FormValues;
  quote: string;
  refusal: FormRefusal | undefined;
};

function MoreRules({ shared, values, quote, refusal }: MoreRulesProps) {
  return (
    <Disclosure label="More rules and a name">
      <div className="grid grid-cols-2 gap-3 px-4 pb-4">
        <Field
          label="Trailing stop"
          {...shared('risk.trailing_stop_pct')}
          {...off}
          hint="Below the highest price since the buy."
        />
        <StopOnExchange isOn={values['risk.stop_on_exchange'] !== undefined} refusal={refusal} />
        <Field
          label="Largest position"
          {...shared('risk.max_position_quote')}
          placeholder="off"
          suffix={quote}
          hint="No buy goes beyond it."
        />
        <Field label="Pause after a loss" {...shared('risk.cooldown_candles')} {...isOff} {...inCandles} />
        <Field label="Trades a day, at most" {...shared('risk.max_trades_per_day')} {...isOff} />
        <Field
          label="Halt at a fall of"
          {...shared('risk.max_drawdown_pct')}
          {...off}
          hint="From its highest equity; you let it trade again."
        />
        <Field
          label="Confidence, at least"
          {...shared('risk.min_confidence')}
          placeholder="off"
          hint="0 to 1; a weaker buy signal is refused."
        />
        <Field
          label="Losses in a row"
          {...shared('risk.loss_streak')}
          {...isOff}
          hint="It pauses after so many."
        />
        <Field
          label="Pause after them"
          {...shared('risk.loss_streak_candles')}
          placeholder="24"
          {...inCandles}
        />
        <Field
          label="Sell after"
          {...shared('risk.time_exit_candles')}
          {...isOff}
          {...inCandles}
          hint="At whatever price."
        />
        <Field
          label="ROI table"
          {...shared('risk.roi_table')}
          error={refusal?.errors.find(({ path }) => path.startsWith('risk.roi_table'))?.message}
          inputMode="text"
          placeholder="0: 4, 60: 1"
          hint="Candles: per cent that is enough from then on."
        />
        <div className="col-span-2">
          <Field
            label="Name"
            {...shared('name')}
            inputMode="text"
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
