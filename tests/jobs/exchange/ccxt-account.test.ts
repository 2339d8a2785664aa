import { describe, expect, it } from 'vitest';
import { money } from '../../../jobs/trading/decimal.ts';
import type { VenueOrder } from '../../../jobs/exchange/gateway.ts';
import { failureOf, KEY, openScenario, orderOf, SECRET, START_MS, SYMBOL } from './binance-scenario.ts';

const bodyOf = (requests: { method: string; path: string; params: Readonly<Record<string, string>> }[]) =>
  requests
    .filter(({ method, path }) => method === 'POST' && path === '/api/v3/order')
    .map(({ params }) => params);
const feesOf = (order: VenueOrder) =>
  order.fills?.map(({ fee, feeCurrency }) => `${fee.toFixed()} ${feeCurrency}`);

describe('market orders', () => {
  it('fill at the price of the moment, with trade ids and fees in the received asset', async () => {
    const { account, simulator } = await openScenario({ prices: [[100, 110]] });
    const bought = await account.placeOrder(orderOf({ quantity: money('0.12345') }));
    expect(bought).toMatchObject({ status: 'filled', side: 'BUY', type: 'market', symbol: SYMBOL });
    expect(bought.fills?.map(({ price, quantity }) => [String(price), String(quantity)])).toEqual([
      ['100', '0.12345'],
    ]);
    expect(feesOf(bought)).toEqual(['0.00012345 BTC']);
    const sold = await account.placeOrder(orderOf({ side: 'SELL', quantity: money('1') }));
    expect(feesOf(sold)).toEqual(['0.1 USDT']);
    expect(sold.fills?.[0]?.tradeId).not.toBe(bought.fills?.[0]?.tradeId);
    expect(simulator.balances(KEY)).toMatchObject({
      USDT: { total: '1087.555' },
      BTC: { total: '1.12332655' },
    });
  });

  it('pay fees in BNB where the account is set so, and from what is received once BNB runs out', async () => {
    const { account } = await openScenario({
      account: { feeAsset: 'BNB', balances: { USDT: '1000', BTC: '2', BNB: '0.0003' } },
      fees: { maker: '0.001', taker: '0.001', feeAssetPrices: { BNB: '200' } },
    });
    expect(feesOf(await account.placeOrder(orderOf()))).toEqual(['0.00025 BNB']);
    expect(feesOf(await account.placeOrder(orderOf()))).toEqual(['0.0005 BTC']);
  });

  it('may come in several fills, all of them in the reply', async () => {
    const { account } = await openScenario({ market: { fillsPerMarketOrder: 3 } });
    const { fills, filledQuantity } = await account.placeOrder(orderOf({ quantity: money('1') }));
    expect(fills?.map(({ price, quantity }) => [String(price), String(quantity)])).toEqual([
      ['100', '0.33333'],
      ['100.01', '0.33333'],
      ['100.02', '0.33334'],
    ]);
    expect(String(filledQuantity)).toBe('1');
  });

  it('send the quantity and never a price', async () => {
    const { account, simulator } = await openScenario();
    await account.placeOrder(orderOf({ limitPrice: money(100) }));
    expect(bodyOf(simulator.requests)[0]).toMatchObject({ type: 'MARKET', quantity: '0.5' });
    expect(bodyOf(simulator.requests)[0]).not.toHaveProperty('price');
    expect(bodyOf(simulator.requests)[0]).not.toHaveProperty('quoteOrderQty');
  });
});

