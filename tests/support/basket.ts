import { randomUUID } from 'node:crypto';
import { shareOut } from '../../app/services/basket-start.server.ts';
import { insertBasket } from '../../db/queries/baskets.ts';
import { money } from '../../jobs/trading/decimal.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import type { Engine } from './engine.ts';

export type TestBasket = {
  userId: string;
  venue: string;
  symbols: readonly string[];
  maxOpen: number;
  exchangeKeyId?: string;
  timeframe?: Timeframe;
  initialBalance?: string;
  sizing?: { type: 'quote_amount' | 'equity_fraction'; value: string };
  risk?: StoredRisk;
  strategy?: string;
  parameters?: Record<string, unknown>;
};

const RSI = { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' };

/** Stores a running basket: live with a key, else on paper. Returns its id and those of its legs, by place. */
export async function makeBasket(
  { deps, clock }: Pick<Engine, 'deps' | 'clock'>,
  given: TestBasket,
): Promise<{ basketId: string; legIds: string[] }> {
  const { symbols, maxOpen, exchangeKeyId = null } = given;
  const { sizing = { type: 'quote_amount', value: '1000' } } = given;
  const basketId = randomUUID();
  const initialBalance = money(given.initialBalance ?? '10000');
  const shared = {
    userId: given.userId,
    strategy: given.strategy ?? 'RSI_CROSS',
    venue: given.venue,
    quote: 'USDT',
    timeframe: given.timeframe ?? '1s',
    mode: exchangeKeyId === null ? ('paper' as const) : ('live' as const),
    exchangeKeyId,
    parameters: given.parameters ?? RSI,
    sizingType: sizing.type,
    sizingValue: money(sizing.value),
    risk: given.risk ?? {},
    startedAt: new Date(clock.now()),
  };
  const shares = shareOut(initialBalance, symbols.length);
  const legs = symbols.map((symbol, at) => ({
    ...shared,
    id: randomUUID(),
    name: `Test basket · ${symbol}`,
    symbol,
    base: symbol.split('/')[0] ?? '',
    accountId: exchangeKeyId ?? basketId,
    initialBalance: shares[at] ?? initialBalance,
    basketId,
    basketPlace: at,
  }));
  const basket = { ...shared, id: basketId, name: 'Test basket', initialBalance, maxOpen };
  await deps.db.transaction((tx) => insertBasket(tx, basket, legs));
  return { basketId, legIds: legs.map(({ id }) => id) };
}
