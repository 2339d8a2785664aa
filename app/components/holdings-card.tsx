import type { HoldingsView, HoldingView } from '../schemas/reconciliation-views.ts';
import { Card } from './card.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { formatMoney, formatQuantity, moneyDecimals } from './format.ts';

/** What the account holds; what is too little to be sold stands apart. */
export function HoldingsCard({ view }: { view: HoldingsView }) {
  const { currency, holdings } = view;
  const [whole, dust] = [holdings.filter((each) => !each.dust), holdings.filter((each) => each.dust)];
  return (
    <Card title="What it holds" flush>
      {holdings.length === 0 ? (
        <p className="p-4 text-ink-2">Known once the account has been compared with its exchange.</p>
      ) : (
        <>
          {whole.length > 0 && (
            <DataTable
              caption="What it holds"
              columns={[ASSET, worthColumn(currency)]}
              rows={whole}
              rowKey={({ asset }) => asset}
            />
          )}
          {dust.length > 0 && <Dust dust={dust} currency={currency} />}
        </>
      )}
    </Card>
  );
}

function Dust({ dust, currency }: { dust: HoldingView[]; currency: string }) {
  return (
    <section className="border-t" aria-label="Dust">
      <div className="px-4 pt-3 pb-1">
        <h3 className="font-medium">Dust</h3>
        <p className="text-xs text-ink-2">Less than the exchange takes as an order: it cannot be sold.</p>
      </div>
      <DataTable
        caption="Dust"
        columns={[ASSET, leastColumn(currency), worthColumn(currency)]}
        rows={dust}
        rowKey={({ asset }) => asset}
      />
    </section>
  );
}

const ASSET: Column<HoldingView> = {
  key: 'asset',
  title: 'Asset',
  cell: ({ asset, total }) => (
    <>
      {formatQuantity(total)} <span className="text-ink-2">{asset}</span>
    </>
  ),
};

const worthColumn = (currency: string): Column<HoldingView> => ({
  key: 'worth',
  title: `Worth, ${currency}`,
  align: 'right',
  cell: ({ worth }) =>
    worth === null ? (
      <span className="text-ink-3">no price</span>
    ) : (
      formatMoney(worth, moneyDecimals(currency))
    ),
});

const leastColumn = (currency: string): Column<HoldingView> => ({
  key: 'least',
  title: 'Smallest order',
  align: 'right',
  muted: true,
  cell: ({ dust, asset }) => (dust ? sayLeast(dust, asset, currency) : ''),
});

function sayLeast(
  { minQuantity, minNotional }: NonNullable<HoldingView['dust']>,
  asset: string,
  currency: string,
) {
  return Number(minNotional) > 0
    ? `${formatQuantity(minNotional)} ${currency}`
    : `${formatQuantity(minQuantity)} ${asset}`;
}
