import { describe, expect, it } from 'vitest';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Fault } from '../../support/exchange-simulator/server.ts';
import {
  everyWordOf,
  failureOf,
  KEY,
  openScenario,
  orderOf,
  SECRET,
  START_MS,
  SYMBOL,
} from './binance-scenario.ts';

const isOrder = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path === '/api/v3/order';
const ref = { symbol: SYMBOL, sinceMs: START_MS };

const UNDECIDED: [string, Fault][] = [
  ['the connection ends before the venue has read it', { type: 'drop-request' }],
  ['the reply is lost after the venue has accepted', { type: 'drop-reply' }],
  ['the reply is cut in half', { type: 'truncate' }],
  ['the venue answers 500', { type: 'reply', status: 500, body: 'oops', isHandled: true }],
  [
    'the venue answers 503 with a document',
    { type: 'reply', status: 503, body: '{"code":-1000,"msg":"Unknown error"}', isHandled: true },
  ],
  ['the gateway answers 504', { type: 'reply', status: 504, body: '<html>Gateway</html>', isHandled: true }],
  ['the reply is an empty document', { type: 'reply', status: 200, body: '{}', isHandled: true }],
  ['the reply is an empty list', { type: 'reply', status: 200, body: '[]', isHandled: true }],
  ['the reply is a web page', { type: 'reply', status: 200, body: '<html>Welcome</html>', isHandled: true }],
  ['the reply is empty', { type: 'reply', status: 200, body: '', isHandled: true }],
  [
    'the venue says it does not know itself',
    {
      type: 'reply',
      status: 400,
      body: '{"code":-1007,"msg":"Timeout waiting for response from backend server. Send status unknown; execution status unknown."}',
      isHandled: true,
    },
  ],
  ['the reply comes after our deadline', { type: 'delay', ms: 900 }],
];

describe('placing an order when things go wrong', () => {
  it.each(UNDECIDED)('does not know the outcome when %s, and then finds it', async (_, fault) => {
    const { account, simulator } = await openScenario({ timeoutMs: 500 });
    const request = orderOf();
    await account.fetchBalances();
    simulator.setFault((asked) => (isOrder(asked) ? fault : undefined));
    expect((await failureOf(account.placeOrder(request))).kind).toBe('unknown-outcome');
    simulator.setFault(undefined);
    expect(simulator.requests.filter(isOrder)).toHaveLength(1);
    const placed = simulator.orders(KEY);
    const found = await account.findOrder({ ...ref, clientOrderId: request.clientOrderId });
    expect(found?.exchangeOrderId).toBe(placed[0] && String(placed[0].id));
    expect(placed).toHaveLength(fault.type === 'drop-request' ? 0 : 1);
  });

  it.each([418, 429])('is told to come back later by %i, with nothing done', async (status) => {
    const { account, simulator } = await openScenario();
    await account.fetchBalances();
    simulator.setFault(() => ({
      type: 'reply',
      status,
      body: '{"code":-1003,"msg":"Too many requests."}',
      headers: { 'retry-after': '17' },
    }));
    expect(await failureOf(account.placeOrder(orderOf()))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 17_000,
    });
  });

  it('has done nothing when the markets could not be loaded first', async () => {
    const { account, simulator } = await openScenario();
    simulator.setFault(({ path }) => (path.endsWith('/exchangeInfo') ? { type: 'drop-request' } : undefined));
    expect((await failureOf(account.placeOrder(orderOf()))).kind).toBe('transient');
    expect(simulator.requests.some(isOrder)).toBe(false);
  });

  it('does not know whether a cancel was heard when its reply is lost', async () => {
    const { account, simulator } = await openScenario();
    const request = orderOf({ type: 'limit', limitPrice: money(90) });
    await account.placeOrder(request);
    simulator.setFault(({ method }) => (method === 'DELETE' ? { type: 'drop-reply' } : undefined));
    expect(
      (await failureOf(account.cancelOrder({ ...ref, clientOrderId: request.clientOrderId }))).kind,
    ).toBe('unknown-outcome');
    expect(simulator.orders(KEY)[0]?.status).toBe('CANCELED');
  });
});

