import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { failureOf, orderOf } from './binance-scenario.ts';

const SYMBOL = 'BTC/USD';
const pair = {
  altname: 'XBTUSD',
  wsname: 'XBT/USD',
  aclass_base: 'currency',
  base: 'XXBT',
  aclass_quote: 'currency',
  quote: 'ZUSD',
  lot: 'unit',
  cost_decimals: 5,
  pair_decimals: 1,
  lot_decimals: 8,
  lot_multiplier: 1,
  leverage_buy: [],
  leverage_sell: [],
  fees: [[0, 0.25]],
  fees_maker: [[0, 0.16]],
  fee_volume_currency: 'ZUSD',
  ordermin: '0.0001',
  costmin: '0.5',
  tick_size: '0.1',
  status: 'online',
};
const asset = (altname: string) => ({
  aclass: 'currency',
  altname,
  decimals: 10,
  display_decimals: 5,
  status: 'enabled',
});

/** What a few endpoints answer; a test replaces some. */
const STANDARD: Record<string, unknown> = {
  '/0/public/Time': { error: [], result: { unixtime: 1_700_000_000, rfc1123: '' } },
  '/0/public/AssetPairs': { error: [], result: { XXBTZUSD: pair } },
  '/0/public/Assets': { error: [], result: { XXBT: asset('XBT'), ZUSD: asset('USD') } },
  '/0/private/BalanceEx': { error: [], result: { ZUSD: { balance: '12.5', hold_trade: '2.5' } } },
  '/0/private/AddOrder': {
    error: [],
    result: { descr: { order: 'buy 0.5 XBTUSD @ market' }, txid: ['OABC-1'] },
  },
};
let replies: Record<string, unknown> = {};
const requests: { path: string; params: URLSearchParams }[] = [];
let atOnce = 0;
let mostAtOnce = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const isPrivate = path.startsWith('/0/private');
    requests.push({ path, params: new URLSearchParams(Buffer.concat(chunks).toString()) });
    if (isPrivate) atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    setTimeout(() => {
      if (isPrivate) atOnce -= 1;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(replies[path] ?? { error: ['EGeneral:Unknown method'] }));
    }, 20);
  });
});
let account: AccountGateway;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { apiKey: 'key', apiSecret: Buffer.from('secret').toString('base64') };
  account = createCcxtAccount({
    venue: 'kraken',
    baseUrl,
    clock: { now: () => 1_700_000_000_000 },
    credentials,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  replies = { ...STANDARD };
  requests.length = 0;
});

const order = () => orderOf({ symbol: SYMBOL, quantity: money('0.5') });

describe('a venue like Kraken, whose nonce is its clock', () => {
  it('is asked one thing at a time, with a rising nonce, even within one millisecond', async () => {
    const [balances, placed] = await Promise.all([
      account.fetchBalances(),
      account.placeOrder(order()),
      account.fetchBalances(),
    ]);
    expect(balances.get('USD')).toEqual({ free: money(10), used: money('2.5'), total: money('12.5') });
    expect(placed).toMatchObject({ exchangeOrderId: 'OABC-1', status: 'open', fills: null });
    expect(mostAtOnce).toBe(1);
    const nonces = requests
      .filter(({ path }) => path.includes('/private/'))
      .map(({ params }) => Number(params.get('nonce')));
    expect(nonces).toHaveLength(3);
    expect(new Set(nonces).size).toBe(3);
    expect(nonces).toEqual([...nonces].sort((a, b) => a - b));
  });

  it('is sent the client order id as it is, and no price with a market order', async () => {
    const request = order();
    await account.placeOrder(request);
    const sent = requests.find(({ path }) => path.endsWith('/AddOrder'))?.params;
    expect([sent?.get('cl_ord_id'), sent?.get('volume'), sent?.get('price')]).toEqual([
      request.clientOrderId,
      '0.5',
      null,
    ]);
  });

  it('refuses with a bare error, which is final', async () => {
    replies['/0/private/AddOrder'] = { error: ['EOrder:Tick size check failed'] };
    expect(await failureOf(account.placeOrder(order()))).toMatchObject({
      kind: 'rejected',
      message: 'kraken: EOrder:Tick size check failed',
    });
  });

  it('leaves the outcome open with an order that has no id', async () => {
    replies['/0/private/AddOrder'] = { error: [], result: { descr: {} } };
    expect((await failureOf(account.placeOrder(order()))).kind).toBe('unknown-outcome');
  });

  it('is not believed to hold nothing, nor to know no order, when it sends an odd reply', async () => {
    replies['/0/private/BalanceEx'] = {};
    expect((await failureOf(account.fetchBalances())).kind).toBe('transient');
    replies['/0/private/OpenOrders'] = { error: [], result: {} };
    expect((await failureOf(account.fetchOpenOrders(SYMBOL))).kind).toBe('transient');
  });
});
