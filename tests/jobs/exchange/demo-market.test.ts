import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDemoMarket } from '../../../jobs/exchange/demo-market.ts';
import { checkCandles, findGaps, toCandles } from '../../../jobs/trading/candles.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { rsiCross } from '../../../jobs/trading/strategies/rsi-cross.ts';
import { rsi } from '../../../jobs/trading/indicators/rsi.ts';
import { TIMEFRAMES, timeframeMs, type Timeframe } from '../../../jobs/trading/timeframe.ts';
import type { Candle } from '../../../jobs/trading/types.ts';

const NOW = Date.UTC(2026, 4, 6, 12, 34, 56, 789);
const DAY = 86_400_000;

const at = (nowMs: number) => createDemoMarket({ clock: { now: () => nowMs } });
const demo = at(NOW);

type Asked = [timeframe: Timeframe, sinceMs: number, limit: number, symbol?: string];

function candles(...asked: Asked): Promise<Candle[]> {
  const [timeframe, sinceMs, limit, symbol = 'BTC/USDT'] = asked;
  return demo.fetchCandles({ symbol, timeframe, sinceMs, limit });
}

/** What a coarser candle must be, from the finer ones that it spans. */
function aggregate(fine: Candle[], lengthMs: number): Candle[] {
  const groups = new Map<number, Candle[]>();
  for (const candle of fine) {
    const openTimeMs = Math.floor(candle.openTimeMs / lengthMs) * lengthMs;
    groups.set(openTimeMs, [...(groups.get(openTimeMs) ?? []), candle]);
  }
  return [...groups].map(([openTimeMs, group]) => ({
    openTimeMs,
    open: group[0]!.open,
    high: Math.max(...group.map(({ high }) => high)),
    low: Math.min(...group.map(({ low }) => low)),
    close: group.at(-1)!.close,
    volume: group.reduce((total, { volume }) => total + volume, 0),
  }));
}

function expectSame(coarse: Candle[], fine: Candle[]): void {
  const prices = ({ openTimeMs, open, high, low, close }: Candle) => [openTimeMs, open, high, low, close];
  expect(coarse.map(prices)).toEqual(fine.map(prices));
  for (const [index, { volume }] of coarse.entries()) expect(volume).toBeCloseTo(fine[index]!.volume, 4);
}

