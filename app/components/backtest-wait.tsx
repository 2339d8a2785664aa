import { useLocation } from '@remix-run/react';
import type { BacktestView } from '../schemas/backtests.ts';
import { isUnderWay } from './backtest-words.ts';
import { Card } from './card.tsx';
import { Notice } from './notice.tsx';
import { ProgressBar } from './progress-bar.tsx';

type WaitProps = { backtest: BacktestView };

/** What is known of a backtest without a result, as a card. */
export function BacktestWait({ backtest }: WaitProps) {
  if (!isUnderWay(backtest)) return <BacktestEnd backtest={backtest} />;
  return (
    <Card>
      <BacktestProgress backtest={backtest} />
    </Card>
  );
}

/** Why a backtest has ended without a result. */
export function BacktestEnd({ backtest }: WaitProps) {
  if (backtest.status === 'failed')
    return (
      <Notice kind="error" title="It could not be run">
        {backtest.problem} Change what is in the way and run it again: its settings are kept.
      </Notice>
    );
  return <Notice title="It was called off before there was a result." />;
}

/** How far a backtest is. Without a script the page comes again by itself. */
export function BacktestProgress({ backtest }: WaitProps) {
  const { pathname, search } = useLocation();
  return (
    <>
      <noscript>
        {/* The address without a fragment: to go to a place on the same page loads nothing. */}
        <meta httpEquiv="refresh" content={`3;url=${pathname}${search}`} />
      </noscript>
      <p className="mb-3" aria-live="polite">
        {sayStage(backtest)}
      </p>
      <ProgressBar label={`Backtest ${backtest.name}`} progress={backtest.progress} />
      {backtest.problem !== null && (
        <p className="mt-3 text-xs text-warn">{backtest.problem} It is tried again by itself.</p>
      )}
      <p className="mt-3 text-xs text-ink-2">It goes on while you are away.</p>
    </>
  );
}

/** From here on there is nothing left to fetch. */
const FETCHED = 0.9;

function sayStage({ status, progress, symbols, timeframe, detailTimeframe }: BacktestView): string {
  if (status === 'queued') return 'Waiting for its turn: backtests run one after another.';
  if (progress >= FETCHED) return 'Simulating.';
  const kinds = detailTimeframe === null ? [timeframe] : [timeframe, detailTimeframe];
  const wanted = symbols.flatMap((symbol) => kinds.map((kind) => `${kind} candles of ${symbol}`));
  if (wanted.length === 1) return 'Gathering candles.';
  const at = Math.min(wanted.length - 1, Math.floor((progress / FETCHED) * wanted.length));
  return `Gathering ${wanted[at] ?? ''}: ${at + 1} of ${wanted.length}.`;
}
