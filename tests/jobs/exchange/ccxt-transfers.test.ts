import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { failureOf, KEY, openScenario, START_MS } from './binance-scenario.ts';

const DAY_MS = 86_400_000;

describe('deposits and withdrawals on Binance', () => {
  it('come oldest first, with their fees and states, and agree with the balances', async () => {
    const { account, simulator, moveTo } = await openScenario();
    simulator.engine.deposit(KEY, { asset: 'USDT', amount: '250.5' });
    moveTo(START_MS + 60_000);
    simulator.engine.withdraw(KEY, { asset: 'BTC', amount: '0.5', fee: '0.0001' });
    moveTo(START_MS + 120_000);
    simulator.engine.deposit(KEY, { asset: 'BTC', amount: '1', status: 'pending' });
    simulator.engine.withdraw(KEY, { asset: 'USDT', amount: '1', status: 'failed' });
    const transfers = await account.fetchTransfers(START_MS);
    expect(
      transfers.map(({ kind, asset, amount, fee, status }) => [kind, asset, `${amount}`, `${fee}`, status]),
    ).toEqual([
      ['deposit', 'USDT', '250.5', '0', 'done'],
      ['withdrawal', 'BTC', '0.5', '0.0001', 'done'],
      ['deposit', 'BTC', '1', '0', 'pending'],
      ['withdrawal', 'USDT', '1', '0', 'failed'],
    ]);
    const balances = await account.fetchBalances();
    expect(balances.get('USDT')?.total).toEqual(money('1250.5'));
    expect(balances.get('BTC')?.total).toEqual(money('1.4999'));
    expect(await account.fetchTransfers(START_MS + 60_000)).toHaveLength(3);
  });

  it('are asked for in windows of 90 days', async () => {
    const { account, simulator, moveTo } = await openScenario();
    for (const days of [0, 100, 200]) {
      moveTo(START_MS + days * DAY_MS);
      simulator.engine.deposit(KEY, { asset: 'USDT', amount: '1' });
    }
    moveTo(START_MS + 230 * DAY_MS);
    const transfers = await account.fetchTransfers(START_MS);
    expect(transfers.map(({ timeMs }) => (timeMs - START_MS) / DAY_MS)).toEqual([0, 100, 200]);
  });

  it('are not believed to be none when the reply is odd', async () => {
    const { account, simulator } = await openScenario();
    for (const body of ['{}', '[{"coin":"BTC"}]', '[{"coin":']) {
      simulator.setFault(({ path }) =>
        path.startsWith('/sapi/v1/capital/deposit') ? { type: 'reply', status: 200, body } : undefined,
      );
      expect((await failureOf(account.fetchTransfers(START_MS))).kind).toBe('transient');
    }
  });

  it('are beside positions, of which a spot account has none', async () => {
    const { account } = await openScenario();
    expect(await account.fetchPositions()).toEqual([]);
  });
});

const instrument = {
  symbol: 'PF_XBTUSD',
  type: 'flexible_futures',
  tickSize: 1,
  contractSize: 1,
  tradeable: true,
  openingDate: '2022-01-01T00:00:00.000Z',
  contractValueTradePrecision: 4,
  base: 'BTC',
  quote: 'USD',
};
const position = { side: 'short', symbol: 'PF_XBTUSD', price: 50_000.5, size: 0.25, unrealizedFunding: 0 };

describe('a venue of contracts alone', () => {
  let positions: unknown = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const body = path.includes('/instruments')
      ? { result: 'success', instruments: [instrument] }
      : { result: 'success', openPositions: positions };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = () =>
    createCcxtAccount({
      venue: 'krakenfutures',
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clock: { now: () => START_MS },
      isThrottled: false,
      credentials: { apiKey: 'k', apiSecret: Buffer.from('s').toString('base64') },
    });

  it('shows the account’s positions', async () => {
    positions = [position];
    expect(await open().fetchPositions()).toEqual([
      {
        symbol: 'BTC/USD:USD',
        side: 'SHORT',
        quantity: money('0.25'),
        entryPrice: money('50000.5'),
        unrealizedPnl: null,
      },
    ]);
  });

  it('is not believed when a position lacks its size', async () => {
    positions = [{ side: 'short', symbol: 'PF_XBTUSD' }];
    expect((await failureOf(open().fetchPositions())).kind).toBe('transient');
  });
});
