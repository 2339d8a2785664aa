import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import type { AccountGateway, MarketDataGateway, OrderRequest } from '../../../jobs/exchange/gateway.ts';
import { createPaperAccount, type PaperAccount } from '../../../jobs/exchange/paper-gateway.ts';
import type { PaperStore } from '../../../jobs/exchange/paper-store.ts';
import { money, type Money } from '../../../jobs/trading/decimal.ts';
import type { Fill, Side } from '../../../jobs/trading/types.ts';
import { btcUsdt } from '../../support/markets.ts';
import { createMemoryPaperStore, showBalances } from '../../support/paper-store.ts';

const ACCOUNT = 'bot-1';
const BUY = {
  clientOrderId: 'a1',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'market',
  quantity: money('0.01'),
} as const;

/** A market whose quote the test sets: bid and ask one apart. */
function createQuotedMarket() {
  const quote = { bid: 49_999, error: null as ExchangeError | null };
  const marketData: MarketDataGateway = {
    venue: 'quoted',
    loadMarkets: async () => new Map([['BTC/USDT', btcUsdt()]]),
    timeframes: async () => [],
    fetchCandles: async () => [],
    fetchTicker: async () => {
      if (quote.error) throw quote.error;
      return { last: money(quote.bid), bid: money(quote.bid), ask: money(quote.bid + 1), timeMs: 0 };
    },
    fetchOrderBook: async () => ({ bids: [], asks: [], timeMs: 0 }),
    clockOffsetMs: async () => 0,
  };
  return { quote, marketData };
}

let clock = { now: () => 5_000 };
let market = createQuotedMarket();
let store: PaperStore;
let account: AccountGateway;

function open(initial: Record<string, string>, change: Partial<PaperAccount> = {}): void {
  store = createMemoryPaperStore(ACCOUNT, initial);
  account = createPaperAccount({
    ...{ accountId: ACCOUNT, marketData: market.marketData, store, clock, slippageBps: 0 },
    ...change,
  });
}

const held = async () => showBalances(await store.balances(ACCOUNT));

beforeEach(() => {
  clock = { now: () => 5_000 };
  market = createQuotedMarket();
  open({ USDT: '1000' });
});

