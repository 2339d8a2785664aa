import { Link } from '@remix-run/react';
import type { TradeView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { decimalsOf, formatMoney, moneyDecimals } from './format.ts';
import { saySide } from './status-badges.tsx';
import { Time } from './time.tsx';

type TradeTableProps = {
  trades: readonly TradeView[];
  /** Left out where the page is about one bot. */
  withBot?: boolean;
  /** With the profit by first in, first out beside that by average cost. */
  withFifo?: boolean;
  priceDecimals?: number | undefined;
  quantityDecimals?: number | undefined;
};

/** Fills, newest first. */
export function TradeTable({ trades, withBot, withFifo, priceDecimals, quantityDecimals }: TradeTableProps) {
  const prices = priceDecimals ?? Math.max(2, decimalsOf(trades.map((trade) => trade.price)));
  const quantities = quantityDecimals ?? decimalsOf(trades.map((trade) => trade.quantity));
  const columns = [
    TIME,
    ...(withBot ? [BOT] : []),
    sideColumn(quantities),
    quantityColumn(quantities, withBot === true),
    { ...PRICE, cell: (trade: TradeView) => formatMoney(trade.price, prices) },
    FEE,
    ...(withFifo ? [FIFO] : []),
    PROFIT,
  ];
  return <DataTable caption="Trades" columns={columns} rows={trades} rowKey={(trade) => trade.id} />;
}

const TIME: Column<TradeView> = {
  key: 'time',
  title: 'Time, UTC',
  muted: true,
  cell: (trade) => (
    <Link to={`/orders/${trade.orderId}`} className="after:absolute after:inset-0">
      <span className="hidden @lg:inline">
        <Time at={trade.executedAt} />
      </span>
      <span className="@lg:hidden">
        <Time at={trade.executedAt} style="clock" />
        <span className="block text-xs text-ink-3">
          <Time at={trade.executedAt} style="date" />
        </span>
      </span>
    </Link>
  ),
};

const BOT: Column<TradeView> = {
  key: 'bot',
  title: 'Bot',
  wideOnly: true,
  cell: (trade) => (
    <>
      {trade.botName} <span className="text-xs text-ink-3">{trade.symbol}</span>
    </>
  ),
};

/** Where the table is narrow, the quantity stands below the side. */
function sideColumn(decimals: number): Column<TradeView> {
  return {
    key: 'side',
    title: 'Side',
    cell: (trade) => (
      <>
        {saySide(trade.side)}
        <span className="block text-xs text-ink-2 @lg:hidden">{formatMoney(trade.quantity, decimals)}</span>
      </>
    ),
  };
}

function quantityColumn(decimals: number, withAsset: boolean): Column<TradeView> {
  return {
    key: 'quantity',
    title: 'Quantity',
    align: 'right',
    wideOnly: true,
    cell: (trade) => (
      <>
        {formatMoney(trade.quantity, decimals)}
        {withAsset && <span className="text-ink-3"> {trade.base}</span>}
      </>
    ),
  };
}

const PRICE = { key: 'price', title: 'Price', align: 'right' } as const;

const FEE: Column<TradeView> = {
  key: 'fee',
  title: 'Fee',
  align: 'right',
  muted: true,
  wideOnly: true,
  cell: (trade) => `${formatMoney(trade.fee, feeDecimals(trade.feeCurrency))} ${trade.feeCurrency}`,
};

/** Fees are small: finer than money, and as fine as coins go. */
const feeDecimals = (currency: string) => (moneyDecimals(currency) === 2 ? 4 : 8);

const FIFO: Column<TradeView> = {
  key: 'fifo',
  title: 'FIFO profit',
  align: 'right',
  muted: true,
  wideOnly: true,
  cell: (trade) => <Profit value={trade.pnlFifo} quote={trade.quote} withGlyph={false} />,
};

const PROFIT: Column<TradeView> = {
  key: 'profit',
  title: 'Profit',
  align: 'right',
  cell: (trade) => <Profit value={trade.pnl} quote={trade.quote} />,
};

function Profit({ value, quote, withGlyph }: { value: string | null; quote: string; withGlyph?: boolean }) {
  if (value === null) return <span className="text-ink-3">–</span>;
  return <Delta value={value} decimals={moneyDecimals(quote)} withGlyph={withGlyph ?? true} />;
}

/** What the two profits of a trade table mean. */
export function ProfitMeaning() {
  return (
    <p className="border-t px-4 py-2.5 text-xs text-ink-2">
      Profit is by average cost; FIFO profit counts the oldest units as sold first. Both are after fees, and
      equal once everything is sold.
    </p>
  );
}
