import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { orderOf, SYMBOL } from './binance-scenario.ts';

const pair = {
  id: 'BTC_USDT',
  base: 'BTC',
  quote: 'USDT',
  fee: '0.2',
  min_base_amount: '0.0001',
  min_quote_amount: '3',
  amount_precision: 4,
  precision: 1,
  trade_status: 'tradable',
};
const ticker = { currency_pair: 'BTC_USDT', last: '100', lowest_ask: '100.5', highest_bid: '99.5' };
const order = {
  id: '77',
  text: 't-abc1',
  currency_pair: 'BTC_USDT',
  side: 'sell',
  type: 'limit',
  amount: '0.5',
  price: '120',
  left: '0.5',
  status: 'open',
  create_time_ms: 1_700_000_000_000,
};
const REPLIES: Record<string, unknown> = {
  'GET /api/v4/spot/currency_pairs': [pair],
  'GET /api/v4/spot/tickers': [ticker],
  'GET /api/v4/spot/time': { server_time: 1_700_000_000_000 },
  'POST /api/v4/spot/orders': order,
  'GET /api/v4/spot/open_orders': [{ currency_pair: 'BTC_USDT', total: 1, orders: [order] }],
};
const bodies: Record<string, unknown>[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString();
    if (text.startsWith('{')) bodies.push(JSON.parse(text) as Record<string, unknown>);
    const name = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(REPLIES[name] ?? []));
  });
});
let account: AccountGateway;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: () => 1_700_000_000_000 };
  account = createCcxtAccount({
    venue: 'gate',
    baseUrl,
    clock,
    credentials: { apiKey: 'k', apiSecret: 's' },
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a venue like Gate, with ways of its own', () => {
  it('is sent market buys as quantity x ask in whole price steps of quote, and market sells as a quantity', async () => {
    await account.placeOrder(orderOf({ quantity: money('0.5') }));
    await account.placeOrder(orderOf({ quantity: money('0.5'), side: 'SELL' }));
    expect(bodies).toMatchObject([
      { side: 'buy', type: 'market', amount: '50.2' },
      { side: 'sell', type: 'market', amount: '0.5' },
    ]);
    expect(bodies[0]).not.toHaveProperty('price');
  });

  it('is sent our client order id with its mark, which is taken off again when reading', async () => {
    bodies.length = 0;
    const request = orderOf({ clientOrderId: 'abc1', type: 'limit', side: 'SELL', limitPrice: money(120) });
    expect((await account.placeOrder(request)).clientOrderId).toBe('abc1');
    expect(bodies).toMatchObject([{ text: 't-abc1', price: '120', amount: '0.5' }]);
    expect((await account.fetchOpenOrders(SYMBOL))[0]).toMatchObject({
      clientOrderId: 'abc1',
      exchangeOrderId: '77',
    });
  });
});
