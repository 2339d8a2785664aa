import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { Card } from './card.tsx';
import { Tick } from './backtest-form-tick.tsx';
import { Disclosure } from './disclosure.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';

type MoneyStepProps = { values: FormValues; quote: string; refusal: FormRefusal | undefined };

const off = { placeholder: 'off', suffix: '%' };
const isOff = { placeholder: 'off', inputMode: 'numeric' as const };
const inCandles = { inputMode: 'numeric' as const, suffix: 'candles' };

function sharedBy({ values, refusal }: MoneyStepProps) {
  return (name: string) => ({
    name,
    defaultValue: values[name],
    error: errorOf(refusal, name),
    inputMode: 'decimal' as const,
    autoComplete: 'off',
  });
}

export function BacktestMoneyStep(props: MoneyStepProps) {
  const { quote, values } = props;
  const shared = sharedBy(props);
  const isKeeper = keepsOrders(values['strategy']);
  return (
    <Card title="3 · Money and rules" flush>
      <div className="grid grid-cols-2 gap-3 p-4">
        <Field label="Balance" required {...shared('initial_balance')} suffix={quote} />
        <Field
          label="Each buy spends"
          required
          {...shared('stake')}
          inputMode="text"
          suffix={quote}
          hint="An amount, all, or a share: 25 %."
        />
        <Field
          label={isKeeper ? 'Fee at the market' : 'Fee of a fill'}
          required
          {...shared('fee')}
          suffix="%"
        />
        {isKeeper ? (
          <Field
            label="Fee of resting orders"
            {...shared('maker_fee')}
            placeholder="the same"
            suffix="%"
            hint="Makers often pay less."
          />
        ) : (
          <input type="hidden" name="maker_fee" value={values['maker_fee'] ?? ''} />
        )}
        <Field
          label="Slippage"
          required
          {...shared('slippage')}
          suffix="%"
          hint="How much worse than the open."
        />
        <Field label="Stop-loss" {...shared('risk.stop_loss_pct')} {...off} />
        <Field label="Take profit" {...shared('risk.take_profit_pct')} {...off} />
        <div className="col-span-2">
          <Tick
            name="market_rules"
            label="Keep to the market’s steps and least order"
            hint="Quantities and prices are rounded as the exchange would have it."
            values={values}
          />
        </div>
      </div>
      <MoreRules {...props} />
    </Card>
  );
}

function MoreRules(props: MoneyStepProps) {
  const { quote, refusal } = props;
  const shared = sharedBy(props);
  return (
    <Disclosure label="More rules and a name">
      <div className="grid grid-cols-2 gap-3 px-4 pb-4">
        <Field label="Trailing stop" {...shared('risk.trailing_stop_pct')} {...off} />
        <Field label="Daily loss limit" {...shared('risk.max_daily_loss_pct')} {...off} />
        <Field
          label="Largest position"
          {...shared('risk.max_position_quote')}
          placeholder="off"
          suffix={quote}
        />
        <Field label="Halt at a fall of" {...shared('risk.max_drawdown_pct')} {...off} />
        <Field label="Pause after a loss" {...shared('risk.cooldown_candles')} {...isOff} {...inCandles} />
        <Field label="Trades a day, at most" {...shared('risk.max_trades_per_day')} {...isOff} />
        <Field
          label="Confidence, at least"
          {...shared('risk.min_confidence')}
          placeholder="off"
          hint="0 to 1."
        />
        <Field label="Sell after" {...shared('risk.time_exit_candles')} {...isOff} {...inCandles} />
        <Field label="Losses in a row" {...shared('risk.loss_streak')} {...isOff} hint="It pauses then." />
        <Field
          label="Pause after them"
          {...shared('risk.loss_streak_candles')}
          placeholder="24"
          {...inCandles}
        />
        <Field
          label="ROI table"
          {...shared('risk.roi_table')}
          error={refusal?.errors.find(({ path }) => path.startsWith('risk.roi_table'))?.message}
          inputMode="text"
          placeholder="0: 4, 60: 1"
          hint="Candles: per cent that is enough."
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
