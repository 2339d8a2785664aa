import type { OrderRun } from '../../jobs/trading/backtest/order-run.ts';
import type { BacktestSettings } from '../../jobs/trading/backtest/settings.ts';
import { simulateOrders } from '../../jobs/trading/backtest/simulate-orders.ts';
import type { Simulation } from '../../jobs/trading/backtest/simulation.ts';
import { toCandles } from '../../jobs/trading/candles.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import type { RestingOrder } from '../../jobs/trading/backtest/order-book.ts';

/** A candle as a trader writes it: open, high, low, close. */
export type Row = [open: number, high: number, low: number, close: number];

export type TableRun = { result: Simulation; table: [fills: string, resting: string][]; run: OrderRun };

const MINUTE_MS = 60_000;

/** Runs a strategy over a table and says of each candle what filled in it, and what rests at its close. */
export function runTable(
  strategy: string,
  {
    params,
    rows,
    ...change
  }: { params: Record<string, unknown>; rows: Row[] } & Partial<Omit<BacktestSettings, 'params'>>,
): TableRun {
  const candles = toCandles(
    rows.map(([open, high, low, close], index) => ({
      openTimeMs: index * MINUTE_MS,
      ...{ open, high, low, close, volume: 1 },
    })),
  );
  const settings: BacktestSettings = {
    strategy,
    params: findOrderStrategy(strategy)?.paramsSchema.parse(params) ?? {},
    timeframe: '1m',
    initialBalance: money(1_000),
    stake: 'all',
    fee: money('0.001'),
    slippageBps: 0,
    risk: {},
    arithmetic: 'exact',
    lotSize: money('0.0001'),
    tickSize: money('0.01'),
    ...change,
  };
  const table: TableRun['table'] = [];
  let run: OrderRun | undefined;
  let told = 0;
  const result = simulateOrders([{ symbol: 'A/B', candles }], settings, (seen) => {
    run = seen;
    const fills = seen.fills
      .slice(told)
      .map(({ fill }) => `${verb(fill.side)} ${fill.quantity} @ ${fill.price}`);
    told = seen.fills.length;
    table.push([fills.join(', '), seen.resting.toSorted(byPrice).map(sayOrder).join(', ')]);
  });
  if (!run) throw new Error('no candles');
  return { result, table, run };
}

const verb = (side: string) => (side === 'BUY' ? 'buys' : 'sells');

const byPrice = (one: RestingOrder, other: RestingOrder) =>
  Number(other.limitPrice ?? Infinity) - Number(one.limitPrice ?? Infinity);

const sayOrder = ({ side, limitPrice, quantity }: RestingOrder) =>
  `${verb(side)} ${quantity} @ ${limitPrice?.toFixed() ?? 'market'}`;
