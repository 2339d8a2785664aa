import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  listExchanges,
  listTimeframes,
  listVenues,
  searchSymbols,
} from '../../../app/services/markets.server.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import { btcUsdt } from '../../support/markets.ts';
import { startWeb, type Web } from '../../support/web.ts';

describe('markets', () => {
  let web: Web;
  beforeAll(async () => {
    web = await startWeb();
    web.exchange.markets = ['WBTC/USDT', 'BTC/EUR', 'BTC/XYZ', 'BTC/USDT', 'ETH/BTC', 'SOL/USDT'].map(
      (symbol) => {
        const [base = '', quote = ''] = symbol.split('/');
        return btcUsdt({ symbol, base, quote, isActive: symbol !== 'SOL/USDT' });
      },
    );
  });
  afterAll(() => web.stop());

  const search = async (text: string, limit = 10) =>
    (await searchSymbols(web.deps, 'binance', { text, limit })).map(({ symbol }) => symbol);

  it('lists the demo market first, then the exchanges by name', () => {
    const [demo, ...exchanges] = listVenues();
    expect(demo).toMatchObject({ id: 'demo', isDemo: true });
    expect(exchanges.length).toBeGreaterThan(50);
    expect(exchanges.some((venue) => venue.isDemo)).toBe(false);
    expect(exchanges.map(({ name }) => name)).toEqual(
      exchanges.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en')),
    );
  });

  it('offers every exchange for keys, and for bots only those with spot candles', async () => {
    const idsOf = (venues: { id: string }[]) => venues.map(({ id }) => id);
    const [forBots, forKeys] = [idsOf(listVenues()), idsOf(listExchanges())];
    expect(forKeys).toEqual(expect.arrayContaining(['binance', 'kraken', 'krakenfutures']));
    expect(forKeys).not.toContain('demo');
    expect(forBots).toEqual(expect.arrayContaining(['demo', 'binance', 'kraken']));
    expect(forBots).not.toContain('krakenfutures');
    await expect(listTimeframes(web.deps, 'krakenfutures')).rejects.toMatchObject({
      status: 422,
      message: 'Kraken Futures has no spot candles that a bot could trade on.',
    });
  });

  it('finds symbols, the likeliest first, and only those that trade', async () => {
    expect(await search('btc')).toEqual(['BTC/EUR', 'BTC/USDT', 'BTC/XYZ', 'ETH/BTC', 'WBTC/USDT']);
    expect(await search('btcusdt')).toEqual(['BTC/USDT', 'WBTC/USDT']);
    expect(await search('BTC/XYZ', 1)).toEqual(['BTC/XYZ']);
    expect(await search('SOL')).toEqual([]);
  });

  it('offers the demo market’s own symbols and every timeframe', async () => {
    const found = await searchSymbols(web.deps, 'demo', { text: '', limit: 20 });
    expect(found.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(['BTC/USDT', 'ETH/USDT']));
    expect(await listTimeframes(web.deps, 'demo')).toContain('1s');
  });

  it('says which exchange does not answer', async () => {
    web.exchange.onMarketCall = () => {
      throw new ExchangeError('transient', 'No route to host.');
    };
    await expect(search('btc')).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('Binance does not answer properly: No route to host.') as string,
    });
    await expect(searchSymbols(web.deps, 'nowhere', { text: '', limit: 1 })).rejects.toMatchObject({
      status: 422,
    });
  });
});
