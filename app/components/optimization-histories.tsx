import type { Verdict } from '../../jobs/trading/research/verdict.ts';
import { OptimizationBands } from './optimization-bands.tsx';

/** What could as well have happened: to its trades, and to its days. */
export function OptimizationHistories({ verdict }: { verdict: Verdict }) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      {verdict.tradeOrder && (
        <OptimizationBands
          title="The same trades in another order"
          what="The best set’s trades, shuffled a thousand times: how deep it might have fallen on its way."
          unit="Trades"
          result={verdict.tradeOrder}
        />
      )}
      {verdict.dayBlocks && (
        <OptimizationBands
          title="Other days of the same kind"
          what="Its days, drawn anew in blocks a thousand times: where it might have ended."
          unit="Days"
          result={verdict.dayBlocks}
        />
      )}
    </div>
  );
}
