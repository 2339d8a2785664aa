import { sum, ZERO } from '../trading/decimal.ts';
import { figure } from '../trading/figures.ts';
import type { Fill, Market } from '../trading/types.ts';
import { ExchangeError } from './errors.ts';
import type {
  AccountGateway,
  Balance,
  MarketDataGateway,
  OrderRef,
  OrderRequest,
  VenueOrder,
} from './gateway.ts';
import {
  checkRequest,
  isDormant,
  releaseChanges,
  reserveChanges,
  tradeAtRest,
  tradeChanges,
  tradeOnArrival,
  type PaperCosts,
  type PaperRequest,
  type Scene,
} from './paper-rules.ts';
import type { PaperBalanceChange, PaperOrder, PaperStore, PaperTrade } from './paper-store.ts';

/** How much worse than the best price a paper market order fills where nothing else is said. */
/** How much worse than the best price a paper order at the market fills. */
export const DEFAULT_SLIPPAGE_BPS = 2;

export type PaperAccount = Partial<PaperCosts> & {
  accountId: string;
  /** Where prices and market rules come from. */
  marketData: MarketDataGateway;
  store: PaperStore;
  clock: { now(): number };
};

type Context = Omit<PaperAccount, keyof PaperCosts> & { costs: PaperCosts };

/**
 * Returns an account whose orders fill by the fill model against any market data. Market orders fill at once; limit orders
 * and stops (sales only) rest until a look at them (`findOrder`, `fetchOpenOrders`, …) finds that the market touched them.
 * Placing is idempotent by client order id, for ever: the same id again returns the order that is there. The exchange order
 * id is the client order id. Throws `ExchangeError`; a failure of the market data is never `unknown-outcome` here.
 */
export function createPaperAccount(account: PaperAccount): AccountGateway {
  const { slippageBps = DEFAULT_SLIPPAGE_BPS, feeRate, ...rest } = account;
  const context: Context = { ...rest, costs: { slippageBps, ...(feeRate && { feeRate }) } };
  const { accountId, store, marketData } = context;
  const look = async (symbol: string) => {
    const open = await store.listOrders(accountId, { symbol, status: 'open' });
    for (const order of open) await settle(context, order);
    return store.listOrders(accountId, { symbol });
  };
  const findLive = async (ref: OrderRef) => {
    const order = await store.findOrder(accountId, idOf(ref));
    return order && settle(context, order);
  };
  return {
    venue: marketData.venue,
    fetchBalances: async () => toBalances(await store.balances(accountId)),
    fetchPermissions: () => Promise.resolve({ read: true, trade: true, withdraw: false }),
    placeOrder: async (request) => toVenueOrder(await place(context, request)),
    cancelOrder: (ref) => cancel(context, ref),
    findOrder: async (ref) => {
      const order = await findLive(ref);
      return order && toVenueOrder(order);
    },
    fetchOpenOrders: async (symbol) => (await look(symbol)).filter(isOpen).map(toVenueOrder),
    fetchClosedOrders: async (symbol, sinceMs) =>
      (await look(symbol))
        .filter((order) => !isOpen(order) && lastTimeMs(order) >= sinceMs)
        .map(toVenueOrder),
    fetchFills: async (ref) => {
      const order = await findLive(ref);
      return order ? toFills(order) : [];
    },
    fetchTrades: async (symbol, sinceMs) =>
      (await look(symbol))
        .flatMap((order) => toFills(order).map((fill) => ({ ...fill, exchangeOrderId: order.clientOrderId })))
        .filter((fill) => fill.timeMs >= sinceMs)
        .toSorted((a, b) => a.timeMs - b.timeMs),
    ...SPOT_ONLY,
  };
}

/** A paper account holds assets alone, and no money comes or goes but by its orders. */
const SPOT_ONLY = {
  lookups: ['order-by-client-id'] as const,
  fetchPositions: () => Promise.resolve([]),
  fetchTransfers: () => Promise.resolve([]),
};

async function place(context: Context, request: OrderRequest): Promise<PaperOrder> {
  const { accountId, store, clock } = context;
  const existing = await store.findOrder(accountId, request.clientOrderId);
  if (existing) return existing;
  const scene = await readScene(context, request.symbol);
  checkRequest(request, scene.market, scene.ticker.last);
  const order = wake(toOrder(request, clock.now()), scene);
  const trade = tradeOnArrival(order, scene);
  if (trade && request.isPostOnly === true) throw new ExchangeError('rejected', WOULD_TRADE);
  const placed = arrive(order, trade, request);
  const changes = trade ? tradeChanges(order, trade, scene.market) : [];
  if (isOpen(placed)) changes.push(...reserveChanges(order, scene.market));
  const added = await store.add(accountId, placed, changes);
  if ('lackingAsset' in added) throw await lacking(context, added.lackingAsset, changes);
  return added;
}

const WOULD_TRADE = 'The order is post-only and would trade at once.';

/** Paper orders fill whole or not at all, so that IOC and FOK come to the same. */
function arrive(
  order: PaperOrder,
  trade: PaperTrade | null,
  { timeInForce = 'GTC' }: OrderRequest,
): PaperOrder {
  if (trade) return { ...order, status: 'filled', trades: [trade] };
  return timeInForce === 'GTC' ? order : { ...order, status: 'canceled' };
}

