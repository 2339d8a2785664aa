import { Disclosure } from './disclosure.tsx';
import { Field } from './field.tsx';
import { Tick } from './backtest-form-tick.tsx';
import type { FormRefusal, FormValues } from './form-values.ts';

/** What every field of the form has, by its name. */
export type Shared = (name: string) => {
  name: string;
  defaultValue: string | undefined;
  error: string | undefined;
};

type MoneyProps = { shared: Shared; values: FormValues; refusal: FormRefusal | undefined };

const percent = { inputMode: 'decimal', suffix: '%', placeholder: 'off' } as const;
const count = { inputMode: 'numeric', placeholder: 'off' } as const;

/** What each trade costs, and the rules that hold whatever the strategy says. */
export function OptimizationMoney({ shared, values, refusal }: MoneyProps) {
  return (
    <>
      <Disclosure label="Money and costs">
        <div className="grid grid-cols-2 gap-3 px-4 pb-4">
          <Field label="Starts with" {...shared('initial_balance')} inputMode="decimal" />
          <Field label="Each trade" {...shared('stake')} hint="An amount, all, or a share such as 25 %." />
          <Field label="Fee" {...shared('fee')} inputMode="decimal" suffix="%" hint="Orders at the market." />
          <Field
            label="Fee of resting orders"
            {...shared('maker_fee')}
            inputMode="decimal"
            suffix="%"
            hint="Left out, the same."
          />
          <Field label="Slippage" {...shared('slippage')} inputMode="decimal" suffix="%" />
          <Field
            label="Trades at least"
            {...shared('min_trades')}
            inputMode="numeric"
            hint="With fewer a set has no score."
          />
          <div className="col-span-2">
            <Tick
              name="market_rules"
              label="Keep to the market’s steps and least order"
              hint="Quantities and prices are rounded as the exchange would have it."
              values={values}
            />
          </div>
        </div>
      </Disclosure>
      <Disclosure label="Stops and other rules">
        <div className="grid grid-cols-2 gap-3 px-4 pb-4">
          <Field label="Stop-loss" {...shared('risk.stop_loss_pct')} {...percent} />
          <Field label="Take profit" {...shared('risk.take_profit_pct')} {...percent} />
          <Field label="Trailing stop" {...shared('risk.trailing_stop_pct')} {...percent} />
          <Field label="Daily loss limit" {...shared('risk.max_daily_loss_pct')} {...percent} />
          <Field label="Halt at a fall of" {...shared('risk.max_drawdown_pct')} {...percent} />
          <Field label="Largest position" {...shared('risk.max_position_quote')} {...count} />
          <Field label="Sell after candles" {...shared('risk.time_exit_candles')} {...count} />
          <Field label="Pause after a loss" {...shared('risk.cooldown_candles')} {...count} />
          <Field label="Trades a day, at most" {...shared('risk.max_trades_per_day')} {...count} />
          <Field
            label="Confidence, at least"
            {...shared('risk.min_confidence')}
            placeholder="off"
            hint="0 to 1."
          />
          <Field label="Losses in a row" {...shared('risk.loss_streak')} {...count} hint="It pauses then." />
          <Field label="Pause after them" {...shared('risk.loss_streak_candles')} placeholder="24" />
          <div className="col-span-2">
            <Field
              label="ROI table"
              {...shared('risk.roi_table')}
              error={refusal?.errors.find(({ path }) => path.startsWith('risk.roi_table'))?.message}
              placeholder="0: 4, 60: 1"
              hint="Candles since the entry: per cent that is enough."
            />
          </div>
        </div>
      </Disclosure>
    </>
  );
}