describe('a market order on a paper account', () => {
  it('fills at once at the best price, its fee taken from what it receives', async () => {
    const bought = await account.placeOrder(BUY);
    expect(bought).toMatchObject({
      exchangeOrderId: 'a1',
      clientOrderId: 'a1',
      status: 'filled',
      timeMs: 5_000,
    });
    expect(bought.fills).toEqual([
      {
        tradeId: 'a1-1',
        side: 'BUY',
        quantity: money('0.01'),
        price: money(50_000),
        fee: money('0.00001'),
        feeCurrency: 'BTC',
        timeMs: 5_000,
      },
    ]);
    expect(await held()).toEqual({ BTC: '0.00999', USDT: '500' });
    await account.placeOrder({ ...BUY, clientOrderId: 'a2', side: 'SELL', quantity: money('0.00999') });
    expect(await held()).toEqual({ BTC: '0', USDT: '998.99051999' }); // 500 + 499.49001 − 0.49949001
  });

  it('slips by 2 bps where nothing else is said, and pays the fee that is said', async () => {
    open({ USDT: '1000' }, { slippageBps: 2, feeRate: money('0.002') });
    const { fills } = await account.placeOrder(BUY);
    expect(fills?.map(({ price, fee }) => `${price} ${fee}`)).toEqual(['50010 0.00002']);
    const plain = createPaperAccount({ accountId: ACCOUNT, marketData: market.marketData, store, clock });
    const sold = await plain.placeOrder({
      ...BUY,
      clientOrderId: 'a3',
      side: 'SELL',
      quantity: money('0.001'),
    });
    expect(String(sold.fills?.[0]?.price)).toBe('49989');
  });

  it('is placed once however often it is sent, also at once', async () => {
    const [first, second] = await Promise.all([account.placeOrder(BUY), account.placeOrder(BUY)]);
    market.quote.bid = 60_000;
    const third = await account.placeOrder(BUY);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    market.quote.error = new ExchangeError('transient', 'no prices');
    expect(await account.placeOrder(BUY)).toEqual(first);
    expect(await held()).toEqual({ BTC: '0.00999', USDT: '500' });
  });

  it('is refused with the figures where the balance does not pay for it, and nothing changes', async () => {
    const refused = account.placeOrder({ ...BUY, quantity: money('0.03') });
    await expect(refused).rejects.toMatchObject({
      kind: 'insufficient-funds',
      message: 'The order takes 1,500 USDT; the paper account has 1,000 USDT free.',
    });
    const unheld = account.placeOrder({ ...BUY, side: 'SELL' });
    await expect(unheld).rejects.toMatchObject({
      message: 'The order takes 0.01 BTC; the paper account has 0 BTC free.',
    });
    expect(await held()).toEqual({ USDT: '1000' });
    expect(await account.findOrder({ symbol: 'BTC/USDT', clientOrderId: 'a1', sinceMs: 0 })).toBeUndefined();
  });

  it.each<[string, Partial<OrderRequest>, string]>([
    ['an unknown market', { symbol: 'BTC/EUR' }, 'quoted has no market BTC/EUR'],
    [
      'a value below the minimum',
      { quantity: money('0.00002') },
      "0.99998 USDT) is below the exchange's minimum",
    ],
    ['a broken lot', { quantity: money('0.010001') }, 'Quantity 0.010001 is not a multiple of 0.00001'],
    [
      'a broken tick',
      { type: 'limit', limitPrice: money('50000.001') },
      'Price 50,000.001 is not a multiple of 0.01',
    ],
    [
      'more than the maximum',
      { quantity: money(9_001) },
      "9,001 BTC is over the exchange's maximum of 9,000",
    ],
    ['a limit without a price', { type: 'limit' }, 'needs a limit price'],
    ['a stop without a price', { type: 'stop' }, 'needs a stop price'],
    ['a stop that buys', { type: 'stop', stopPrice: money(60_000) }, 'stop orders for sales only'],
  ])('is rejected for %s', async (_, change, message) => {
    const placed = account.placeOrder({ ...BUY, ...change });
    await expect(placed).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(message) as unknown,
    });
    expect(await held()).toEqual({ USDT: '1000' });
  });

  it('may be sent again where the price could not be read: nothing was placed', async () => {
    market.quote.error = new ExchangeError('unknown-outcome', 'no reply');
    await expect(account.placeOrder(BUY)).rejects.toMatchObject({ kind: 'transient' });
    market.quote.error = new ExchangeError('rate-limited', 'slow down');
    await expect(account.placeOrder(BUY)).rejects.toMatchObject({ kind: 'rate-limited' });
    market.quote.error = null;
    expect((await account.placeOrder(BUY)).status).toBe('filled');
  });
});

describe('a limit order on a paper account', () => {
  const limit = { ...BUY, type: 'limit', limitPrice: money(40_000) } as const;
  const ref = { symbol: 'BTC/USDT', clientOrderId: 'a1', sinceMs: 0 };

  it('rests with its amount set aside, and fills at its price once it is touched', async () => {
    expect(await account.placeOrder(limit)).toMatchObject({ status: 'open', fills: [] });
    expect(await held()).toEqual({ USDT: '600 + 400' });
    expect((await account.fetchOpenOrders('BTC/USDT')).map(({ clientOrderId }) => clientOrderId)).toEqual([
      'a1',
    ]);
    market.quote.bid = 39_000;
    expect(await account.findOrder(ref)).toMatchObject({ status: 'filled', filledQuantity: money('0.01') });
    expect(await held()).toEqual({ USDT: '600', BTC: '0.00999' });
    expect(await account.fetchOpenOrders('BTC/USDT')).toEqual([]);
    market.quote.bid = 50_000;
    expect(await account.findOrder(ref)).toMatchObject({ status: 'filled' });
  });

  it('fills at the market where that is better than its limit on arrival', async () => {
    const { fills } = await account.placeOrder({ ...limit, limitPrice: money(55_000) });
    expect(String(fills?.[0]?.price)).toBe('50000');
    expect(await held()).toEqual({ BTC: '0.00999', USDT: '500' });
  });

  it('never fills beyond its limit, however much the order slips', async () => {
    open({ USDT: '1000' }, { slippageBps: 100 });
    const { fills } = await account.placeOrder({ ...limit, limitPrice: money(50_100) });
    expect(String(fills?.[0]?.price)).toBe('50100');
  });

  it('gives back what was set aside when it is cancelled, once', async () => {
    await account.placeOrder(limit);
    await account.cancelOrder(ref);
    expect(await held()).toEqual({ USDT: '1000' });
    await expect(account.cancelOrder(ref)).rejects.toMatchObject({ kind: 'rejected' });
    await expect(account.cancelOrder({ ...ref, clientOrderId: 'none' })).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(await account.fetchClosedOrders('BTC/USDT', 0)).toMatchObject([{ status: 'canceled' }]);
  });

  it('is filled, not cancelled, where the market touched it first', async () => {
    await account.placeOrder(limit);
    market.quote.bid = 39_000;
    await expect(account.cancelOrder(ref)).rejects.toMatchObject({
      message: 'Order a1 is not open any more.',
    });
    expect(await held()).toEqual({ USDT: '600', BTC: '0.00999' });
  });

  it('fills once when many look at the same time', async () => {
    await account.placeOrder(limit);
    market.quote.bid = 39_000;
    const found = await Promise.all([
      account.findOrder(ref),
      account.findOrder(ref),
      account.fetchOpenOrders('BTC/USDT'),
    ]);
    expect(found[0]).toEqual(found[1]);
    expect(await held()).toEqual({ USDT: '600', BTC: '0.00999' });
  });
});

