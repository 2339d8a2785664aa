import type { OptimizationView } from '../schemas/optimizations.ts';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { formatMoney } from './format.ts';
import {
  isCheck,
  objectiveOf,
  SAMPLER_WORDS,
  toPercent,
  toRuleText,
  toStakeText,
} from './optimization-words.ts';
import { Time } from './time.tsx';

const grouped = (count: number) => formatMoney(String(count), 0);

/** What was asked, in the words of the form. */
export function OptimizationSettings({ view }: { view: OptimizationView }) {
  return (
    <Card title="What was asked" flush>
      <Facts
        facts={[
          ['Strategy', view.strategyTitle],
          ['Market', `${view.symbol} ${view.timeframe}, ${view.venueName}`],
          ['Period', <Period view={view} />],
          ['Candles', sayCandles(view)],
          ...view.plan.vary.map(toFact),
          ...(isCheck(view) ? [] : listSearch(view)),
          ['Held out', `${String(Math.round(100 * view.plan.holdOut))} %, the newest`],
          ...listMoney(view),
          ['Started', <Time at={view.createdAt} />],
        ]}
      />
    </Card>
  );
}

function Period({ view }: { view: OptimizationView }) {
  return (
    <>
      <Time at={view.fromTime} style="day" /> to <Time at={Date.parse(view.toTime) - 1} style="day" />
    </>
  );
}

function toFact(line: string): Fact {
  const at = line.indexOf('=');
  const text = line.slice(at + 1);
  return [line.slice(0, at).replaceAll('_', ' '), /^[[{]/.test(text) ? <code>{text}</code> : text];
}

function sayCandles({ candles, source }: OptimizationView): string | false {
  if (candles === null) return false;
  const parts = [
    source && source.fetched > 0 && `${grouped(source.fetched)} fetched for it`,
    source && source.missing > 0 && `${grouped(source.missing)} missing`,
  ].filter(Boolean);
  return parts.length > 0 ? `${grouped(candles)}, ${parts.join(', ')}` : grouped(candles);
}

const listSearch = ({ plan }: OptimizationView): Fact[] => [
  ['Looked for', objectiveOf(plan.objective)?.title],
  ['Search', SAMPLER_WORDS[plan.sampler]],
  ['Sets to try', grouped(plan.tries)],
  ['Seed', plan.seed],
];

function listMoney(view: OptimizationView): Fact[] {
  const { quote, initialBalance, fee, makerFee, slippage, risk } = view;
  const text = toStakeText(view);
  const fees =
    makerFee === fee ? `${toPercent(fee)} %` : `${toPercent(fee)} %, resting ${toPercent(makerFee)} %`;
  return [
    ['Starts with', `${initialBalance} ${quote}`],
    ['Each trade', text === 'all' ? 'all of it' : text.replace(/[0-9]$/, `$& ${quote}`)],
    ['Fee and slippage', `${fees}; ${toPercent(slippage)} %`],
    ['Market’s steps and least order', view.keepsMarketRules && 'kept to'],
    ...Object.entries(risk).map(([name, value]): Fact => [sayRule(name), toRuleText(value)]),
  ];
}

/** `stop_loss_pct` as `Stop loss, %`. */
function sayRule(name: string): string {
  const words = name.replace(/_pct$/, ', %').replaceAll('_', ' ').replace(/^roi/, 'ROI');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