function toOrder(request: PaperRequest, timeMs: number): PaperOrder {
  const { clientOrderId, symbol, side, type, quantity } = request;
  const limitPrice = ((type === 'limit' || type === 'stop_limit') && request.limitPrice) || null;
  const stopPrice = ((type === 'stop' || type === 'stop_limit') && request.stopPrice) || null;
  const asked = { clientOrderId, symbol, side, type, quantity, limitPrice, stopPrice };
  return { ...asked, isTriggered: false, status: 'open', trades: [], timeMs };
}

/** Returns a stop-limit order as it is once the price has reached its stop: one that rests at its limit. */
function wake(order: PaperOrder, { ticker }: Scene): PaperOrder {
  const isWoken = order.type === 'stop_limit' && !isDormant(order, ticker);
  return isWoken ? { ...order, isTriggered: true } : order;
}

async function lacking(
  { accountId, store }: Context,
  asset: string,
  changes: PaperBalanceChange[],
): Promise<ExchangeError> {
  const needed = changes.find((change) => change.asset === asset)?.free.neg() ?? ZERO;
  const free = (await store.balances(accountId)).get(asset)?.free ?? ZERO;
  const figures = `takes ${figure(needed)} ${asset}; the paper account has ${figure(free)} ${asset} free`;
  return new ExchangeError('insufficient-funds', `The order ${figures}.`);
}

/** An open order that the market has touched is filled; any other is returned as it is. */
async function settle(context: Context, order: PaperOrder): Promise<PaperOrder> {
  if (!isOpen(order)) return order;
  const scene = await readScene(context, order.symbol);
  const trade = tradeAtRest(order, scene);
  if (!trade) return keepWoken(context, order, scene);
  const changes = releaseChanges(order, scene.market, tradeChanges(order, trade, scene.market));
  const filled = { ...wake(order, scene), status: 'filled' as const, trades: [trade] };
  return context.store.finish(context.accountId, filled, changes);
}

/** A stop that was reached stays reached, wherever the price goes from there. */
async function keepWoken(
  { store, accountId }: Context,
  order: PaperOrder,
  scene: Scene,
): Promise<PaperOrder> {
  const isNew = !order.isTriggered && wake(order, scene).isTriggered;
  return isNew ? store.trigger(accountId, order.clientOrderId) : order;
}

async function cancel(context: Context, ref: OrderRef): Promise<void> {
  const { accountId, store } = context;
  const found = await store.findOrder(accountId, idOf(ref));
  if (!found) throw new ExchangeError('rejected', `The paper account has no order ${idOf(ref)}.`);
  const order = await settle(context, found);
  if (isOpen(order)) {
    const changes = releaseChanges(order, await findMarket(context, order.symbol), []);
    const finished = await store.finish(accountId, { ...order, status: 'canceled' }, changes);
    if (finished.status === 'canceled') return;
  }
  throw new ExchangeError('rejected', `Order ${order.clientOrderId} is not open any more.`);
}

async function readScene(context: Context, symbol: string): Promise<Scene> {
  const market = await findMarket(context, symbol);
  const ticker = await reading(context.marketData.fetchTicker(symbol));
  return { market, ticker: { ...ticker, timeMs: context.clock.now() }, costs: context.costs };
}

async function findMarket({ marketData }: Context, symbol: string): Promise<Market> {
  const market = (await reading(marketData.loadMarkets())).get(symbol);
  if (!market) throw new ExchangeError('rejected', `${marketData.venue} has no market ${symbol}.`);
  return market;
}

/** Reading prices places nothing: what cannot be read may be tried again. */
async function reading<Value>(reply: Promise<Value>): Promise<Value> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.kind !== 'unknown-outcome') throw error;
    throw new ExchangeError('transient', error.message, { cause: error });
  }
}

function idOf({ clientOrderId, exchangeOrderId }: OrderRef): string {
  const id = exchangeOrderId ?? clientOrderId;
  if (id === undefined) throw new RangeError('An order is looked up by an id');
  return id;
}

function isOpen(order: PaperOrder): boolean {
  return order.status === 'open';
}

function lastTimeMs({ trades, timeMs }: PaperOrder): number {
  return trades.at(-1)?.timeMs ?? timeMs;
}

function toFills({ clientOrderId, side, trades }: PaperOrder): Fill[] {
  return trades.map((trade, at) => ({ ...trade, side, tradeId: `${clientOrderId}-${at + 1}` }));
}

function toVenueOrder(order: PaperOrder): VenueOrder {
  const { clientOrderId, symbol, side, type, status, quantity, timeMs } = order;
  const fills = toFills(order);
  const filledQuantity = sum(fills.map((fill) => fill.quantity));
  const ids = { exchangeOrderId: clientOrderId, clientOrderId };
  return { ...ids, symbol, side, type, status, quantity, filledQuantity, fills, timeMs };
}

function toBalances(balances: Awaited<ReturnType<PaperStore['balances']>>): Map<string, Balance> {
  const entries = [...balances].map(
    ([asset, { free, used }]) => [asset, { free, used, total: free.plus(used) }] as const,
  );
  return new Map(entries.filter(([, { total }]) => total.gt(0)));
}