describe('the demo market', () => {
  it('is the same on every machine and at every time', async () => {
    const symbols = [...(await demo.loadMarkets()).keys()];
    const lines: string[] = [];
    for (const symbol of symbols) {
      for (const timeframe of TIMEFRAMES) {
        const part = await candles(timeframe, Date.UTC(2024, 1, 28), 40, symbol);
        lines.push(...part.map((candle) => `${symbol} ${timeframe} ${Object.values(candle).join(' ')}`));
      }
    }
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(
      '55b95bf912a1a46258cfaf2562d7952440f59a4420babc2efed260aeee37802a',
    );
  });

  it('offers its main pairs on every timeframe', async () => {
    const markets = await demo.loadMarkets();
    expect(demo.venue).toBe('demo');
    expect(await demo.timeframes()).toEqual(TIMEFRAMES);
    expect(markets.get('BTC/USDT')).toMatchObject({ base: 'BTC', quote: 'USDT', isActive: true });
    expect(markets.has('ETH/USDT') && markets.has('SOL/USDT')).toBe(true);
    const btc = markets.get('BTC/USDT')!;
    expect([btc.tickSize, btc.lotSize, btc.minNotional, btc.takerFee].map(String)).toEqual([
      '0.01',
      '0.00001',
      '5',
      '0.001',
    ]);
  });

  it.each(TIMEFRAMES)('gives whole %s candles without a gap, closed ones only', async (timeframe) => {
    const length = timeframeMs(timeframe);
    const part = await candles(timeframe, NOW - 300 * length, 1_000);
    expect(part.length).toBe(299);
    expect(part[0]!.openTimeMs).toBe(Math.ceil((NOW - 300 * length) / length) * length);
    expect(part.at(-1)!.openTimeMs).toBe(Math.floor(NOW / length) * length - length);
    expect(() => checkCandles(toCandles(part))).not.toThrow();
    expect(
      findGaps(
        part.map(({ openTimeMs }) => openTimeMs),
        timeframe,
      ),
    ).toEqual([]);
    expect(part.every(({ volume }) => volume > 0)).toBe(true);
  });

  it('joins each candle to the next', async () => {
    for (const timeframe of ['1s', '1m', '1h', '1d'] as const) {
      const part = await candles(timeframe, NOW - 200 * timeframeMs(timeframe), 199);
      expect(part.slice(1).map(({ open }) => open)).toEqual(part.slice(0, -1).map(({ close }) => close));
    }
  });

  it.each([
    ['1m', '1s', 180],
    ['3m', '1m', 300],
    ['5m', '1m', 300],
    ['15m', '1m', 300],
    ['30m', '1m', 300],
    ['1h', '1m', 300],
    ['1h', '1s', 10_800],
    ['2h', '1h', 48],
    ['4h', '1h', 48],
    ['6h', '1h', 48],
    ['8h', '1h', 48],
    ['12h', '1h', 48],
    ['1d', '1h', 96],
    ['1d', '1m', 2_880],
  ] as const)('has %s candles that are exactly the sum of their %s candles', async (coarse, fine, count) => {
    const sinceMs = Date.UTC(2025, 10, 30);
    const parts = await candles(fine, sinceMs, count, 'ETH/USDT');
    const whole = await candles(
      coarse,
      sinceMs,
      (count * timeframeMs(fine)) / timeframeMs(coarse),
      'ETH/USDT',
    );
    expect(parts.length).toBe(count);
    expectSame(whole, aggregate(parts, timeframeMs(coarse)));
  });

  it('moves in ticks and lots', async () => {
    for (const [symbol, market] of await demo.loadMarkets()) {
      for (const { open, high, low, close, volume } of await candles('1s', NOW - 60_000, 20, symbol)) {
        expect([open, high, low, close].every((price) => money(price).mod(market.tickSize).isZero())).toBe(
          true,
        );
        expect(money(volume).mod(market.lotSize).isZero()).toBe(true);
      }
    }
  });

  it('stays near a plausible price for years', async () => {
    const days = await candles('1d', 0, 10_000);
    expect(days.length).toBeGreaterThan(2_000);
    expect(days[0]!.openTimeMs).toBe(Date.UTC(2020, 0, 1));
    expect(Math.min(...days.map(({ low }) => low))).toBeGreaterThan(20_000);
    expect(Math.max(...days.map(({ high }) => high))).toBeLessThan(130_000);
    const moves = days.map(({ open, close }) => Math.abs(close / open - 1));
    expect(Math.max(...moves)).toBeLessThan(0.15);
    expect(moves.reduce((total, move) => total + move, 0) / moves.length).toBeGreaterThan(0.005);
  });

  it('gives every pair a path of its own', async () => {
    const [btc, eth] = await Promise.all([
      candles('1m', NOW - DAY, 60),
      candles('1m', NOW - DAY, 60, 'ETH/USDT'),
    ]);
    const directions = (part: Candle[]) => part.map(({ open, close }) => Math.sign(close - open));
    expect(directions(btc)).not.toEqual(directions(eth));
  });

  it('quotes a price inside the second that is running, 2 bps apart', async () => {
    const ticker = await demo.fetchTicker('BTC/USDT');
    const second = Math.floor(NOW / 1_000) * 1_000;
    const [running] = await at(NOW + 1_000).fetchCandles({
      symbol: 'BTC/USDT',
      timeframe: '1s',
      sinceMs: second,
      limit: 1,
    });
    expect(running!.openTimeMs).toBe(second);
    expect(ticker.last.gte(running!.low) && ticker.last.lte(running!.high)).toBe(true);
    expect(ticker.ask.minus(ticker.bid).div(ticker.last).times(10_000).toNumber()).toBeCloseTo(2, 1);
    expect(ticker.timeMs).toBe(NOW);
  });

  it('has a book of 20 levels around the quote, each worse than the one before', async () => {
    const [book, ticker] = await Promise.all([
      demo.fetchOrderBook('BTC/USDT', 50),
      demo.fetchTicker('BTC/USDT'),
    ]);
    expect([book.bids.length, book.asks.length]).toEqual([20, 20]);
    expect([book.bids[0]![0], book.asks[0]![0]].map(String)).toEqual([ticker.bid, ticker.ask].map(String));
    for (let level = 1; level < 20; level += 1) {
      expect(book.bids[level]![0].lt(book.bids[level - 1]![0])).toBe(true);
      expect(book.asks[level]![0].gt(book.asks[level - 1]![0])).toBe(true);
    }
    expect([...book.bids, ...book.asks].every(([, quantity]) => quantity.gt(0))).toBe(true);
    expect((await demo.fetchOrderBook('BTC/USDT', 5)).bids.length).toBe(5);
  });

  it('rejects a pair and a timeframe that it does not have', async () => {
    const unknown = { kind: 'rejected', message: expect.stringContaining('It has BTC/USDT') as unknown };
    await expect(demo.fetchTicker('BTC/EUR')).rejects.toMatchObject(unknown);
    await expect(candles('1m', 0, 1, 'NOPE/USDT')).rejects.toMatchObject(unknown);
    await expect(candles('7m' as Timeframe, 0, 1)).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('computes 500 candles of any timeframe in less than 50 ms, from nothing', async () => {
    for (const timeframe of TIMEFRAMES) {
      const elapsed: number[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const fresh = at(NOW);
        const sinceMs = NOW - 501 * timeframeMs(timeframe);
        const started = performance.now();
        await fresh.fetchCandles({ symbol: 'BTC/USDT', timeframe, sinceMs, limit: 500 });
        elapsed.push(performance.now() - started);
      }
      expect(Math.min(...elapsed), timeframe).toBeLessThan(50);
    }
  });
});

describe.each(['BTC/USDT', 'ETH/USDT'])('RSI_CROSS on 1s candles of %s, over a day', (symbol) => {
  const HOURS = 24;
  let signals: number[] = [];

  beforeAll(async () => {
    const part = await candles('1s', NOW - HOURS * 3_600_000, HOURS * 3_600, symbol);
    const { rsi_period, oversold, overbought, smoothing } = rsiCross.paramsSchema.parse({});
    const values = rsi(new Float64Array(part.map(({ close }) => close)), rsi_period, smoothing);
    signals = Array.from(values, (value, index) => {
      const before = values[index - 1] ?? value;
      if (before < oversold && value >= oversold) return 1;
      return before > overbought && value <= overbought ? -1 : 0;
    });
  });

  it('makes about one round trip a minute', () => {
    let trips = 0;
    let isIn = false;
    for (const signal of signals) {
      if (isIn && signal < 0) trips += 1;
      if (signal !== 0) isIn = signal > 0;
    }
    expect(trips / HOURS).toBeGreaterThan(45);
    expect(trips / HOURS).toBeLessThan(90);
  });

  it('completes a buy and a sell within 170 s of any moment', () => {
    let nextSell = Infinity;
    let tripEnd = Infinity;
    let longest = 0;
    for (let second = signals.length - 1; second >= 0; second -= 1) {
      if (signals[second] === -1) nextSell = second;
      if (signals[second] === 1) tripEnd = nextSell;
      if (second < signals.length - 170) longest = Math.max(longest, tripEnd - second);
    }
    expect(longest).toBeLessThan(170);
  });
});
