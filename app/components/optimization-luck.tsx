import type { OptimizationOutcome } from '../../jobs/trading/research/outcome.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { formatMoney } from './format.ts';
import { Notice, type NoticeKind } from './notice.tsx';
import { OptimizationBias } from './optimization-bias.tsx';
import { figure, isCheck, objectiveOf, sayScore } from './optimization-words.ts';

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
      {view.notice !== null && (
        <Notice kind="warn" title="Not all candles could be fetched">
          {view.notice}
        </Notice>
      )}
      {verdict && (
        <Card title="How much of it may be luck" flush>
          <Facts facts={listFacts(view, outcome)} />
        </Card>
      )}
      {verdict && <OptimizationBias verdict={verdict} />}
    </>
  );
}

/** Below this probability a result is hard to explain by luck, above the other it mostly is luck. */
const CONVINCING = 0.05;
const LIKELY = 0.5;

type Winner = OptimizationOutcome['best'][number];
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
  const sentence = sayLuck(view, tried, luck);
  return {
    kind: luck <= CONVINCING && hasHeld(winner) ? 'done' : 'warn',
    title: titleOf(view, luck, winner),
    text: `${sentence} ${held}`,
  };
}

function sayLuck(view: OptimizationView, tried: number, luck: number): string {
  return isCheck(view)
    ? `One set was checked, none was chosen: without any edge it would look this good in ${sayChance(luck)} of cases.`
    : `Of ${grouped(tried)} tried sets the best would look this good by luck alone in ${sayChance(luck)} of cases.`;
}

function titleOf(view: OptimizationView, luck: number, { inSample }: Winner): string {
  if (inSample.trades === 0) return 'It never traded';
  if ((inSample.totalReturn ?? 0) <= 0)
    return isCheck(view) ? 'The set lost money' : 'Even the best set lost money';
  if (luck > LIKELY) return 'Most likely luck';
  return luck > CONVINCING ? 'It may well be luck' : 'Hard to explain by luck alone';
}

const hasHeld = ({ outOfSample }: Winner) => (outOfSample?.totalReturn ?? 0) > 0;

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
  return `On the newest ${percent} % of the candles, which were kept apart, it ${did}.`;
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
    ['Sharpe ratio, a year', figure(deflated.sharpe * YEAR)],
    ['Best Sharpe ratio to expect of luck', !isCheck(view) && figure(deflated.expectedMaxSharpe * YEAR)],
    ['Deflated Sharpe ratio (chance that it is more than luck)', percentOf(deflated.probability)],
    ['Days needed to be 95 % sure', days === null ? 'No number is enough' : grouped(Math.ceil(days))],
  ];
}

const percentOf = (probability: number | null) =>
  probability === null ? '–' : `${(100 * probability).toFixed(1)} %`;
