import type { TotalsView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import { EquityChart } from './equity-chart.tsx';
import { countOf, formatMoney, formatSignedPercent, moneyDecimals } from './format.ts';
import { KeyFigure, KeyFigures } from './key-figure.tsx';
import { Segments } from './segments.tsx';

const keyOf = (totals: TotalsView) => `${totals.mode}-${totals.currency}`;

type MoneySummaryProps = { all: readonly TotalsView[]; chosen: string | null };

/** How the money does: one purse (live or paper, one currency) at a time. */
export function MoneySummary({ all, chosen }: MoneySummaryProps) {
  const totals = all.find((each) => keyOf(each) === chosen) ?? all[0];
  if (!totals) return null;
  const decimals = moneyDecimals(totals.currency);
  const { today, unrealized, sinceStart } = totals;
  return (
    <Card flush>
      {all.length > 1 && (
        <div className="border-b px-4 py-2">
          <Segments
            label="Which money"
            segments={all.map((each) => ({
              to: `?money=${keyOf(each)}`,
              label: `${each.mode === 'live' ? 'Live' : 'Paper'} ${each.currency}`,
              isActive: each === totals,
            }))}
          />
        </div>
      )}
      <KeyFigures>
        <KeyFigure
          label="Equity"
          note={`${totals.mode === 'paper' ? 'Paper ' : ''}${totals.currency} in ${countOf(totals.bots, 'bot')}`}
        >
          {formatMoney(totals.equity, decimals)}
        </KeyFigure>
        <KeyFigure label="Today" note={withShare(today.pct, countOf(today.trades, 'trade'))}>
          <Delta value={today.pnl} decimals={decimals} />
        </KeyFigure>
        <KeyFigure label="Unrealised" note={countOf(unrealized.openPositions, 'open position')}>
          <Delta value={unrealized.pnl} decimals={decimals} />
        </KeyFigure>
        <KeyFigure label="Since start" note={withShare(sinceStart.pct, 'after fees')}>
          <Delta value={sinceStart.pnl} decimals={decimals} />
        </KeyFigure>
      </KeyFigures>
      <div className="border-t">
        <p className="px-4 pt-3 text-xs text-ink-2">
          Equity, {totals.currency}. The dotted line is where it began.
        </p>
        <EquityChart curve={totals.curve} currency={totals.currency} />
        {totals.curve.length < 2 && (
          <p className="px-4 pt-1 pb-4 text-ink-3">The curve begins with the first minute.</p>
        )}
      </div>
    </Card>
  );
}

function withShare(pct: string | null, note: string): string {
  return pct === null ? note : `${formatSignedPercent(pct)} · ${note}`;
}
