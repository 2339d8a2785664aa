import { Form, useSubmit } from '@remix-run/react';
import { useState, type FormEvent } from 'react';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { StrategyView } from '../schemas/views.ts';
import { listSymbols } from './bot-form-input.ts';
import { MarketStep, type MarketChoices } from './bot-form-market.tsx';
import { RebalanceMoneyStep } from './bot-form-rebalance.tsx';
import { RiskStep } from './bot-form-risk.tsx';
import { StrategyStep } from './bot-form-strategy.tsx';
import { toValues, type FormRefusal, type FormValues } from './form-values.ts';

type BotFormProps = {
  id: string;
  choices: MarketChoices;
  strategies: readonly StrategyView[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** A change of these changes what the rest of the page offers or shows. */
const CHANGES_CHOICES =
  /^(exchange|symbol|timeframe|account|strategy|params\..*|rule\..*|weight\..*|sizing\..*|initial_balance)$/;

/** A new bot in three steps. Without script each step is the same form; with one, the page follows what is chosen. */
export function BotForm({ id, choices, strategies, values, refusal }: BotFormProps) {
  const submit = useSubmit();
  const [live, setLive] = useState(values);
  const [first] = listSymbols(values['symbol']);
  const quote = choices.symbols.find((each) => each.symbol === first)?.quote ?? quoteOf(first);
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    setLive(toValues(new FormData(event.currentTarget)));
  };
  const onChange = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement;
    if (!CHANGES_CHOICES.test(name)) return;
    submit(event.currentTarget, {
      method: 'get',
      action: '/bots/new',
      replace: true,
      preventScrollReset: true,
    });
  };
  return (
    <Form id={id} method="post" className="grid min-w-0 gap-5" onInput={onInput} onChange={onChange}>
      <MarketStep key={values['exchange']} choices={choices} values={values} refusal={refusal} />
      <StrategyStep strategies={strategies} hasRows values={values} refusal={refusal} />
      {values['strategy'] === REBALANCE ? (
        <RebalanceMoneyStep values={values} quote={quote} refusal={refusal} />
      ) : (
        <RiskStep values={values} live={{ ...values, ...live }} quote={quote} refusal={refusal} />
      )}
    </Form>
  );
}

const quoteOf = (symbol: string | undefined) => symbol?.split('/')[1]?.split(':')[0] ?? 'quote';
