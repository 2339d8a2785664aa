import { randomUUID } from 'node:crypto';
import type { NewBasket } from '../../db/queries/baskets.ts';
import type { NewBotRun } from '../../db/queries/bots.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import { keepsOrders } from '../../jobs/trading/order-strategies/names.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { Market, Sizing } from '../../jobs/trading/types.ts';
import type { StartBasketInput } from '../schemas/bots.ts';
import { refuseField } from './app-error.ts';
import {
  checkPlan,
  chooseBalance,
  choosePlace,
  chooseSizing,
  definedOnly,
  requireTradableSize,
} from './bot-start.server.ts';
import { BY_WEIGHTS, requireSoundWeights } from './rebalance-start.server.ts';

/** Decimals of a leg's share of the balance; the first leg has what is left over. */
const SHARE_DECIMALS = 8;

/**
 * Checks everything that can be known before a basket starts and returns its row and those of its legs, in the order given.
 * Throws as `planBot` does; symbols that the exchange does not have are named together.
 */
export async function planBasket(
  deps: Deps,
  userId: string,
  input: StartBasketInput,
): Promise<{ basket: NewBasket; legs: NewBotRun[] }> {
  requireSharing(input.strategy);
  const place = await choosePlace(deps, userId, input);
  const plan = await checkPlan(deps, place.venue, input);
  const { markets } = plan;
  requireOneQuote(markets);
  const [first] = markets as [Market, ...Market[]];
  const initialBalance = await chooseBalance(deps, userId, { input, place, market: first });
  const sizing = plan.strategy.name === REBALANCE ? BY_WEIGHTS : chooseSizing(input);
  if (sizing === BY_WEIGHTS) await requireSoundWeights(deps, place.venue, { ...plan, initialBalance, input });
  else
    await Promise.all(
      markets.map((market) => requireTradableSize(deps, place.venue, { sizing, initialBalance, market })),
    );
  return toRows(
    { ...plan, sizing, initialBalance, place },
    { userId, input, startedAt: new Date(deps.clock.now()) },
  );
}

type BasketPlan = Awaited<ReturnType<typeof checkPlan>> & {
  sizing: Sizing;
  initialBalance: Money;
  place: Awaited<ReturnType<typeof choosePlace>>;
};

function toRows(
  { markets, timeframe, strategy, params, sizing, initialBalance, place }: BasketPlan,
  { userId, input, startedAt }: { userId: string; input: StartBasketInput; startedAt: Date },
): { basket: NewBasket; legs: NewBotRun[] } {
  const id = randomUUID();
  const shared = {
    userId,
    strategy: strategy.name,
    venue: place.venue,
    quote: markets[0]?.quote ?? '',
    timeframe,
    mode: input.mode,
    exchangeKeyId: place.key?.id ?? null,
    parameters: params,
    sizingType: sizing.type,
    sizingValue: sizing.value,
    risk: definedOnly(input.risk ?? {}),
    startedAt,
  };
  const name = input.name ?? `Basket of ${String(markets.length)} pairs, ${strategy.title}`;
  const maxOpen = input.max_open_positions ?? markets.length;
  const shares = shareOut(initialBalance, markets.length);
  const legs = markets.map((market, at) => ({
    ...shared,
    id: randomUUID(),
    name: `${name} · ${market.symbol}`,
    symbol: market.symbol,
    base: market.base,
    accountId: place.key?.id ?? id,
    initialBalance: shares[at] as Money,
    basketId: id,
    basketPlace: at,
  }));
  return { basket: { ...shared, id, name, initialBalance, maxOpen }, legs };
}

/** Throws 422 for a strategy that knows one market only. */
function requireSharing(name: string): void {
  const title = findStrategy(name)?.title ?? name;
  if (keepsOrders(name))
    throw refuseField(
      'symbols',
      `${title} keeps orders at prices of one market. Give it one symbol, and each market a bot of its own.`,
    );
  if (name === WEBHOOK)
    throw refuseField(
      'symbols',
      'Signals are posted to a bot for one market. Give it one symbol, and each market a bot of its own.',
    );
}

/** Throws 422 where the markets are not paid in one currency: they could not share a balance. */
function requireOneQuote(markets: readonly Market[]): void {
  const quote = markets[0]?.quote;
  const strangers = markets.filter((market) => market.quote !== quote).map(({ symbol }) => symbol);
  if (strangers.length === 0) return;
  const message = `All pairs of a basket are paid in one currency, here ${quote ?? ''}: leave out ${strangers.join(', ')}.`;
  throw refuseField('symbols', message);
}

/** Returns equal shares that add up to the whole exactly. */
export function shareOut(whole: Money, parts: number): Money[] {
  const share = whole.div(parts).toDecimalPlaces(SHARE_DECIMALS, 1);
  return Array.from({ length: parts }, (_, at) => (at === 0 ? whole.minus(share.times(parts - 1)) : share));
}