describe('refusals of the venue', () => {
  it('names want of money', async () => {
    const { account } = await openScenario();
    const error = await failureOf(account.placeOrder(orderOf({ quantity: money(50) })));
    expect(error).toMatchObject({ kind: 'insufficient-funds' });
    expect(error.message).toBe('binance: Account has insufficient balance for requested action.');
  });

  it('names the filter below the minimum', async () => {
    const { account } = await openScenario();
    const error = await failureOf(account.placeOrder(orderOf({ quantity: money('0.01') })));
    expect(error).toMatchObject({ kind: 'rejected', message: 'binance: Filter failure: NOTIONAL (-1013)' });
  });

  it('refuses an id that an open order bears, and takes it again once that order closed', async () => {
    const { account, simulator } = await openScenario();
    const request = orderOf({ type: 'limit', limitPrice: money(90), quantity: money('0.1') });
    await account.placeOrder(request);
    const error = await failureOf(account.placeOrder(request));
    expect(error).toMatchObject({ kind: 'rejected' });
    expect(error.message).toContain('Duplicate order sent');
    await account.cancelOrder({ ...ref, clientOrderId: request.clientOrderId });
    await account.placeOrder(request);
    expect(simulator.orders(KEY)).toHaveLength(2);
  });

  it.each([
    ['a key that it does not know', { apiKey: 'wrong', apiSecret: SECRET }],
    ['a wrong secret', { apiKey: KEY, apiSecret: 'wrong' }],
  ])('calls %s a matter of the key', async (_, credentials) => {
    const { account } = await openScenario({ credentials });
    for (const call of [
      () => account.fetchBalances(),
      () => account.placeOrder(orderOf()),
      () => account.fetchPermissions(),
    ]) {
      expect((await failureOf(call())).kind).toBe('auth');
    }
  });

  it('calls a key that worked before and is refused now a matter of the key, not of pace', async () => {
    const { account, simulator } = await openScenario();
    await account.fetchBalances();
    await account.placeOrder(orderOf());
    simulator.setFault(() => ({
      type: 'reply',
      status: 401,
      body: '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    }));
    expect((await failureOf(account.fetchBalances())).kind).toBe('auth');
  });

  it('calls a refused time a passing matter, with nothing done', async () => {
    const { account, simulator } = await openScenario();
    await account.fetchBalances();
    simulator.setFault(() => ({
      type: 'reply',
      status: 400,
      body: '{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}',
    }));
    expect((await failureOf(account.placeOrder(orderOf()))).kind).toBe('transient');
  });
});

const READS: [string, (account: AccountGateway) => Promise<unknown>][] = [
  ['balances', (account) => account.fetchBalances()],
  ['open orders', (account) => account.fetchOpenOrders(SYMBOL)],
  ['closed orders', (account) => account.fetchClosedOrders(SYMBOL, START_MS)],
  ['trades', (account) => account.fetchTrades(SYMBOL, START_MS)],
  ['fills', (account) => account.fetchFills({ ...ref, exchangeOrderId: '1001' })],
  ['an order by exchange id', (account) => account.findOrder({ ...ref, exchangeOrderId: '1001' })],
  ['an order by client id', (account) => account.findOrder({ ...ref, clientOrderId: 'abc' })],
];
const ODD: Fault[] = [
  { type: 'truncate' },
  { type: 'reply', status: 200, body: '{}' },
  { type: 'reply', status: 200, body: '[{}]' },
  { type: 'reply', status: 200, body: 'null' },
  { type: 'reply', status: 200, body: '' },
  { type: 'reply', status: 502, body: 'bad gateway' },
  { type: 'drop-reply' },
];

describe('odd replies to private reads', () => {
  it.each(READS)('never pass for %s', async (_, read) => {
    const { account, simulator } = await openScenario({
      account: { balances: { USDT: '1000', BTC: '2', ETH: '1' } },
    });
    await account.placeOrder(orderOf());
    await account.placeOrder(orderOf({ type: 'limit', limitPrice: money(90), clientOrderId: 'abc' }));
    for (const fault of ODD) {
      simulator.setFault(({ path }) => (path.startsWith('/api/v3/time') ? undefined : fault));
      expect([fault, (await failureOf(read(account))).kind]).toEqual([fault, 'transient']);
    }
  });

  it.each(['fetchTicker', 'fetchOrderBook', 'clockOffsetMs'] as const)('never pass for %s', async (name) => {
    const { data, simulator } = await openScenario();
    await data.loadMarkets();
    for (const fault of ODD) {
      simulator.setFault(() => fault);
      const call =
        name === 'clockOffsetMs'
          ? data[name]()
          : name === 'fetchTicker'
            ? data[name](SYMBOL)
            : data[name](SYMBOL, 5);
      expect([fault, (await failureOf(call)).kind]).toEqual([fault, 'transient']);
    }
  });
});

describe('what is thrown', () => {
  it('holds no key, secret, signature or address, whatever went wrong', async () => {
    const { account, simulator } = await openScenario({ timeoutMs: 500 });
    await account.fetchBalances();
    const echo = (): Fault => ({
      type: 'reply',
      status: 400,
      body: JSON.stringify({ code: -1100, msg: `Bad key ${KEY} with ${SECRET}` }),
    });
    const faults: Fault[] = [...UNDECIDED.map(([, fault]) => fault), ...ODD, echo()];
    for (const fault of faults) {
      simulator.setFault(() => fault);
      for (const call of [
        () => account.placeOrder(orderOf()),
        () => account.fetchBalances(),
        () => account.cancelOrder({ ...ref, exchangeOrderId: '1' }),
      ]) {
        const words = everyWordOf(await failureOf(call()));
        for (const secret of [KEY, SECRET, 'signature', 'http://', 'https://', 'recvWindow'])
          expect(words).not.toContain(secret);
      }
    }
  });
});
