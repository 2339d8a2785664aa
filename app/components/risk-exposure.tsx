import type { ExposureRow, ExposureView } from '../schemas/risk.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { EmptyState } from './empty-state.tsx';
import {
  formatMoney,
  formatPercent,
  formatSigned,
  formatSignedPercent,
  moneyDecimals,
  percentOf,
} from './format.ts';
import { ModeBadge } from './status-badges.tsx';

/** What is in the market against what is allowed: a card for each kind of money and currency. */
export function RiskExposure({ exposure }: { exposure: readonly ExposureView[] }) {
  if (exposure.length === 0)
    return (
      <Card title="Exposure" flush>
        <EmptyState title="No bot yet">What your bots hold will stand here against your limits.</EmptyState>
      </Card>
    );
  return exposure.map((view) => <ExposureCard key={`${view.mode} ${view.currency}`} view={view} />);
}

function ExposureCard({ view }: { view: ExposureView }) {
  const symbols = view.rows.filter(({ kind }) => kind === 'symbol');
  const accounts = view.rows.filter(({ kind }) => kind === 'account');
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          Exposure, {view.currency} <ModeBadge mode={view.mode} />
        </span>
      }
      flush
    >
      {symbols.length === 0 ? (
        <EmptyState title="Nothing is held">All bots of this kind are out of the market.</EmptyState>
      ) : (
        <div className="grid gap-3 p-4">
          <Bars rows={symbols} view={view} />
          <p className="mt-1 text-xs text-ink-2">By account</p>
          <Bars rows={accounts} view={view} />
        </div>
      )}
      <p className="border-t px-4 py-3 text-ink-2">
        {sayTotal(view)} {sayStops(view)}
      </p>
    </Card>
  );
}

function Bars({ rows, view }: { rows: ExposureRow[]; view: ExposureView }) {
  return (
    <ul className="grid gap-3">
      {rows.map((row) => (
        <Bar key={row.name} row={row} currency={view.currency} />
      ))}
    </ul>
  );
}

/** Against its limit where there is one, else against the equity. */
function Bar({ row, currency }: { row: ExposureRow; currency: string }) {
  const ofLimit = row.limit === null ? undefined : percentOf(row.amount, row.limit);
  const share = Math.min(100, ofLimit ?? Number(row.pct ?? 0));
  const isFull = ofLimit !== undefined && ofLimit >= 100;
  const decimals = moneyDecimals(currency);
  return (
    <li>
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate">{row.name}</span>
          {isFull && <Badge tone="warn">At its limit</Badge>}
        </span>
        <span className="text-ink-2">
          {formatMoney(row.amount, decimals)}
          {row.limit !== null && ` of ${formatMoney(row.limit, decimals)}`}
          {row.pct !== null && ` · ${formatPercent(row.pct, 1)}`}
        </span>
      </div>
      <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <div
          className={`h-full rounded-full ${isFull ? 'bg-warn' : 'bg-accent'}`}
          style={{ width: `${share}%` }}
        />
      </div>
    </li>
  );
}

function sayTotal({ inCoins, inCoinsPct, limit, limitPct, currency }: ExposureView): string {
  const decimals = moneyDecimals(currency);
  const held =
    inCoinsPct === null ? `${formatMoney(inCoins, decimals)} ${currency}` : formatPercent(inCoinsPct, 1);
  if (limit === null) return `In coins ${held} of the equity. No limit is set.`;
  const allowed =
    limitPct === null ? `${formatMoney(limit, decimals)} ${currency}` : formatPercent(limitPct, 1);
  return `In coins ${held} of the ${allowed} (${formatMoney(limit, decimals)} ${currency}) you allow.`;
}

function sayStops({ stopsLoss, stopsLossPct, withoutStop, currency }: ExposureView): string {
  const decimals = moneyDecimals(currency);
  const share = stopsLossPct === null ? '' : ` (${formatSignedPercent(stopsLossPct, 1)})`;
  const stopped =
    stopsLoss === null ? '' : `If every stop is hit: ${formatSigned(stopsLoss, decimals)}${share}.`;
  const open =
    Number(withoutStop) > 0 ? ` ${formatMoney(withoutStop, decimals)} ${currency} have no stop.` : '';
  return `${stopped}${open}`.trim();
}
