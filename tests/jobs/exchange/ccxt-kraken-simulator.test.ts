import { describe, expect, it } from 'vitest';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Fault } from '../../support/exchange-simulator/server.ts';
import { failureOf, START_MS } from './binance-scenario.ts';
import {
  KRAKEN_KEY,
  KRAKEN_SECRET,
  KRAKEN_SYMBOL,
  krakenOrderOf,
  openKraken,
  type KrakenScenario,
} from './kraken-scenario.ts';

const MINUTE_MS = 60_000;
const limitOf = (price: string, changes = {}) =>
  krakenOrderOf({ type: 'limit', limitPrice: money(price), ...changes });
const kraken = (error: string): Fault => ({
  type: 'reply',
  status: 200,
  body: JSON.stringify({ error: [error] }),
});
const refOf = (clientOrderId: string) => ({ symbol: KRAKEN_SYMBOL, clientOrderId, sinceMs: START_MS });

/** Lets one endpoint go wrong, the first time that it is asked. */
function failOnce({ simulator }: KrakenScenario, endpoint: string, fault: Fault): void {
  let isDone = false;
  simulator.setFault(({ path }) => {
    if (isDone || !path.endsWith(`/${endpoint}`)) return undefined;
    isDone = true;
    return fault;
  });
}

async function balancesOf(account: AccountGateway): Promise<Record<string, string[]>> {
  const balances = [...(await account.fetchBalances())];
  return Object.fromEntries(balances.map(([asset, { free, used }]) => [asset, [free, used].map(String)]));
}

describe('an order’s life on Kraken', () => {
  it('of a market order: acknowledged with an id alone, then found filled, with its fills and fees in quote', async () => {
    const { account, simulator } = await openKraken();
    const request = krakenOrderOf({ quantity: money('0.5') });
    const placed = await account.placeOrder(request);
    expect(placed).toMatchObject({ status: 'open', fills: null, clientOrderId: request.clientOrderId });
    const found = await account.findOrder(refOf(request.clientOrderId));
    expect(found).toMatchObject({
      exchangeOrderId: placed.exchangeOrderId,
      clientOrderId: request.clientOrderId,
      status: 'filled',
      side: 'BUY',
      quantity: money('0.5'),
      filledQuantity: money('0.5'),
    });
    const { exchangeOrderId } = placed;
    const fills = await account.fetchFills({ symbol: KRAKEN_SYMBOL, exchangeOrderId, sinceMs: START_MS });
    expect(fills).toEqual([
      {
        tradeId: expect.stringMatching(/^TSIMUL/) as string,
        side: 'BUY',
        quantity: money('0.5'),
        price: money('100'),
        fee: money('0.13'),
        feeCurrency: 'USD',
        timeMs: START_MS,
      },
    ]);
    expect(await balancesOf(account)).toEqual({ USD: ['949.87', '0'], BTC: ['2.5', '0'] });
    expect(simulator.balances(KRAKEN_KEY)['USD']?.total).toBe('949.87');
  });

  it('of a resting order: open with the money held, filled when the price comes', async () => {
    const scenario = await openKraken({
      prices: [
        [100, 100],
        [100, 90],
        [90, 90],
      ],
    });
    const { account, moveTo } = scenario;
    const request = limitOf('95', { quantity: money('1') });
    await account.placeOrder(request);
    expect(await account.fetchOpenOrders(KRAKEN_SYMBOL)).toMatchObject([
      { clientOrderId: request.clientOrderId, status: 'open', type: 'limit' },
    ]);
    expect((await balancesOf(account))['USD']).toEqual(['904.753', '95.247']);
    moveTo(START_MS + 2 * MINUTE_MS);
    expect(await account.fetchOpenOrders(KRAKEN_SYMBOL)).toEqual([]);
    expect(await account.fetchClosedOrders(KRAKEN_SYMBOL, START_MS)).toMatchObject([
      { clientOrderId: request.clientOrderId, status: 'filled' },
    ]);
    expect(await balancesOf(account)).toEqual({ USD: ['904.848', '0'], BTC: ['3', '0'] });
  });

  it('of a cancelled one: by either id, and found cancelled; a second cancel is refused', async () => {
    const { account } = await openKraken();
    const [first, second] = [limitOf('90'), limitOf('80')];
    const { exchangeOrderId } = await account.placeOrder(first);
    await account.placeOrder(second);
    await account.cancelOrder({ symbol: KRAKEN_SYMBOL, exchangeOrderId, sinceMs: START_MS });
    await account.cancelOrder(refOf(second.clientOrderId));
    const closed = await account.fetchClosedOrders(KRAKEN_SYMBOL, START_MS);
    expect(closed.map(({ status }) => status)).toEqual(['canceled', 'canceled']);
    expect((await failureOf(account.cancelOrder(refOf(second.clientOrderId)))).kind).toBe('rejected');
    expect((await balancesOf(account))['USD']).toEqual(['1000', '0']);
  });

  it('of a stop: rests, and sells when the price falls through it', async () => {
    const scenario = await openKraken({
      prices: [
        [100, 100],
        [100, 90],
        [90, 90],
      ],
    });
    const { account, moveTo } = scenario;
    const request = krakenOrderOf({ type: 'stop', side: 'SELL', quantity: money(1), stopPrice: money(95) });
    await account.placeOrder(request);
    expect(await account.fetchOpenOrders(KRAKEN_SYMBOL)).toMatchObject([{ type: 'stop', status: 'open' }]);
    moveTo(START_MS + 2 * MINUTE_MS);
    expect(await account.findOrder(refOf(request.clientOrderId))).toMatchObject({ status: 'filled' });
  });
});