describe('the terms of a limit order on a paper account', () => {
  const below = { ...BUY, type: 'limit', limitPrice: money(49_000) } as const;
  const above = { ...BUY, type: 'limit', limitPrice: money(51_000) } as const;

  it.each(['IOC', 'FOK'] as const)('let an %s order fill at once or not at all', async (timeInForce) => {
    const missed = await account.placeOrder({ ...below, timeInForce });
    expect(missed).toMatchObject({ status: 'canceled', filledQuantity: money(0), fills: [] });
    expect(await held()).toEqual({ USDT: '1000' });
    expect(await account.fetchOpenOrders('BTC/USDT')).toEqual([]);
    const met = await account.placeOrder({ ...above, clientOrderId: 'a2', timeInForce });
    expect(met.status).toBe('filled');
  });

  it('let a post-only order rest, and refuse one that would trade', async () => {
    await expect(account.placeOrder({ ...above, isPostOnly: true })).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(await account.findOrder({ symbol: 'BTC/USDT', clientOrderId: 'a1', sinceMs: 0 })).toBeUndefined();
    expect(await account.placeOrder({ ...below, isPostOnly: true })).toMatchObject({ status: 'open' });
  });

  it('belong to limit orders alone', async () => {
    for (const terms of [{ timeInForce: 'IOC' }, { isPostOnly: true }] as const)
      await expect(account.placeOrder({ ...BUY, ...terms })).rejects.toMatchObject({ kind: 'rejected' });
    const both = { ...below, isPostOnly: true, timeInForce: 'IOC' } as const;
    await expect(account.placeOrder(both)).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('a stop on a paper account', () => {
  it('sells at the market once the price has fallen to it', async () => {
    open({ BTC: '0.01' });
    await account.placeOrder({ ...BUY, side: 'SELL', type: 'stop', stopPrice: money(45_000) });
    expect(await held()).toEqual({ BTC: '0 + 0.01' });
    market.quote.bid = 45_001;
    expect((await account.fetchOpenOrders('BTC/USDT')).length).toBe(1);
    market.quote.bid = 44_000;
    expect(await account.fetchOpenOrders('BTC/USDT')).toEqual([]);
    expect(await held()).toEqual({ BTC: '0', USDT: '439.56' });
  });
});

describe('a stop with a limit on a paper account', () => {
  const at = (limitPrice: number): OrderRequest => ({
    ...BUY,
    side: 'SELL',
    type: 'stop_limit',
    stopPrice: money(45_000),
    limitPrice: money(limitPrice),
  });
  const look = () => account.findOrder({ symbol: 'BTC/USDT', clientOrderId: 'a1', sinceMs: 0 });

  it('sells once the price has fallen to its stop, where the limit allows it', async () => {
    open({ BTC: '0.01' });
    expect(await account.placeOrder(at(44_000))).toMatchObject({ type: 'stop_limit', status: 'open' });
    market.quote.bid = 45_001;
    expect((await look())?.status).toBe('open');
    market.quote.bid = 44_990;
    expect(await look()).toMatchObject({ status: 'filled', fills: [{ price: money(44_990) }] });
  });

  it('rests at its limit from then on, wherever the price goes, and gives back what it held when cancelled', async () => {
    open({ BTC: '0.01' });
    await account.placeOrder(at(45_500));
    market.quote.bid = 44_900;
    expect((await look())?.status).toBe('open');
    expect((await store.findOrder(ACCOUNT, 'a1'))?.isTriggered).toBe(true);
    market.quote.bid = 45_400;
    expect((await look())?.status).toBe('open');
    expect(await held()).toEqual({ BTC: '0 + 0.01' });
    await account.cancelOrder({ symbol: 'BTC/USDT', clientOrderId: 'a1', sinceMs: 0 });
    expect(await held()).toEqual({ BTC: '0.01' });
  });

  it('fills at its limit once the price has come back to it', async () => {
    open({ BTC: '0.01' });
    await account.placeOrder(at(45_500));
    market.quote.bid = 44_900;
    await look();
    market.quote.bid = 45_600;
    expect(await look()).toMatchObject({ status: 'filled', fills: [{ price: money(45_500) }] });
  });

  it('begins at its limit where the price is beyond its stop already', async () => {
    open({ BTC: '0.01' });
    market.quote.bid = 44_900;
    expect((await account.placeOrder(at(45_500))).status).toBe('open');
    expect((await store.findOrder(ACCOUNT, 'a1'))?.isTriggered).toBe(true);
  });
});

describe('a paper account', () => {
  it('tells what it holds, what its key may do, and what it traded', async () => {
    let nowMs = 1_000;
    open({ USDT: '1000' }, { clock: { now: () => nowMs } });
    await account.placeOrder(BUY);
    nowMs = 2_000;
    await account.placeOrder({ ...BUY, clientOrderId: 'a2', side: 'SELL', quantity: money('0.00999') });
    const balances = await account.fetchBalances();
    expect([...balances.keys()]).toEqual(['USDT']);
    expect(await account.fetchPermissions()).toEqual({ read: true, trade: true, withdraw: false });
    expect(account.venue).toBe('quoted');
    const trades = await account.fetchTrades('BTC/USDT', 0);
    expect(trades.map(({ tradeId, exchangeOrderId, side }) => [tradeId, exchangeOrderId, side])).toEqual([
      ['a1-1', 'a1', 'BUY'],
      ['a2-1', 'a2', 'SELL'],
    ]);
    expect((await account.fetchTrades('BTC/USDT', 1_500)).length).toBe(1);
    expect(
      (await account.fetchClosedOrders('BTC/USDT', 1_500)).map(({ clientOrderId }) => clientOrderId),
    ).toEqual(['a2']);
    const fills = await account.fetchFills({ symbol: 'BTC/USDT', exchangeOrderId: 'a1', sinceMs: 0 });
    expect(fills.map(({ tradeId }) => tradeId)).toEqual(['a1-1']);
  });

  it('never goes below zero, and its balances are exactly its fills, whatever is ordered', async () => {
    const order = fc.record({
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      type: fc.constantFrom('market' as const, 'limit' as const),
      lots: fc.integer({ min: 20, max: 3_000 }),
      bid: fc.integer({ min: 30_000, max: 70_000 }),
      isCanceled: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(order, { maxLength: 25 }), async (orders) => {
        open({ USDT: '1000', BTC: '0.01' });
        for (const [index, { side, type, lots, bid, isCanceled }] of orders.entries()) {
          market.quote.bid = bid;
          const ids = { clientOrderId: `o${index}`, symbol: 'BTC/USDT' };
          const request = {
            ...ids,
            side,
            type,
            quantity: money(lots).div(100_000),
            limitPrice: money(50_000),
          };
          await account.placeOrder(request).catch(expectKind('insufficient-funds'));
          if (isCanceled) await account.cancelOrder({ ...ids, sinceMs: 0 }).catch(expectKind('rejected'));
        }
        const { btc, usdt } = addUp(await account.fetchTrades('BTC/USDT', 0));
        const totals = await account.fetchBalances();
        expect(String(totals.get('BTC')?.total ?? 0)).toBe(String(btc));
        expect(String(totals.get('USDT')?.total ?? 0)).toBe(String(usdt));
        expect([...totals.values()].every(({ free, used }) => free.gte(0) && used.gte(0))).toBe(true);
      }),
    );
  });
});

/** What the fills make of 1,000 USDT and 0.01 BTC. */
function addUp(fills: Fill[]): { btc: Money; usdt: Money } {
  let [btc, usdt] = [money('0.01'), money(1_000)];
  for (const { side, quantity, price, fee, feeCurrency } of fills) {
    const sign = side === 'BUY' ? 1 : -1;
    btc = btc.plus(quantity.times(sign)).minus(feeCurrency === 'BTC' ? fee : 0);
    usdt = usdt.minus(quantity.times(price).times(sign)).minus(feeCurrency === 'USDT' ? fee : 0);
  }
  return { btc, usdt };
}

function expectKind(kind: ExchangeError['kind']): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ExchangeError) || error.kind !== kind) throw error;
  };
}
