import { describe, expect, it } from 'vitest';
import { failureOf, openScenario, START_MS, SYMBOL } from './binance-scenario.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';

const rising = Array.from({ length: 3000 }, (_, index) => [100 + index, 101 + index] as const);

describe('markets through ccxt', () => {
  it('states steps, minimums and fees of a spot market exactly', async () => {
    const { data } = await openScenario({
      market: { tickSize: '0.01', lotSize: '0.00001', minNotional: '5', maxQuantity: '9000' },
    });
    const market = (await data.loadMarkets()).get(SYMBOL);
    expect(market).toMatchObject({ symbol: SYMBOL, base: 'BTC', quote: 'USDT', isActive: true });
    const figures = [
      market?.tickSize,
      market?.lotSize,
      market?.minNotional,
      market?.maxQuantity,
      market?.takerFee,
    ];
    expect(figures.map(String)).toEqual(['0.01', '0.00001', '5', '9000', '0.001']);
  });

  it('asks the venue once an hour, and once for callers at the same moment', async () => {
    const { data, simulator, moveTo } = await openScenario();
    const asked = () => simulator.requests.filter(({ path }) => path.endsWith('/exchangeInfo')).length;
    await Promise.all([data.loadMarkets(), data.loadMarkets(), data.fetchTicker(SYMBOL)]);
    expect(asked()).toBe(1);
    moveTo(START_MS + 3_599_000);
    await data.loadMarkets();
    expect(asked()).toBe(1);
    moveTo(START_MS + 3_601_000);
    await data.loadMarkets();
    expect(asked()).toBe(2);
  });

  it('recovers after a failed first load', async () => {
    const { data, simulator } = await openScenario();
    simulator.setFault(() => ({ type: 'reply', status: 503, body: 'busy' }));
    expect((await failureOf(data.loadMarkets())).kind).toBe('transient');
    simulator.setFault(undefined);
    expect((await data.loadMarkets()).has(SYMBOL)).toBe(true);
  });

  it('keeps the old table while a reload fails', async () => {
    const { data, simulator, moveTo } = await openScenario();
    await data.loadMarkets();
    moveTo(START_MS + 7_200_000);
    simulator.setFault(({ path }) => (path.endsWith('/exchangeInfo') ? { type: 'truncate' } : undefined));
    expect((await data.loadMarkets()).has(SYMBOL)).toBe(true);
  });

  it('loads them without private endpoints, so a refusing sapi fails nothing', async () => {
    const { account, simulator } = await openScenario();
    simulator.setFault(({ path }) => (path.startsWith('/sapi') ? { type: 'reply', status: 500 } : undefined));
    expect((await account.fetchBalances()).get('USDT')?.total.toFixed()).toBe('1000');
    expect(simulator.requests.some(({ path }) => path.startsWith('/sapi'))).toBe(false);
  });

  it('refuses a symbol that the venue does not trade', async () => {
    const { data } = await openScenario();
    expect(await failureOf(data.fetchTicker('NO/SUCH'))).toMatchObject({ kind: 'rejected' });
  });
});