describe('a stop with a limit on Kraken', () => {
  it('waits for its stop, then rests at its limit until the price comes back', async () => {
    const prices = [
      [100, 100],
      [100, 80],
      [80, 80],
      [80, 95],
      [95, 95],
    ] as const;
    const { account, moveTo, simulator } = await openKraken({ prices });
    const request = krakenOrderOf({
      type: 'stop_limit',
      side: 'SELL',
      quantity: money(1),
      stopPrice: money(90),
      limitPrice: money(92),
    });
    expect(await account.placeOrder(request)).toMatchObject({ type: 'stop', status: 'open' });
    moveTo(START_MS + 3 * MINUTE_MS);
    expect(await account.findOrder(refOf(request.clientOrderId))).toMatchObject({
      type: 'stop',
      status: 'open',
    });
    moveTo(START_MS + 5 * MINUTE_MS);
    expect(await account.findOrder(refOf(request.clientOrderId))).toMatchObject({ status: 'filled' });
    expect(simulator.trades(KRAKEN_KEY).map(({ price }) => price.toFixed())).toEqual(['92']);
  });
});

describe('the terms of a limit order on Kraken', () => {
  it('leave an IOC or FOK order that finds no price closed and unfilled', async () => {
    const { account } = await openKraken();
    for (const timeInForce of ['IOC', 'FOK'] as const) {
      const request = limitOf('90', { timeInForce });
      await account.placeOrder(request);
      const found = await account.findOrder(refOf(request.clientOrderId));
      expect(['canceled', 'expired']).toContain(found?.status);
      expect(found?.filledQuantity).toEqual(money(0));
    }
  });

  it('let a post-only order rest, and refuse one that would trade', async () => {
    const { account } = await openKraken();
    await account.placeOrder(limitOf('90', { isPostOnly: true }));
    expect(await account.fetchOpenOrders(KRAKEN_SYMBOL)).toHaveLength(1);
    expect(await failureOf(account.placeOrder(limitOf('110', { isPostOnly: true })))).toMatchObject({
      kind: 'rejected',
      message: 'kraken: EOrder:Post only order',
    });
  });
});

