import { Link } from '@remix-run/react';
import type { BacktestTradePage } from '../schemas/backtests.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { decimalsOf, formatMoney, moneyDecimals } from './format.ts';
import { sayOrderReason } from './status-badges.tsx';
import { Time } from './time.tsx';

type Trade = BacktestTradePage['trades'][number];

type BacktestTradesProps = {
  page: BacktestTradePage;
  quote: string;
  withSymbol: boolean;
  /** The address of another page of the trades. */
  pathOf: (page: number) => string;
};

/** Round trips, newest first. */
export function BacktestTrades({ page, quote, withSymbol, pathOf }: BacktestTradesProps) {
  const { trades, pages, page: at } = page;
  return (
    <>
      <DataTable
        caption="Trades of the backtest"
        columns={columnsFor(trades, quote, withSymbol)}
        rows={trades}
        rowKey={({ number }) => number}
      />
      {pages > 1 && (
        <nav
          aria-label="Pages of trades"
          className="flex items-center justify-between gap-3 border-t px-4 py-2 text-xs text-ink-2"
        >
          {at > 1 ? <PageLink to={pathOf(at - 1)}>Newer</PageLink> : <span />}
          <span className="tabular-nums">
            Page {at} of {pages}
          </span>
          {at < pages ? <PageLink to={pathOf(at + 1)}>Older</PageLink> : <span />}
        </nav>
      )}
    </>
  );
}

function PageLink({ to, children }: { to: string; children: string }) {
  return (
    <Link
      to={to}
      preventScrollReset
      className="inline-flex items-center text-accent hover:underline touch:min-h-11"
    >
      {children}
    </Link>
  );
}

/** Prices come as doubles: what lies beyond the tenth digit is noise. */
const plain = (value: number) => value.toFixed(Math.max(0, 8 - Math.floor(Math.log10(value || 1)) - 1));

function priceDecimals(trades: readonly Trade[]): number {
  const prices = trades.flatMap(({ entry_price, exit_price }) => [plain(entry_price), plain(exit_price)]);
  return Math.min(6, Math.max(2, decimalsOf(prices)));
}

const sayReason = (reason: Trade['exit_reason']) =>
  reason === 'end' ? 'End of the candles' : sayOrderReason(reason);

function columnsFor(trades: readonly Trade[], quote: string, withSymbol: boolean): Column<Trade>[] {
  const decimals = priceDecimals(trades);
  const price = (value: number) => formatMoney(value.toFixed(10), decimals);
  return [
    { key: 'number', title: 'No.', muted: true, wideOnly: true, cell: ({ number }) => number },
    ...(withSymbol
      ? [{ key: 'symbol', title: 'Market', cell: ({ symbol }: Trade) => symbol } satisfies Column<Trade>]
      : []),
    { key: 'entry', title: 'Bought, UTC', cell: (trade) => <Moment at={trade.entry_time} /> },
    {
      key: 'entry_price',
      title: 'at',
      align: 'right',
      wideOnly: true,
      cell: (trade) => price(trade.entry_price),
    },
    { key: 'exit', title: 'Sold, UTC', cell: (trade) => <Moment at={trade.exit_time} /> },
    {
      key: 'exit_price',
      title: 'at',
      align: 'right',
      wideOnly: true,
      cell: (trade) => price(trade.exit_price),
    },
    { key: 'why', title: 'Why', muted: true, wideOnly: true, cell: (trade) => sayReason(trade.exit_reason) },
    {
      key: 'pnl',
      title: `Profit, ${quote}`,
      align: 'right',
      wideOnly: true,
      cell: (trade) => (
        <Delta value={trade.pnl.toFixed(10)} decimals={moneyDecimals(quote)} withGlyph={false} />
      ),
    },
    {
      key: 'pct',
      title: '%',
      align: 'right',
      cell: (trade) => <Delta value={trade.pnl_pct.toFixed(8)} decimals={2} />,
    },
  ];
}

function Moment({ at }: { at: string }) {
  return (
    <>
      <Time at={at} style="day" />
      <span className="block text-xs text-ink-3 @lg:ml-1.5 @lg:inline">
        <Time at={at} style="minute" />
      </span>
    </>
  );
}