describe('candles through ccxt', () => {
  it('pages forwards until the limit, without a gap or a repetition', async () => {
    const { data, simulator, moveTo } = await openScenario({ prices: rising });
    moveTo(START_MS + 3_000_000);
    const candles = await data.fetchCandles({
      symbol: SYMBOL,
      timeframe: '1s',
      sinceMs: START_MS,
      limit: 2500,
    });
    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual(
      Array.from({ length: 2500 }, (_, index) => START_MS + index * 1000),
    );
    expect(candles.map(({ close }) => close)).toEqual(rising.slice(0, 2500).map(([, close]) => close));
    expect(simulator.requests.filter(({ path }) => path.endsWith('/klines'))).toHaveLength(3);
  });

  it('leaves out the candle in progress', async () => {
    const { data, moveTo } = await openScenario({ prices: rising });
    moveTo(START_MS + 10_999);
    const query = { symbol: SYMBOL, timeframe: '1s', sinceMs: START_MS, limit: 500 } as const;
    expect((await data.fetchCandles(query)).at(-1)?.openTimeMs).toBe(START_MS + 9_000);
    moveTo(START_MS + 11_000);
    expect((await data.fetchCandles(query)).at(-1)?.openTimeMs).toBe(START_MS + 10_000);
  });

  it.each([7_000, -7_000])(
    'judges what is closed by the venue’s clock where ours is off by %i ms',
    async (skewMs) => {
      const { data, moveTo } = await openScenario({ prices: rising, skewMs });
      moveTo(START_MS + 20_500);
      expect(await data.clockOffsetMs()).toBe(-skewMs);
      const candles = await data.fetchCandles({
        symbol: SYMBOL,
        timeframe: '1s',
        sinceMs: START_MS,
        limit: 500,
      });
      expect(candles.at(-1)?.openTimeMs).toBe(START_MS + 19_000);
    },
  );

  it('gives longer timeframes too', async () => {
    const { data, moveTo } = await openScenario({ prices: rising });
    moveTo(START_MS + 150_000);
    const candles = await data.fetchCandles({
      symbol: SYMBOL,
      timeframe: '1m',
      sinceMs: START_MS,
      limit: 10,
    });
    expect(candles).toMatchObject([
      { openTimeMs: START_MS, open: 100, close: 160 },
      { openTimeMs: START_MS + 60_000, open: 160, close: 220 },
    ]);
  });

  it.each([
    ['a row of too few fields', [[START_MS, '1', '1']]],
    ['a price that is no number', [[START_MS, '1', 'x', '1', '1', '1', 0, '0', 0, '0', '0', '0']]],
    ['an absent price', [[START_MS, '1', null, '1', '1', '1', 0, '0', 0, '0', '0', '0']]],
    ['a high below the low', [[START_MS, '2', '1', '2', '2', '1', 0, '0', 0, '0', '0', '0']]],
    ['an object in place of the list', { code: 0 }],
  ])('takes %s for an error, never for data', async (_, body) => {
    const { data, simulator, moveTo } = await openScenario();
    moveTo(START_MS + 50_000);
    await data.loadMarkets();
    simulator.setFault(({ path }) =>
      path.endsWith('/klines') ? { type: 'reply', status: 200, body: JSON.stringify(body) } : undefined,
    );
    const call = data.fetchCandles({ symbol: SYMBOL, timeframe: '1s', sinceMs: START_MS, limit: 5 });
    expect((await failureOf(call)).kind).toBe('transient');
  });

  const file = findCandleFile('BINANCE_BTC-USDT_5m');
  it.skipIf(file === undefined)('hands real candles on unchanged', async () => {
    const rows = readCandleFile(file ?? '', { limit: 1500 });
    const { data, moveTo } = await openScenario({ market: { candles: rows } });
    moveTo(START_MS + 1_500_000);
    const candles = await data.fetchCandles({
      symbol: SYMBOL,
      timeframe: '1s',
      sinceMs: START_MS,
      limit: 1500,
    });
    expect(candles).toEqual(rows.map((row, index) => ({ ...row, openTimeMs: START_MS + index * 1000 })));
  });
});

describe('prices through ccxt', () => {
  it('reads last, bid and ask', async () => {
    const { data, moveTo } = await openScenario({ prices: [[100, 110]], market: { spread: '0.01' } });
    moveTo(START_MS + 500);
    const ticker = await data.fetchTicker(SYMBOL);
    expect([ticker.last, ticker.bid, ticker.ask].map(String)).toEqual(['105', '104.47', '105.53']);
    expect(ticker.timeMs).toBe(START_MS + 500);
  });

  it('reads the book, best levels first', async () => {
    const { data } = await openScenario({ prices: [[10, 10]] });
    const book = await data.fetchOrderBook(SYMBOL, 3);
    expect(book.bids.map(([price]) => String(price))).toEqual(['9.99', '9.98', '9.97']);
    expect(book.asks.map(([price]) => String(price))).toEqual(['10', '10.01', '10.02']);
  });

  it('names the timeframes that bots can run on', async () => {
    const { data } = await openScenario();
    const timeframes = await data.timeframes();
    expect(timeframes).toContain('1s');
    expect(timeframes).not.toContain('1M');
  });
});
