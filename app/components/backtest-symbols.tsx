import type { SymbolReport } from '../../jobs/trading/backtest/report.ts';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { formatMoney, formatPercent, moneyDecimals } from './format.ts';

type SymbolsProps = { rows: readonly SymbolReport[]; quote: string };

/** Which pair made how much of the whole. */
export function BacktestSymbols({ rows, quote }: SymbolsProps) {
  return (
    <Card title="By market" flush>
      <DataTable
        caption="What each market made"
        columns={columnsFor(quote)}
        rows={rows}
        rowKey={({ symbol }) => symbol}
      />
      <p className="border-t px-4 py-2 text-xs text-ink-2">
        Profit is that of the market’s own trades, fees counted; the sum of all is the result. Holding is what
        the market itself did from the first open to the last close.
      </p>
    </Card>
  );
}

const None = () => <span className="text-ink-3">–</span>;

function columnsFor(quote: string): Column<SymbolReport>[] {
  const decimals = moneyDecimals(quote);
  return [
    { key: 'symbol', title: 'Market', cell: ({ symbol }) => symbol },
    { key: 'trades', title: 'Trades', align: 'right', cell: ({ trades }) => formatMoney(String(trades), 0) },
    {
      key: 'won',
      title: 'Won',
      align: 'right',
      cell: ({ win_rate }) => (win_rate === null ? <None /> : formatPercent(100 * win_rate, 1)),
    },
    {
      key: 'profit',
      title: `Profit, ${quote}`,
      align: 'right',
      cell: ({ net_profit }) => <Delta value={net_profit.toFixed(10)} decimals={decimals} />,
    },
    {
      key: 'fees',
      title: `Fees, ${quote}`,
      align: 'right',
      wideOnly: true,
      cell: ({ fees }) => formatMoney(fees.toFixed(10), decimals),
    },
    {
      key: 'hold',
      title: 'Holding',
      align: 'right',
      wideOnly: true,
      cell: ({ buy_and_hold }) =>
        buy_and_hold === null ? (
          <None />
        ) : (
          <Delta value={(100 * buy_and_hold).toFixed(8)} decimals={1} asPercent />
        ),
    },
  ];
}