describe('an order on Kraken whose reply never came', () => {
  it.each<Fault>([
    { type: 'drop-reply' },
    { type: 'truncate' },
    { type: 'reply', status: 502, body: '<html>', isHandled: true },
    {
      type: 'reply',
      status: 200,
      body: JSON.stringify({ error: ['EService:Unavailable'] }),
      isHandled: true,
    },
    { type: 'reply', status: 200, body: JSON.stringify({ error: [], result: {} }), isHandled: true },
  ])('is of unknown outcome, and found by its client order id: %j', async (fault) => {
    const scenario = await openKraken();
    const { account } = scenario;
    const request = limitOf('90');
    failOnce(scenario, 'AddOrder', fault);
    expect((await failureOf(account.placeOrder(request))).kind).toBe('unknown-outcome');
    expect(await account.findOrder(refOf(request.clientOrderId))).toMatchObject({ status: 'open' });
    expect(scenario.simulator.orders(KRAKEN_KEY)).toHaveLength(1);
  });

  it('is known to be absent when the request was lost, once both lists have answered', async () => {
    const scenario = await openKraken();
    const { account, simulator } = scenario;
    const request = limitOf('90');
    failOnce(scenario, 'AddOrder', { type: 'drop-request' });
    expect((await failureOf(account.placeOrder(request))).kind).toBe('unknown-outcome');
    expect(account.lookups).toEqual(['open-orders', 'closed-orders']);
    simulator.requests.length = 0;
    expect(await account.findOrder(refOf(request.clientOrderId))).toBeUndefined();
    expect(simulator.requests.map(({ path, params }) => [path, params['cl_ord_id']])).toEqual([
      ['/0/private/OpenOrders', request.clientOrderId],
      ['/0/private/ClosedOrders', request.clientOrderId],
    ]);
  });

  it.each(['OpenOrders', 'ClosedOrders'])('is not absent while %s does not answer', async (endpoint) => {
    const scenario = await openKraken();
    for (const fault of [{ type: 'truncate' }, kraken('EService:Busy'), { type: 'drop-reply' }] as Fault[]) {
      failOnce(scenario, endpoint, fault);
      expect((await failureOf(scenario.account.findOrder(refOf('never')))).kind).toBe('transient');
    }
  });

  it('is none of an exchange order id that Kraken does not know', async () => {
    const { account } = await openKraken();
    const ref = { symbol: KRAKEN_SYMBOL, exchangeOrderId: 'OSIMUL-00000-777777', sinceMs: START_MS };
    expect(await account.findOrder(ref)).toBeUndefined();
  });
});

describe('Kraken’s refusals', () => {
  it.each([
    ['funds', krakenOrderOf({ quantity: money(20) }), 'insufficient-funds', 'EOrder:Insufficient funds'],
    ['volume', krakenOrderOf({ quantity: money('0.00009') }), 'rejected', 'volume minimum not met'],
    ['cost', limitOf('10', { quantity: money('0.1') }), 'rejected', 'EOrder:Cost minimum not met'],
  ] as const)('for want of %s say why, and place nothing', async (...[, request, kind, words]) => {
    const { account, simulator } = await openKraken({ market: { minQuantity: '0.0001' } });
    expect(await failureOf(account.placeOrder(request))).toMatchObject({
      kind,
      message: expect.stringContaining(words) as string,
    });
    expect(simulator.orders(KRAKEN_KEY)).toEqual([]);
  });

  it('of a wrong key or signature ask the user for another key', async () => {
    const { open } = await openKraken();
    for (const wrong of [{ apiKey: 'nobody' }, { apiSecret: Buffer.from('other').toString('base64') }]) {
      const failure = await failureOf(open(wrong).fetchBalances());
      expect(failure.kind).toBe('auth');
      expect(failure.message).not.toContain(KRAKEN_SECRET);
    }
  });

  it('for too many requests ask to wait, and have placed nothing', async () => {
    const scenario = await openKraken();
    for (const words of ['EAPI:Rate limit exceeded', 'EOrder:Rate limit exceeded']) {
      failOnce(scenario, 'AddOrder', kraken(words));
      expect((await failureOf(scenario.account.placeOrder(limitOf('90')))).kind).toBe('rate-limited');
    }
    expect(scenario.simulator.orders(KRAKEN_KEY)).toEqual([]);
  });
});