describe('figures at the venue', () => {
  it.each(['0.00001', '0.29', '1.10007', '0.1', '7.00003', '123.45678'])(
    'arrive exactly as asked: %s',
    async (text) => {
      const { account, simulator } = await openScenario({
        market: { minNotional: '0' },
        account: { balances: { BTC: '500', USDT: '0' } },
      });
      await account.placeOrder(
        orderOf({ type: 'limit', side: 'SELL', quantity: money(text), limitPrice: money('1234.57') }),
      );
      expect(bodyOf(simulator.requests)).toMatchObject([{ quantity: text, price: '1234.57' }]);
      expect(simulator.orders(KEY)[0]?.quantity.toFixed()).toBe(text);
    },
  );

  it('are exact with eighteen digits too', async () => {
    const { account, simulator } = await openScenario({
      prices: [[0.00001234, 0.00001234]],
      market: { tickSize: '0.00000001', lotSize: '0.00000001', maxQuantity: '99999999999', minNotional: '0' },
      account: { balances: { BTC: '9999999999.12345678' } },
    });
    expect((await account.fetchBalances()).get('BTC')?.free.toFixed()).toBe('9999999999.12345678');
    await account.placeOrder(
      orderOf({
        type: 'limit',
        side: 'SELL',
        quantity: money('9999999999.12345671'),
        limitPrice: money('0.00002345'),
      }),
    );
    expect(bodyOf(simulator.requests)).toMatchObject([
      { quantity: '9999999999.12345671', price: '0.00002345' },
    ]);
  });

  it('are refused before sending where ccxt would change them', async () => {
    const { account, simulator } = await openScenario();
    expect(await failureOf(account.placeOrder(orderOf({ quantity: money('0.123456') })))).toMatchObject({
      kind: 'rejected',
    });
    const offTick = orderOf({ type: 'limit', quantity: money('0.1'), limitPrice: money('90.005') });
    const error = await failureOf(account.placeOrder(offTick));
    expect(error.kind).toBe('rejected');
    expect(error.message).toContain('90.005');
    expect(bodyOf(simulator.requests)).toEqual([]);
  });
});

