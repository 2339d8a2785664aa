import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import type { AccountGateway } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const START_MS = Date.UTC(2030, 0, 1);
const KEY = { apiKey: 'deadline-key', apiSecret: 'deadline-secret' };
const clock = { nowMs: START_MS + 60_000, now: () => clock.nowMs };
const candles = Array.from({ length: 300 }, (_row, index) => {
  return { openTimeMs: index, open: 100, high: 100, low: 100, close: 100, volume: 1 };
});

let simulator: ExchangeSimulator;
let account: AccountGateway;

beforeAll(async () => {
  simulator = await startExchangeSimulator({
    clock,
    markets: [{ symbol: 'BTC/USDT', candles, timeframeMs: 1_000, startMs: START_MS }],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '10000' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  account = createCcxtAccount({ venue: 'binance', credentials: KEY, baseUrl: simulator.url, clock });
});

afterAll(() => simulator.stop());

const place = (clientOrderId: string, sendBeforeMs: number) =>
  account.placeOrder({
    clientOrderId,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'market',
    quantity: money('0.1'),
    sendBeforeMs,
  });

describe('an order that has waited past its deadline', () => {
  it('does not leave, and is known not to have', async () => {
    await expect(place('late', clock.now() - 1)).rejects.toMatchObject({ kind: 'transient' });
    expect(simulator.orders(KEY.apiKey)).toEqual([]);
  });

  it('does not leave either when its turn comes too late', async () => {
    // What goes before it takes the venue's time away: the request that asks for the time answers late.
    const fresh = createCcxtAccount({ venue: 'binance', credentials: KEY, baseUrl: simulator.url, clock });
    simulator.setFault((request) => {
      if (request.path === '/api/v3/time') clock.nowMs += 9_000;
      return undefined;
    });
    const order = {
      clientOrderId: 'waited',
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'market',
      quantity: money('0.1'),
    } as const;
    const placing = fresh.placeOrder({ ...order, sendBeforeMs: clock.now() + 8_000 });
    await expect(placing).rejects.toMatchObject({ kind: 'transient' });
    simulator.setFault(undefined);
    expect(simulator.orders(KEY.apiKey)).toEqual([]);
  });

  it('leaves in time as ever', async () => {
    await place('intime', clock.now() + 8_000);
    expect(simulator.orders(KEY.apiKey)).toHaveLength(1);
  });
});