describe('two gateways on one key of Kraken', () => {
  it('may refuse each other’s nonce, but neither loses nor doubles an order', async () => {
    const { account, open, simulator } = await openKraken({ account: { balances: { USD: '100000' } } });
    const gateways = [account, open()];
    const requests = Array.from({ length: 12 }, () => limitOf('50', { quantity: money('0.2') }));
    const outcomes = await Promise.allSettled(
      requests.map((request, index) => gateways[index % 2]!.placeOrder(request)),
    );
    const placed = requests.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatchObject({ kind: 'transient' });
    expect(
      simulator
        .orders(KRAKEN_KEY)
        .map(({ clientOrderId }) => clientOrderId)
        .sort(),
    ).toEqual(placed.map(({ clientOrderId }) => clientOrderId).sort());
  });

  it('do not fall behind by the whole seconds in which Kraken states its time', async () => {
    const { open, moveTo } = await openKraken();
    const [early, late] = [open(), open()];
    await early.fetchBalances();
    moveTo(START_MS + 900);
    await early.fetchBalances();
    moveTo(START_MS + 950);
    await expect(late.fetchBalances()).resolves.toBeDefined();
  });

  it('agree again as time goes on', async () => {
    const { account, open, moveTo } = await openKraken();
    const other = open();
    await Promise.allSettled([account.fetchBalances(), account.fetchBalances(), account.fetchBalances()]);
    moveTo(START_MS + 1000);
    await expect(other.fetchBalances()).resolves.toBeDefined();
    moveTo(START_MS + 2000);
    await expect(account.fetchBalances()).resolves.toBeDefined();
  });
});

describe('long lists of Kraken', () => {
  it('give every trade and every closed order beyond the first 50, each once, in order', async () => {
    const { account, moveTo } = await openKraken({ account: { balances: { USD: '100000', BTC: '50' } } });
    const ids: string[] = [];
    for (let index = 0; index < 120; index += 1) {
      moveTo(START_MS + index * 700);
      const request = krakenOrderOf({ quantity: money('0.1'), side: index % 3 ? 'BUY' : 'SELL' });
      await account.placeOrder(request);
      ids.push(request.clientOrderId);
    }
    const closed = await account.fetchClosedOrders(KRAKEN_SYMBOL, START_MS);
    expect(closed.map(({ clientOrderId }) => clientOrderId)).toEqual(ids);
    const trades = await account.fetchTrades(KRAKEN_SYMBOL, START_MS);
    expect(trades).toHaveLength(120);
    expect(new Set(trades.map(({ exchangeOrderId }) => exchangeOrderId)).size).toBe(120);
    const later = await account.fetchTrades(KRAKEN_SYMBOL, START_MS + 60 * 700);
    expect(later).toHaveLength(60);
  }, 30_000);

  it('go on past orders that were placed before the time asked for and closed after it', async () => {
    const { account, moveTo } = await openKraken({ account: { balances: { USD: '100000', BTC: '50' } } });
    const old = Array.from({ length: 60 }, () => limitOf('50', { quantity: money('0.2') }));
    for (const request of old) await account.placeOrder(request);
    moveTo(START_MS + 10_000);
    const fresh = krakenOrderOf({ quantity: money('0.1') });
    await account.placeOrder(fresh);
    moveTo(START_MS + 20_000);
    for (const { clientOrderId } of old) await account.cancelOrder(refOf(clientOrderId));
    const closed = await account.fetchClosedOrders(KRAKEN_SYMBOL, START_MS + 5000);
    expect(closed.map(({ clientOrderId }) => clientOrderId)).toEqual([fresh.clientOrderId]);
  }, 30_000);
});

