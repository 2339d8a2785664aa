import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCandles } from '../../../jobs/trading/candles.ts';
import { decide, type DecideInput } from '../../../jobs/trading/decide.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { findStrategy } from '../../../jobs/trading/strategies/registry.ts';
import type { BotConfig, BotState, Candles } from '../../../jobs/trading/types.ts';
import { freshState, holding } from '../../support/bot-states.ts';
import { btcUsdt } from '../../support/markets.ts';

// RSI(2) of the newest two candles: 25.0 -> 31.8, 75.0 -> 68.2, 0 -> 0.
const BUYS = [100, 90, 95, 80, 87];
const SELLS = [100, 110, 105, 120, 113];
const HOLDS = [100, 90, 80, 70, 60];

function candlesOf(closes: number[]): Candles {
  return toCandles(
    closes.map((close, index) => ({
      openTimeMs: index * 60_000,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    })),
  );
}

const config: BotConfig = {
  strategy: 'RSI_CROSS',
  params: { rsi_period: 2, oversold: 30, overbought: 70, smoothing: 'simple' },
  timeframe: '1m',
  sizing: { type: 'quote_amount', value: money(100) },
  risk: {},
};

function input(
  closes: number[],
  state: Partial<BotState> = {},
  change: Partial<DecideInput> = {},
): DecideInput {
  return {
    config,
    market: btcUsdt(),
    state: freshState(state),
    candles: candlesOf(closes),
    price: null,
    nowMs: closes.length * 60_000,
    ...change,
  };
}

describe('decide', () => {
  it.each([
    // signal, position, working order, outcome, order
    ['BUY', BUYS, '0', false, 'order', 'BUY 1.14942'],
    ['BUY', BUYS, '0.00001', false, 'order', 'BUY 1.14942'],
    ['BUY', BUYS, '1', false, 'ignored', null],
    ['BUY', BUYS, '0', true, 'ignored', null],
    ['SELL', SELLS, '1.234567', false, 'order', 'SELL 1.23456'],
    ['SELL', SELLS, '0', false, 'ignored', null],
    ['SELL', SELLS, '0.04', false, 'ignored', null],
    ['SELL', SELLS, '1', true, 'ignored', null],
    ['HOLD', HOLDS, '1', false, 'hold', null],
    ['HOLD', HOLDS, '0', true, 'hold', null],
  ] as const)('%s while holding %s BTC, order working %s: %s %s', (...row) => {
    const [kind, closes, held, working, outcome, order] = row;
    const position = holding(held, '100');
    const decision = decide(input([...closes], { position, hasWorkingOrder: working }));
    const { intent } = decision;
    expect(decision.signal.kind).toBe(kind);
    expect(decision.outcome).toBe(outcome);
    expect(intent && `${intent.side} ${intent.quantity.toString()}`).toBe(order);
    expect(decision.candleTimeMs).toBe(240_000);
  });

  it('says what it does and why not', () => {
    const detail = (closes: number[], state: Partial<BotState> = {}) => decide(input(closes, state)).detail;
    expect(detail(BUYS)).toBe('Buys 1.14942 BTC at about 87 USDT.');
    expect(detail(SELLS, { position: holding('1', '100') })).toBe('Sells 1 BTC at about 113 USDT.');
    expect(detail(BUYS, { position: holding('1', '100') })).toBe('Already holds 1 BTC.');
    expect(detail(SELLS)).toBe('Holds no BTC to sell.');
    expect(detail(BUYS, { hasWorkingOrder: true })).toBe('An order of this bot is still working.');
    expect(detail(HOLDS)).toBe('RSI 0.0 is below 30 and has not turned up');
  });

  it('wants one market order of leg 0', () => {
    expect(decide(input(BUYS)).intent).toEqual({
      leg: 0,
      side: 'BUY',
      type: 'market',
      quantity: money('1.14942'),
      reason: 'signal',
    });
  });

  it('holds until the warm-up is reached', () => {
    const decision = decide(input([90, 80, 100]));
    expect(decision).toMatchObject({
      outcome: 'hold',
      intent: null,
      signal: { kind: 'HOLD', confidence: 0.3, reason: 'Needs 4 candles before its first signal; has 3' },
    });
    expect(decide(input([100, 90, 80, 100])).outcome).toBe('order');
  });

  it('sizes by the given price where there is one', () => {
    expect(String(decide(input(BUYS, {}, { price: money(100) })).intent?.quantity)).toBe('1');
  });

  it('sizes a fraction by what the bot owns', () => {
    const sizing = { type: 'equity_fraction', value: money('0.1') } as const;
    const state = { realizedPnl: money(740) };
    expect(String(decide(input(BUYS, state, { config: { ...config, sizing } })).intent?.quantity)).toBe('2');
  });

  it('refuses what is below the minimum, with the numbers', () => {
    const sizing = { type: 'quote_amount', value: money(4) } as const;
    const decision = decide(input(BUYS, {}, { config: { ...config, sizing } }));
    expect(decision).toMatchObject({
      outcome: 'refused',
      intent: null,
      detail: "0.04597 BTC (3.99939 USDT) is below the exchange's minimum of 0.00001 BTC and 5 USDT.",
      verdicts: [{ rule: 'minimum', outcome: 'deny' }],
    });
  });

  it('lets the risk rules deny and shrink a buy, and never a sale', () => {
    const risk = { maxTradesPerDay: 1, maxPositionQuote: money(50) };
    const bot = { config: { ...config, risk } };
    const denied = decide(input(BUYS, { tradesToday: 1 }, bot));
    expect(denied).toMatchObject({ outcome: 'refused', intent: null });
    expect(denied.detail).toBe('Made 1 of 1 trades allowed a day: no entry before 00:00 UTC.');
    expect(String(decide(input(BUYS, {}, bot)).intent?.quantity)).toBe('0.57471');
    const sale = decide(input(SELLS, { tradesToday: 1, position: holding('2', '100') }, bot));
    expect(String(sale.intent?.quantity)).toBe('2');
  });

  it('refuses to run without candles or with an unknown strategy', () => {
    expect(() => decide(input([]))).toThrow(RangeError);
    expect(() => decide(input(BUYS, {}, { config: { ...config, strategy: 'NONE' } }))).toThrow(
      /Unknown strategy NONE/,
    );
  });

  it('knows the strategy that the tables above are made for', () => {
    expect(findStrategy('RSI_CROSS')?.paramsSchema.parse(config.params)).toEqual(config.params);
  });
});

describe('any decision', () => {
  const closes = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 4, maxLength: 20 });
  const held = fc.integer({ min: 0, max: 100_000 }).map((units) => String(units / 100_000));
  const free = fc.integer({ min: 0, max: 100_000 }).map((cents) => money(cents).div(100));

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(closes, held, free, (series, quantity, freeQuote) => {
        const state = { position: holding(quantity, '100'), freeQuote };
        expect(decide(input(series, state))).toEqual(decide(input(series, state)));
      }),
    );
  });

  it('never sells more than is held nor buys more than is free, in whole lots', () => {
    fc.assert(
      fc.property(closes, held, free, (series, quantity, freeQuote) => {
        const given = input(series, { position: holding(quantity, '100'), freeQuote });
        const { intent } = decide(given);
        if (!intent) return;
        const price = money(series.at(-1)!);
        expect(intent.quantity.mod(given.market.lotSize).isZero()).toBe(true);
        expect(intent.quantity.times(price).gte(given.market.minNotional)).toBe(true);
        if (intent.side === 'SELL') expect(intent.quantity.lte(quantity)).toBe(true);
        else expect(intent.quantity.times(price).lte(freeQuote)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
