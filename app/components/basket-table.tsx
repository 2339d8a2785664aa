import { Link } from '@remix-run/react';
import type { BasketView } from '../schemas/basket-views.ts';
import type { BotView } from '../schemas/views.ts';
import { DataTable, type Column } from './data-table.tsx';
import { Delta } from './delta.tsx';
import { Disclosure } from './disclosure.tsx';
import { formatQuantity, moneyDecimals } from './format.ts';
import { BotStatusBadge, ModeBadge } from './status-badges.tsx';

const STATE_COLOURS: Record<BotView['tone'], string> = {
  good: 'text-ink-2',
  quiet: 'text-ink-2',
  attention: 'text-warn',
  bad: 'text-loss',
};

/** Baskets, each in one row, and beneath them the pairs of each behind a line that unfolds. */
export function BasketTable({ baskets }: { baskets: readonly BasketView[] }) {
  return (
    <>
      <DataTable caption="Baskets" columns={COLUMNS} rows={baskets} rowKey={(basket) => basket.id} />
      {baskets.map((basket) => (
        <Disclosure key={basket.id} label={`Pairs of ${basket.name}`}>
          <LegTable legs={basket.legs} />
        </Disclosure>
      ))}
    </>
  );
}

const COLUMNS: Column<BasketView>[] = [
  { key: 'basket', title: 'Basket', cell: (basket) => <BasketName basket={basket} /> },
  {
    key: 'state',
    title: 'State',
    wideOnly: true,
    cell: ({ tone, state }) => <span className={STATE_COLOURS[tone]}>{state}</span>,
  },
  {
    key: 'profit',
    title: 'Profit',
    align: 'right',
    cell: ({ profit, profitPct, quote }) => <Profit profit={profit} pct={profitPct} quote={quote} />,
  },
];

function BasketName({ basket }: { basket: BasketView }) {
  const symbols = basket.legs.map(({ symbol }) => symbol).join(', ');
  return (
    <div className="min-w-0 py-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link to={`/baskets/${basket.id}`} className="font-medium after:absolute after:inset-0">
          {basket.name}
        </Link>
        <ModeBadge mode={basket.mode} />
        {basket.status !== 'RUNNING' && <BotStatusBadge status={basket.status} />}
      </div>
      <div className="mt-0.5 text-xs text-ink-2">
        {basket.strategyTitle} · {symbols} · {basket.timeframe} · {basket.venueName}
      </div>
      <div className={`mt-0.5 text-xs @lg:hidden ${STATE_COLOURS[basket.tone]}`}>{basket.state}</div>
    </div>
  );
}

/** A basket's legs, each leading to its own page. */
export function LegTable({ legs }: { legs: readonly BotView[] }) {
  return <DataTable caption="Pairs" columns={LEG_COLUMNS} rows={legs} rowKey={(leg) => leg.id} />;
}

const LEG_COLUMNS: Column<BotView>[] = [
  {
    key: 'pair',
    title: 'Pair',
    cell: (leg) => (
      <div className="min-w-0 py-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link to={`/bots/${leg.id}`} className="font-medium after:absolute after:inset-0">
            {leg.symbol}
          </Link>
          {leg.status !== 'RUNNING' && <BotStatusBadge status={leg.status} />}
        </div>
        <div className={`mt-0.5 text-xs @lg:hidden ${STATE_COLOURS[leg.tone]}`}>{leg.state}</div>
      </div>
    ),
  },
  {
    key: 'state',
    title: 'State',
    wideOnly: true,
    cell: (leg) => <span className={STATE_COLOURS[leg.tone]}>{leg.state}</span>,
  },
  {
    key: 'position',
    title: 'Holds',
    align: 'right',
    wideOnly: true,
    cell: ({ position, base }) =>
      position.averagePrice === null ? (
        <span className="text-ink-3">nothing</span>
      ) : (
        `${formatQuantity(position.quantity)} ${base}`
      ),
  },
  {
    key: 'profit',
    title: 'Profit',
    align: 'right',
    cell: ({ profit, quote }) => <Profit profit={profit} pct={null} quote={quote} />,
  },
];

function Profit({ profit, pct, quote }: { profit: string; pct: string | null; quote: string }) {
  return (
    <>
      <div>
        <Delta value={profit} decimals={moneyDecimals(quote)} /> <span className="text-ink-2">{quote}</span>
      </div>
      {pct !== null && (
        <div className="text-xs">
          <Delta value={pct} asPercent withGlyph={false} />
        </div>
      )}
    </>
  );
}
