import type { BiasReport } from '../../jobs/trading/research/bias-check.ts';
import type { Verdict } from '../../jobs/trading/research/verdict.ts';
import { Card } from './card.tsx';
import { formatMoney } from './format.ts';
import { Time } from './time.tsx';

const grouped = (count: number) => formatMoney(String(count), 0);

type Check = {
  title: string;
  what: string;
  passes: string;
  fails: string;
  /** What was examined, and what those that acted have. */
  places: string;
  acting: string;
  /** Said where nothing was examined. */
  none: string;
};

const CANDLES = {
  places: 'candles examined',
  acting: 'a signal',
  none: 'Too few candles to check its signals.',
};

const LOOK_AHEAD: Check = {
  ...CANDLES,
  title: 'Look-ahead',
  what: 'Each signal is made again without the candles after it.',
  passes: 'No signal knows the future',
  fails: 'Signals change when later candles are taken away: do not trust this result',
};
const ORDERS_AHEAD: Check = {
  title: 'Look-ahead',
  what: 'The backtest is run again on candles that end early.',
  passes: 'No order knows the future',
  fails: 'Trades change when later candles are taken away: do not trust this result',
  places: 'places where candles were cut',
  acting: 'trades before them',
  none: 'Too few candles to cut them short.',
};
const WARM_UP: Check = {
  ...CANDLES,
  title: 'Warm-up',
  what: 'Each signal is made again from no more candles than a live bot loads.',
  passes: 'Its warm-up is long enough',
  fails: 'Signals differ from those that live trading would see: its warm-up is too short',
};
const ORDERS_WARM_UP: Check = {
  title: 'Warm-up',
  what: 'Whether to begin is decided again from no more candles than a live bot loads.',
  passes: 'Its warm-up is long enough',
  fails: 'It begins where live trading would not, or the other way round: its warm-up is too short',
  places: 'candles examined',
  acting: 'a first buy',
  none: 'Needs none: its orders follow the price and its books, no candle of the past.',
};

/** Whether the result could be had live: what the strategy says must not depend on what a live bot cannot know. */
export function OptimizationBias({ verdict }: { verdict: Pick<Verdict, 'lookAhead' | 'warmUp'> }) {
  const { lookAhead, warmUp } = verdict;
  return (
    <Card title="Could it be had live?" flush>
      <ul className="divide-y">
        <Found report={lookAhead} check={lookAhead.by === 'orders' ? ORDERS_AHEAD : LOOK_AHEAD} />
        <Found report={warmUp} check={warmUp.by === 'orders' ? ORDERS_WARM_UP : WARM_UP} />
      </ul>
    </Card>
  );
}

function Found({ report, check }: { report: BiasReport; check: Check }) {
  const { checked, differing } = report;
  const lines = report.lines.filter((line) => line.differing > 0);
  return (
    <li className="px-4 py-3">
      <p>
        <span className="font-medium">{check.title}: </span>
        <span className={differing > 0 ? 'text-loss' : ''}>{sayFound(report, check)}</span>
      </p>
      {checked > 0 && <p className="text-xs text-ink-2">{check.what}</p>}
      {report.first && (
        <p className="mt-1 text-xs text-ink-2">
          First at <Time at={report.first.openTimeMs} />: {report.first.whole.kind} with all candles,{' '}
          {report.first.part.kind} without. {report.first.part.reason}
        </p>
      )}
      {lines.length > 0 && (
        <p className="mt-1 text-xs text-ink-2">
          Lines that differ:{' '}
          {lines.map(({ label, largest }) => `${label} by up to ${(100 * largest).toFixed(3)} %`).join(', ')}.
        </p>
      )}
    </li>
  );
}

function sayFound({ checked, acting, differing }: BiasReport, check: Check): string {
  if (checked === 0) return check.none;
  const examined = `${grouped(checked)} ${check.places}`;
  if (differing > 0) return `${check.fails} (${grouped(differing)} of ${examined}).`;
  return `${check.passes}: ${examined}, ${grouped(acting)} of them with ${check.acting}.`;
}
