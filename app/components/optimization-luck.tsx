import type { BiasReport } from '../../jobs/trading/research/bias-check.ts';
import type { OptimizationOutcome } from '../../jobs/trading/research/outcome.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { formatMoney } from './format.ts';
import { Notice, type NoticeKind } from './notice.tsx';
import { figure, objectiveOf, sayScore } from './optimization-words.ts';

type LuckProps = { view: OptimizationView; outcome: OptimizationOutcome };

const YEAR = Math.sqrt(365);
const grouped = (count: number) => formatMoney(String(count), 0);

/** The verdict first, in a sentence; then what it rests on. */
export function OptimizationLuck({ view, outcome }: LuckProps) {
  const { kind, title, text } = sayVerdict(view, outcome);
  const { verdict } = outcome;
  return (
    <>
      <Notice kind={kind} title={title}>
        {text}
      </Notice>
      {verdict && (
        <Card title="How much of it may be luck" flush>
          <Facts facts={listFacts(view, outcome)} />
          <ul className="grid gap-1 border-t px-4 py-3 text-xs text-ink-2">
            <li>{sayCheck(verdict.lookAhead, LOOK_AHEAD)}</li>
            <li>{sayCheck(verdict.warmUp, WARM_UP)}</li>
          </ul>
        </Card>
      )}
    </>
  );
}

/** Below this probability a result is hard to explain by luck, above the other it mostly is luck. */
const CONVINCING = 0.05;
const LIKELY = 0.5;

type Said = { kind: NoticeKind; title: string; text: string };

function sayVerdict(view: OptimizationView, { best, verdict, tried }: OptimizationOutcome): Said {
  const [winner] = best;
  if (!winner)
    return {
      kind: 'warn',
      title: `None of ${grouped(tried)} tried sets has a score`,
      text: `A set counts from ${grouped(view.plan.minTrades)} trades on. Choose a longer period, or ask for fewer trades.`,
    };
  const probability = verdict?.deflated?.probability ?? null;
  const held = sayHeld(view, winner);
  if (probability === null)
    return { kind: 'warn', title: 'Too few days to tell the best set from luck', text: held };
  const luck = 1 - probability;
  const sentence = `Of ${grouped(tried)} tried sets the best would look this good by luck alone in ${sayChance(luck)} of cases.`;
  const hasHeld = (winner.outOfSample?.totalReturn ?? 0) > 0;
  return {
    kind: luck <= CONVINCING && hasHeld ? 'done' : 'warn',
    title: titleOf(luck, winner),
    text: `${sentence} ${held}`,
  };
}

function titleOf(luck: number, { inSample }: OptimizationOutcome['best'][number]): string {
  if ((inSample.totalReturn ?? 0) <= 0) return 'Even the best set lost money';
  if (luck > LIKELY) return 'Most likely luck';
  return luck > CONVINCING ? 'It may well be luck' : 'Hard to explain by luck alone';
}

function sayChance(luck: number): string {
  const percent = 100 * luck;
  if (percent > 99) return 'more than 99 %';
  return percent < 1 ? 'less than 1 %' : `${percent.toFixed(0)} %`;
}

function sayHeld(view: OptimizationView, { outOfSample }: OptimizationOutcome['best'][number]): string {
  const percent = Math.round(100 * view.plan.holdOut);
  const earned = outOfSample?.totalReturn ?? null;
  if (earned === null) return '';
  const did = earned > 0 ? `earned ${figure(100 * earned)} %` : `lost ${figure(-100 * earned)} %`;
  return `On the newest ${percent} % of the candles, which the search did not see, it ${did}.`;
}

function listFacts(view: OptimizationView, { best, verdict, tried }: OptimizationOutcome): Fact[] {
  const deflated = verdict?.deflated ?? null;
  const [winner] = best;
  const { objective } = view.plan;
  const facts: Fact[] = [
    ['Sets tried', grouped(tried)],
    [
      `${objectiveOf(objective)?.title ?? ''}, searched and held out`,
      winner && `${sayScore(objective, winner.score)} and ${sayScore(objective, winner.outOfSampleScore)}`,
    ],
  ];
  if (!deflated) return facts;
  const days = deflated.minTrackRecord;
  return [
    ...facts,
    ['Sharpe ratio of the best, a year', figure(deflated.sharpe * YEAR)],
    ['Best Sharpe ratio to expect of luck', figure(deflated.expectedMaxSharpe * YEAR)],
    ['Deflated Sharpe ratio (chance that it is more than luck)', percentOf(deflated.probability)],
    ['Days needed to be 95 % sure', days === null ? 'No number is enough' : grouped(Math.ceil(days))],
  ];
}

const percentOf = (probability: number | null) =>
  probability === null ? '–' : `${(100 * probability).toFixed(1)} %`;

const LOOK_AHEAD = {
  passes: 'No signal knows the future',
  fails: 'Signals change when later candles are taken away: do not trust this result',
};
const WARM_UP = {
  passes: 'Its warm-up is long enough',
  fails: 'Signals differ from those that live trading would see: its warm-up is too short',
};

function sayCheck({ checked, differing }: BiasReport, words: { passes: string; fails: string }): string {
  if (checked === 0) return 'Too few candles to check its signals.';
  return differing === 0
    ? `${words.passes}: ${grouped(checked)} candles examined.`
    : `${words.fails}: ${grouped(differing)} of ${grouped(checked)} candles.`;
}