describe('what happens beside our orders on Kraken', () => {
  it('shows orders placed by hand, in the lists and in the trades', async () => {
    const { account, simulator } = await openKraken();
    simulator.engine.placeByHand(KRAKEN_KEY, { symbol: KRAKEN_SYMBOL, side: 'SELL', quantity: '0.5' });
    simulator.engine.placeByHand(KRAKEN_KEY, {
      symbol: KRAKEN_SYMBOL,
      side: 'BUY',
      quantity: '1',
      price: '90',
    });
    expect(await account.fetchTrades(KRAKEN_SYMBOL, START_MS)).toMatchObject([{ side: 'SELL' }]);
    expect(await account.fetchOpenOrders(KRAKEN_SYMBOL)).toMatchObject([
      { side: 'BUY', clientOrderId: expect.stringMatching(/^hand-/) as string },
    ]);
  });

  it('shows deposits and withdrawals with their fees, beyond the 25 of one reply', async () => {
    const { account, simulator, moveTo } = await openKraken();
    for (let index = 0; index < 60; index += 1) {
      moveTo(START_MS + index * 10_000);
      simulator.engine.deposit(KRAKEN_KEY, { asset: 'USD', amount: '10' });
    }
    simulator.engine.withdraw(KRAKEN_KEY, { asset: 'BTC', amount: '0.5', fee: '0.0002' });
    simulator.engine.withdraw(KRAKEN_KEY, { asset: 'BTC', amount: '1', status: 'pending' });
    const transfers = await account.fetchTransfers(START_MS);
    expect(transfers.filter(({ kind }) => kind === 'deposit')).toHaveLength(60);
    expect(transfers.filter(({ kind }) => kind === 'withdrawal')).toMatchObject([
      { asset: 'BTC', amount: money('0.5'), fee: money('0.0002'), feeCurrency: 'BTC', status: 'done' },
      { asset: 'BTC', amount: money('1'), fee: money(0), status: 'pending' },
    ]);
    expect(await balancesOf(account)).toEqual({ USD: ['1600', '0'], BTC: ['1.4998', '0'] });
  });

  it.each(['DepositStatus', 'WithdrawStatus'])(
    'is not believed to be nothing when %s is odd',
    async (endpoint) => {
      const scenario = await openKraken();
      for (const body of [
        '{}',
        '{"error":[],"result":{}}',
        '{"error":[],"result":[{"asset":"ZUSD"}]}',
        '{"err',
      ]) {
        failOnce(scenario, endpoint, { type: 'reply', status: 200, body });
        expect((await failureOf(scenario.account.fetchTransfers(START_MS))).kind).toBe('transient');
      }
    },
  );

  it('holds no positions on margin', async () => {
    const { account } = await openKraken();
    expect(await account.fetchPositions()).toEqual([]);
  });
});

describe('Kraken’s candles', () => {
  it('come closed only, oldest first, from the time asked for', async () => {
    const prices = Array.from({ length: 30 }, (_, index) => [100 + index, 101 + index] as const);
    const { data, moveTo } = await openKraken({ prices });
    moveTo(START_MS + 10.5 * MINUTE_MS);
    const candles = await data.fetchCandles({
      symbol: KRAKEN_SYMBOL,
      timeframe: '1m',
      sinceMs: START_MS + 2 * MINUTE_MS,
      limit: 100,
    });
    expect(candles.map(({ openTimeMs }) => (openTimeMs - START_MS) / MINUTE_MS)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(candles[0]).toMatchObject({ open: 102, close: 103 });
  });

  it('have tickers and books beside them', async () => {
    const { data } = await openKraken({ market: { spread: '0.01' } });
    const ticker = await data.fetchTicker(KRAKEN_SYMBOL);
    expect([ticker.bid, ticker.last, ticker.ask].map(String)).toEqual(['99.5', '100', '100.5']);
    expect((await data.fetchOrderBook(KRAKEN_SYMBOL, 3)).asks).toHaveLength(3);
    expect(await data.timeframes()).not.toContain('1s');
  });
});
