import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listVenues, openClient } from '../../../jobs/exchange/ccxt-client.ts';
import { redirect } from '../../../jobs/exchange/ccxt-transport.ts';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import { createCcxtMarketData } from '../../../jobs/exchange/ccxt-market-data.ts';
import { findVenue, VENUES } from '../../../jobs/exchange/venues.ts';
import { failureOf } from './binance-scenario.ts';

const clock = { now: () => Date.now() };
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
});
let baseUrl = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the list of venues', () => {
  it('is the installed ccxt’s list of exchanges, and says which have spot markets, candles and orders', async () => {
    expect(VENUES).toEqual(await listVenues());
  });

  it('knows what an exchange needs, and which it has not', () => {
    expect(findVenue('okx')).toMatchObject({ needsPassphrase: true, hasSandbox: true });
    expect(findVenue('kraken')).toMatchObject({ needsPassphrase: false, hasSandbox: false });
    expect([findVenue('kraken')?.canTrade, findVenue('krakenfutures')?.canTrade]).toEqual([true, false]);
    expect([findVenue('demo'), findVenue('nosuch')]).toEqual([undefined, undefined]);
  });
});

function urlsIn(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : [];
}

describe('a base URL of the operator', () => {
  it('replaces scheme, host and port, and keeps path and query', () => {
    expect(redirect('https://api.binance.com/api/v3/order?a=1&b=%20', 'http://127.0.0.1:4100')).toBe(
      'http://127.0.0.1:4100/api/v3/order?a=1&b=%20',
    );
    expect(redirect('https://api.binance.com/x', undefined)).toBe('https://api.binance.com/x');
  });

  it.each(VENUES.map(({ id }) => id))('stands for every address of %s, sandbox included', async (venue) => {
    const { exchange } = await openClient({ venue, clock });
    const urls = [...urlsIn(exchange.urls['api']), ...urlsIn(exchange.urls['test'])];
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls)
      expect(redirect(url.replace('{hostname}', 'x.y'), baseUrl).startsWith(`${baseUrl}/`)).toBe(true);
  });

  it.each(
    'binance kraken okx bybit kucoin gate coinbase bitget mexc htx bitfinex cryptocom bitstamp'.split(' '),
  )('is where %s is asked, publicly and privately', async (venue) => {
    asked.length = 0;
    const data = createCcxtMarketData({ venue, baseUrl, clock });
    expect(await failureOf(data.loadMarkets())).toMatchObject({
      kind: expect.stringMatching(/transient|rate-limited/) as string,
    });
    expect(asked.length).toBeGreaterThan(0);
  });

  it('is asked by accounts in sandbox mode too', async () => {
    asked.length = 0;
    const credentials = { apiKey: 'k', apiSecret: 'c2VjcmV0', passphrase: 'p' };
    const account = createCcxtAccount({ venue: 'okx', baseUrl, clock, sandbox: true, credentials });
    expect((await failureOf(account.fetchBalances())).kind).toBe('transient');
    expect(asked.length).toBeGreaterThan(0);
  });
});

describe('opening a client', () => {
  it('refuses an exchange that ccxt does not have', async () => {
    await expect(openClient({ venue: 'nosuch', clock })).rejects.toThrow('Unknown exchange nosuch');
  });

  it('says so where a venue has no sandbox', async () => {
    const data = createCcxtMarketData({ venue: 'kraken', clock, sandbox: true });
    const error = await failureOf(data.loadMarkets());
    expect(error).toMatchObject({ kind: 'rejected', message: 'kraken: the exchange has no sandbox' });
  });

  it('loads ccxt at the first call and not before', () => {
    const folder = fileURLToPath(new URL('../../../jobs/exchange/', import.meta.url));
    const script = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
      const { createCcxtAccount } = await import('${folder}ccxt-account.ts');
      const { createCcxtMarketData } = await import('${folder}ccxt-market-data.ts');
      await import('${folder}venues.ts');
      const options = { venue: 'binance', baseUrl: 'http://127.0.0.1:9', clock: Date, credentials: { apiKey: 'k', apiSecret: 's' } };
      createCcxtAccount(options);
      const data = createCcxtMarketData(options);
      const before = seen.includes('ccxt');
      await data.timeframes();
      console.log(JSON.stringify([before, seen.includes('ccxt')]));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual([false, true]);
  });
});
