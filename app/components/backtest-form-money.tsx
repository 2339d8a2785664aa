import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { Card } from './card.tsx';
import { Tick } from './backtest-form-tick.tsx';
import { Disclosure } from './disclosure.tsx';
import { Field } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { KEEPER_RULES, MORE_RULES, RiskFields, type Rule } from './risk-fields.tsx';

type MoneyStepProps = { values: FormValues; quote: string; refusal: FormRefusal | undefined };

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
  const { strategy } = values;
  const shared = sharedBy(props);
  const isKeeper = keepsOrders(strategy);
  return (
    <Card title="3 · Money and rules" flush>
      <div className="grid grid-cols-2 gap-3 p-4">
        <Field label="Balance" required {...shared('initial_balance')} suffix={quote} />
        {strategy === REBALANCE ? (
          <input type="hidden" name="stake" value="all" />
        ) : (
          <Field
            label="Each buy spends"
            required
            {...shared('stake')}
            inputMode="text"
            suffix={quote}
            hint="An amount, all, or a share: 25 %."
          />
        )}
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
        <RiskFields {...props} rules={firstRules(strategy)} />
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

/** Stop and target are for strategies that act on signals: the others have exits of their own. */
function firstRules(strategy: string | undefined): readonly Rule[] {
  return keepsOrders(strategy) || strategy === REBALANCE ? [] : ['stop_loss_pct', 'take_profit_pct'];
}

function moreRules(strategy: string | undefined): readonly Rule[] {
  if (strategy === REBALANCE) return [];
  return ['max_daily_loss_pct', ...(keepsOrders(strategy) ? KEEPER_RULES : MORE_RULES)];
}

function MoreRules(props: MoneyStepProps) {
  return (
    <Disclosure label="More rules and a name">
      <div className="grid grid-cols-2 gap-3 px-4 pb-4">
        <RiskFields {...props} rules={moreRules(props.values['strategy'])} />
        <div className="col-span-2">
          <Field
            label="Name"
            {...sharedBy(props)('name')}
            inputMode="text"
            maxLength={80}
            placeholder="Made from market and strategy"
          />
        </div>
      </div>
    </Disclosure>
  );
}
