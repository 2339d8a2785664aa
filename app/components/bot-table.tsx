import { Link } from '@remix-run/react';
import type { BotView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { moneyDecimals } from './format.ts';
import { Sparkline } from './sparkline.tsx';
import { BotStatusBadge, ModeBadge } from './status-badges.tsx';

const STATE_COLOURS: Record<BotView['tone'], string> = {
  good: 'text-ink-2',
  quiet: 'text-ink-2',
  attention: 'text-warn',
  bad: 'text-loss',
};

type BotTableProps = { bots: readonly BotView[]; sparks?: Readonly<Record<string, number[]>> };

/** A bot in one row: what it is, what it is doing, what it made. */
export function BotTable({ bots, sparks }: BotTableProps) {
  const [name, state, profit] = columnsFor(bots);
  const columns = sparks ? [name, state, sparkColumn(sparks), profit] : [name, state, profit];
  return <DataTable caption="Bots" columns={columns} rows={bots} rowKey={(bot) => bot.id} />;
}

function sparkColumn(sparks: Readonly<Record<string, number[]>>): Column<BotView> {
  return {
    key: 'spark',
    title: 'Since start',
    wideOnly: true,
    cell: (bot) => <Sparkline values={sparks[bot.id] ?? []} isGain={!bot.profit.startsWith('-')} />,
  };
}

function columnsFor(bots: readonly BotView[]): [Column<BotView>, Column<BotView>, Column<BotView>] {
  const quotes = new Set(bots.map((bot) => bot.quote));
  const onlyQuote = quotes.size === 1 ? bots[0]?.quote : undefined;
  return [
    { key: 'bot', title: 'Bot', cell: (bot) => <BotName bot={bot} /> },
    {
      key: 'state',
      title: 'State',
      wideOnly: true,
      cell: (bot) => <span className={STATE_COLOURS[bot.tone]}>{bot.state}</span>,
    },
    {
      key: 'profit',
      title: onlyQuote === undefined ? 'Profit' : `Profit, ${onlyQuote}`,
      align: 'right',
      cell: (bot) => <Profit bot={bot} unit={onlyQuote === undefined ? bot.quote : undefined} />,
    },
  ];
}

function BotName({ bot }: { bot: BotView }) {
  return (
    <div className="min-w-0 py-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link to={`/bots/${bot.id}`} className="font-medium after:absolute after:inset-0">
          {bot.name}
        </Link>
        <ModeBadge mode={bot.mode} />
        {bot.status !== 'RUNNING' && <BotStatusBadge status={bot.status} />}
      </div>
      <div className="mt-0.5 text-xs text-ink-2 @lg:whitespace-nowrap">
        {bot.strategyTitle} · {bot.symbol} · {bot.timeframe} · {bot.venueName}
      </div>
      <div className={`mt-0.5 text-xs @lg:hidden ${STATE_COLOURS[bot.tone]}`}>{bot.state}</div>
    </div>
  );
}

function Profit({ bot, unit }: { bot: BotView; unit: string | undefined }) {
  return (
    <>
      <div>
        <Delta value={bot.profit} decimals={moneyDecimals(bot.quote)} />
        {unit !== undefined && <span className="text-ink-2"> {unit}</span>}
      </div>
      {bot.profitPct !== null && (
        <div className="text-xs">
          <Delta value={bot.profitPct} asPercent withGlyph={false} />
        </div>
      )}
    </>
  );
}
