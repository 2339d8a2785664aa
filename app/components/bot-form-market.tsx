import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { ExchangeKeyView, SymbolView, VenueView } from '../schemas/views.ts';
import { PAPER } from './bot-form-input.ts';
import { MaxOpenField, SymbolsField } from './bot-form-symbols.tsx';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { CheckField, SelectField } from './field.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';

/** What a new bot can be made of, for the exchange chosen so far. */
export type MarketChoices = {
  venues: readonly VenueView[];
  symbols: readonly SymbolView[];
  timeframes: readonly string[];
  keys: readonly ExchangeKeyView[];
  /** Why the exchange's markets are not listed, in a sentence. */
  problem: string | null;
};

type MarketStepProps = { choices: MarketChoices; values: FormValues; refusal: FormRefusal | undefined };

const UNITS: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

function sayTimeframe(timeframe: string): string {
  const count = Number.parseInt(timeframe, 10);
  const unit = UNITS[timeframe.slice(-1)] ?? timeframe;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function MarketStep({ choices, values, refusal }: MarketStepProps) {
  const isLive = (values['account'] ?? PAPER) !== PAPER;
  return (
    <Card title="1 · Market">
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label="Exchange"
          name="exchange"
          defaultValue={values['exchange']}
          options={choices.venues.map(({ id, name }) => ({ value: id, label: name }))}
          error={choices.problem ? 'Its markets cannot be listed just now.' : errorOf(refusal, 'exchange')}
        />
        <AccountField choices={choices} values={values} refusal={refusal} />
        <SymbolsField symbols={choices.symbols} values={values} refusal={refusal} />
        <SelectField
          label="Candles"
          name="timeframe"
          defaultValue={values['timeframe']}
          options={choices.timeframes.map((each) => ({ value: each, label: sayTimeframe(each) }))}
          hint={
            values['strategy'] === WEBHOOK
              ? 'For the chart alone: it acts when a signal comes.'
              : 'It decides at the close of each.'
          }
          error={errorOf(refusal, 'timeframe')}
        />
        <MaxOpenField values={values} refusal={refusal} />
        <noscript className="col-span-2">
          <Button formMethod="get" formNoValidate>
            Show this market
          </Button>
        </noscript>
      </div>
      {isLive && <LiveConsent refusal={refusal} />}
    </Card>
  );
}

function AccountField({ choices: { keys }, values, refusal }: MarketStepProps) {
  const fitting = keys.filter((key) => key.exchange === values['exchange']);
  return (
    <SelectField
      label="Account"
      name="account"
      defaultValue={values['account'] ?? PAPER}
      options={[
        { value: PAPER, label: 'Paper' },
        ...fitting.map((key) => ({ value: key.id, label: `Live: ${key.label} (…${key.keyHint})` })),
      ]}
      hint={fitting.length === 0 ? 'Live needs a key of this exchange.' : 'Paper costs nothing.'}
      error={errorOf(refusal, 'exchange_key_id') ?? errorOf(refusal, 'mode')}
    />
  );
}

function LiveConsent({ refusal }: { refusal: FormRefusal | undefined }) {
  const error = errorOf(refusal, 'confirm_live');
  return (
    <div className="mt-4 rounded-card border border-warn/50 bg-warn-soft px-3 py-2">
      <CheckField name="confirm_live" label="This bot may trade with real money." />
      {error !== undefined && <p className="pb-1 text-xs text-loss">{error}</p>}
    </div>
  );
}
