import { Field } from './field.tsx';
import type { FormRefusal, FormValues } from './form-values.ts';

type Kind = 'percent' | 'amount' | 'count' | 'candles' | 'fraction' | 'table';
type RiskField = { label: string; kind: Kind; hint?: string; placeholder?: string };

/** The rules that forms offer, by the names that REST has for them. */
const FIELDS = {
  stop_loss_pct: { label: 'Stop-loss', kind: 'percent' },
  take_profit_pct: { label: 'Take profit', kind: 'percent' },
  trailing_stop_pct: {
    label: 'Trailing stop',
    kind: 'percent',
    hint: 'Below the highest price since the buy.',
  },
  max_daily_loss_pct: { label: 'Daily loss limit', kind: 'percent' },
  max_position_quote: { label: 'Largest position', kind: 'amount', hint: 'No buy goes beyond it.' },
  cooldown_candles: { label: 'Pause after a loss', kind: 'candles' },
  max_trades_per_day: { label: 'Trades a day, at most', kind: 'count' },
  max_drawdown_pct: {
    label: 'Halt at a fall of',
    kind: 'percent',
    hint: 'From its highest equity; you let it trade again.',
  },
  min_confidence: {
    label: 'Confidence, at least',
    kind: 'fraction',
    hint: '0 to 1; a weaker buy signal is refused.',
  },
  loss_streak: { label: 'Losses in a row', kind: 'count', hint: 'It pauses after so many.' },
  loss_streak_candles: { label: 'Pause after them', kind: 'candles', placeholder: '24' },
  time_exit_candles: { label: 'Sell after', kind: 'candles', hint: 'At whatever price.' },
  roi_table: {
    label: 'ROI table',
    kind: 'table',
    placeholder: '0: 4, 60: 1',
    hint: 'Candles: per cent that is enough from then on.',
  },
} as const satisfies Record<string, RiskField>;

export type Rule = keyof typeof FIELDS;

/** Rules for single trades beyond stop and target. */
export const MORE_RULES: readonly Rule[] = [
  'trailing_stop_pct',
  'max_position_quote',
  'cooldown_candles',
  'max_trades_per_day',
  'max_drawdown_pct',
  'min_confidence',
  'loss_streak',
  'loss_streak_candles',
  'time_exit_candles',
  'roi_table',
];

/** What is left where a strategy keeps orders, and has exits of its own: rules that hold for all of them together. */
export const KEEPER_RULES: readonly Rule[] = ['max_position_quote', 'max_drawdown_pct'];

const LOOKS = {
  percent: { inputMode: 'decimal', suffix: '%' },
  amount: { inputMode: 'decimal' },
  count: { inputMode: 'numeric' },
  candles: { inputMode: 'numeric', suffix: 'candles' },
  fraction: { inputMode: 'decimal' },
  table: { inputMode: 'text' },
} as const;

export type RiskFieldsProps = { values: FormValues; quote: string; refusal: FormRefusal | undefined };

/** Its own message, or that of the first step of a table. */
function errorAt(refusal: FormRefusal | undefined, name: string): string | undefined {
  return refusal?.errors.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message;
}

/** A field for each of the rules. `hints` stand in for the usual ones. */
export function RiskFields({
  rules,
  hints = {},
  values,
  quote,
  refusal,
}: RiskFieldsProps & { rules: readonly Rule[]; hints?: Partial<Record<Rule, string>> }) {
  return rules.map((rule) => {
    const { label, kind, hint, placeholder = 'off' }: RiskField = FIELDS[rule];
    const name = `risk.${rule}`;
    return (
      <Field
        key={rule}
        name={name}
        label={label}
        defaultValue={values[name]}
        error={errorAt(refusal, name)}
        autoComplete="off"
        placeholder={placeholder}
        {...(kind === 'amount' ? { suffix: quote } : {})}
        {...LOOKS[kind]}
        hint={hints[rule] ?? hint}
      />
    );
  });
}
