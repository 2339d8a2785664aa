import { sumOtherChanges } from '../../db/queries/account-changes.ts';
import { listBotRuns } from '../../db/queries/bots.ts';
import { findExchangeKey } from '../../db/queries/exchange-keys.ts';
import { findReconciliation, listBaselines, sumFillEffects } from '../../db/queries/reconciliation.ts';
import type { Deps } from '../../jobs/deps.ts';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { isDust, sellQuantity } from '../../jobs/trading/portfolio/order-size.ts';
import type { Market } from '../../jobs/trading/types.ts';
import type { HoldingsView, HoldingView } from '../schemas/reconciliation-views.ts';
import { within } from './deadline.ts';
import { notFound, requireId } from './ids.ts';

const DEFAULT_CURRENCY = 'USDT';
/** A page is served without what an exchange does not say in this time. */
const EXCHANGE_LIMIT_MS = 2_000;
const PRICE_AGE_MS = 60_000;
/** Prices that one page asks an exchange for; what is beyond is listed without its worth. */
const PRICES_ASKED = 20;

type Where = { venue: string; currency: string; markets: ReadonlyMap<string, Market> };

/** Returns what an account holds, by the newest comparison and the trades since; dearest first. Empty before the first one. */
export async function getHoldings(deps: Deps, userId: string, keyId: string): Promise<HoldingsView> {
  const key = await findExchangeKey(deps.db, userId, requireId(keyId, 'account'));
  if (!key) throw notFound('account');
  const bots = (await listBotRuns(deps.db, userId)).filter((bot) => bot.exchangeKeyId === key.id);
  const currency = bots[0]?.quote ?? DEFAULT_CURRENCY;
  const totals = await readTotals(deps, key.id);
  if (totals.length === 0) return { currency, holdings: [] };
  const where = { venue: key.exchange, currency, markets: await readMarkets(deps, key.exchange) };
  const known = new Map(bots.flatMap((bot) => (bot.lastPrice ? [[bot.symbol, bot.lastPrice]] : [])));
  const prices = await readPrices(deps, where, { assets: totals.map(([asset]) => asset), known });
  const holdings = totals.map(([asset, total]) =>
    toHolding(where, { asset, total, price: prices.get(asset) }),
  );
  return { currency, holdings: holdings.sort((a, b) => Number(b.worth ?? 0) - Number(a.worth ?? 0)) };
}

async function readTotals(deps: Deps, accountId: string): Promise<[string, Money][]> {
  const state = await findReconciliation(deps.db, accountId);
  if (state?.booksOpenedAtMs == null) return [];
  const parts = [
    await listBaselines(deps.db, accountId),
    await sumFillEffects(deps.db, accountId),
    await sumOtherChanges(deps.db, accountId),
    Object.entries(state.differences).map(([asset, amount]) => [asset, money(amount)] as const),
  ];
  const totals = new Map<string, Money>();
  for (const [asset, amount] of parts.flatMap((part) => [...part]))
    totals.set(asset, (totals.get(asset) ?? ZERO).plus(amount));
  return [...totals].filter(([, total]) => !total.isZero());
}

async function readMarkets(deps: Deps, venue: string): Promise<ReadonlyMap<string, Market>> {
  return (await orNothing(deps, deps.marketData(venue).loadMarkets())) ?? new Map<string, Market>();
}

async function orNothing<T>(deps: Deps, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await within(EXCHANGE_LIMIT_MS, asked);
  } catch (error) {
    deps.log.debug({ err: error }, 'an account page is made without what its exchange did not say');
    return undefined;
  }
}

type SeenPrice = { price: Money; atMs: number };

/** Prices asked for lately, by process: a page that refreshes itself must not ask for them each time. */
const seenPrices = new WeakMap<Deps, Map<string, SeenPrice>>();

/** Returns prices by asset: those that bots saw last, else the exchange's, at most a minute old. */
async function readPrices(
  deps: Deps,
  { venue, currency, markets }: Where,
  { assets, known }: { assets: string[]; known: ReadonlyMap<string, Money> },
): Promise<Map<string, Money>> {
  const seen = seenPrices.get(deps) ?? new Map<string, SeenPrice>();
  seenPrices.set(deps, seen);
  const nowMs = deps.clock.now();
  const priceOf = async (asset: string): Promise<[string, Money][]> => {
    const symbol = `${asset}/${currency}`;
    const [byBot, lately] = [known.get(symbol), seen.get(`${venue} ${symbol}`)];
    if (byBot) return [[asset, byBot]];
    if (lately && nowMs - lately.atMs < PRICE_AGE_MS) return [[asset, lately.price]];
    const ticker = await orNothing(deps, deps.marketData(venue).fetchTicker(symbol));
    if (!ticker) return [];
    seen.set(`${venue} ${symbol}`, { price: ticker.last, atMs: nowMs });
    return [[asset, ticker.last]];
  };
  const traded = assets.filter((asset) => markets.has(`${asset}/${currency}`)).slice(0, PRICES_ASKED);
  return new Map((await Promise.all(traded.map(priceOf))).flat());
}

type Holding = { asset: string; total: Money; price: Money | undefined };

function toHolding({ currency, markets }: Where, { asset, total, price }: Holding): HoldingView {
  const market = markets.get(`${asset}/${currency}`);
  const worth = asset === currency ? total : price && total.times(price);
  return {
    asset,
    total: total.toFixed(),
    worth: worth?.toFixed() ?? null,
    dust:
      market && isTooSmall(market, total, price)
        ? { minQuantity: market.minQuantity.toFixed(), minNotional: market.minNotional.toFixed() }
        : null,
  };
}

function isTooSmall(market: Market, total: Money, price: Money | undefined): boolean {
  if (price) return isDust(total, price, market);
  const sellable = sellQuantity(total, market);
  return sellable.isZero() || sellable.lt(market.minQuantity);
}