describe('resting orders', () => {
  it('lock money, fill when the price comes, and are found by either id', async () => {
    const { account, moveTo } = await openScenario({
      prices: [
        [100, 100],
        [100, 100],
        [99, 95],
        [95, 95],
      ],
    });
    const request = orderOf({ type: 'limit', quantity: money('1'), limitPrice: money('97') });
    const placed = await account.placeOrder(request);
    expect(placed).toMatchObject({ status: 'open', fills: [], clientOrderId: request.clientOrderId });
    expect((await account.fetchBalances()).get('USDT')).toMatchObject({
      free: money(903),
      used: money(97),
      total: money(1000),
    });
    expect((await account.fetchOpenOrders(SYMBOL)).map(({ exchangeOrderId }) => exchangeOrderId)).toEqual([
      placed.exchangeOrderId,
    ]);
    moveTo(START_MS + 3000);
    const ref = { symbol: SYMBOL, sinceMs: START_MS };
    const byClient = await account.findOrder({ ...ref, clientOrderId: request.clientOrderId });
    expect(byClient).toMatchObject({ status: 'filled', exchangeOrderId: placed.exchangeOrderId });
    expect(await account.findOrder({ ...ref, exchangeOrderId: placed.exchangeOrderId })).toEqual(byClient);
    const fills = await account.fetchFills({ ...ref, exchangeOrderId: placed.exchangeOrderId });
    expect(fills.map(({ price, fee, feeCurrency }) => [String(price), String(fee), feeCurrency])).toEqual([
      ['97', '0.001', 'BTC'],
    ]);
    expect(await account.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('trigger as a stop and sell at the market', async () => {
    const { account, simulator, moveTo } = await openScenario({
      prices: [
        [100, 100],
        [100, 90],
        [85, 85],
      ],
    });
    const placed = await account.placeOrder(
      orderOf({ type: 'stop', side: 'SELL', quantity: money('2'), stopPrice: money('95') }),
    );
    expect(placed).toMatchObject({ status: 'open', type: 'stop' });
    expect((await account.fetchBalances()).get('BTC')).toMatchObject({ free: money(0), used: money(2) });
    moveTo(START_MS + 2500);
    const found = await account.findOrder({
      symbol: SYMBOL,
      exchangeOrderId: placed.exchangeOrderId,
      sinceMs: START_MS,
    });
    expect(found).toMatchObject({ status: 'filled', type: 'stop' });
    expect(simulator.trades(KEY)[0]).toMatchObject({ isMaker: false, timeMs: START_MS + 1500 });
    expect(simulator.trades(KEY)[0]?.price.toFixed()).toBe('95');
  });

  it.each(['exchange', 'client'] as const)(
    'are cancelled by %s id, and release what they held',
    async (by) => {
      const { account } = await openScenario();
      const request = orderOf({ type: 'limit', limitPrice: money('90') });
      const { exchangeOrderId } = await account.placeOrder(request);
      const ref = { symbol: SYMBOL, sinceMs: START_MS };
      const id = by === 'client' ? { clientOrderId: request.clientOrderId } : { exchangeOrderId };
      await account.cancelOrder({ ...ref, ...id });
      expect((await account.findOrder({ ...ref, clientOrderId: request.clientOrderId }))?.status).toBe(
        'canceled',
      );
      expect((await account.fetchBalances()).get('USDT')?.free).toEqual(money(1000));
      expect(await failureOf(account.cancelOrder({ ...ref, ...id }))).toMatchObject({ kind: 'rejected' });
    },
  );

  it('appear among the closed ones when cancelled after a part was filled', async () => {
    const { account, moveTo } = await openScenario({
      prices: [
        [100, 100],
        [96, 96],
        [100, 100],
      ],
      market: { restingFillLimit: '0.4' },
    });
    const request = orderOf({ type: 'limit', quantity: money('1'), limitPrice: money('97') });
    await account.placeOrder(request);
    moveTo(START_MS + 2100);
    const ref = { symbol: SYMBOL, clientOrderId: request.clientOrderId, sinceMs: START_MS };
    expect(await account.findOrder(ref)).toMatchObject({
      status: 'partially_filled',
      filledQuantity: money('0.4'),
    });
    await account.cancelOrder(ref);
    const closed = await account.fetchClosedOrders(SYMBOL, START_MS);
    expect(closed).toMatchObject([
      { status: 'canceled', filledQuantity: money('0.4'), clientOrderId: request.clientOrderId },
    ]);
  });
});

describe('looking for orders and trades', () => {
  it('says of an order that never was: none', async () => {
    const { account } = await openScenario();
    expect(
      await account.findOrder({ symbol: SYMBOL, clientOrderId: 'never', sinceMs: START_MS }),
    ).toBeUndefined();
    expect(
      await account.findOrder({ symbol: SYMBOL, exchangeOrderId: '424242', sinceMs: START_MS }),
    ).toBeUndefined();
  });

  it('pages through more trades than one reply holds', async () => {
    const { account, simulator, moveTo } = await openScenario({
      prices: Array.from({ length: 700 }, () => [100, 100] as const),
      account: { balances: { USDT: '1000000', BTC: '0' } },
    });
    const owner = simulator.engine.accounts.get(KEY);
    for (let index = 0; owner && index < 650; index += 1) {
      moveTo(START_MS + Math.floor(index / 3) * 1000);
      const { quantity } = { quantity: simulator.engine.market(SYMBOL).lotSize.times(10_000) };
      simulator.engine.place(owner, {
        symbol: SYMBOL,
        side: 'BUY',
        type: 'MARKET',
        quantity,
        clientOrderId: `c${index}`,
      });
    }
    const trades = await account.fetchTrades(SYMBOL, START_MS);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(simulator.trades(KEY).map(({ id }) => String(id)));
    expect(await account.fetchClosedOrders(SYMBOL, START_MS)).toHaveLength(650);
  });

  it('reports what the key may do, and nothing where the venue does not say', async () => {
    const { account, simulator } = await openScenario({
      account: { permissions: { trade: true, withdraw: true } },
    });
    expect(await account.fetchPermissions()).toEqual({ read: true, trade: true, withdraw: true });
    simulator.setFault(({ path }) =>
      path.startsWith('/sapi') ? { type: 'reply', status: 404, body: 'no' } : undefined,
    );
    expect(await account.fetchPermissions()).toBeNull();
  });

  it.each([30_000, -30_000])('works with a clock that is off by %i ms', async (skewMs) => {
    const { account } = await openScenario({ skewMs });
    expect((await account.placeOrder(orderOf())).status).toBe('filled');
  });

  it('takes the venue’s time anew after it was refused for its own', async () => {
    let drift = 0;
    const { account, simulator } = await openScenario({ credentials: { apiKey: KEY, apiSecret: SECRET } });
    const venueClock = simulator.engine.clock.now;
    await account.fetchBalances();
    simulator.engine.clock.now = () => venueClock() + drift;
    drift = 60_000;
    expect((await failureOf(account.placeOrder(orderOf()))).kind).toBe('transient');
    expect((await account.placeOrder(orderOf())).status).toBe('filled');
    expect(simulator.orders(KEY)).toHaveLength(1);
  });
});
