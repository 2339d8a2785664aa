import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import { checkLookAhead, checkWarmUp } from '../../../../jobs/trading/research/bias-check.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import { rules } from '../../../../jobs/trading/strategies/rules.ts';
import { SERIES_KINDS } from '../../../../jobs/trading/strategies/rules/series-kinds.ts';
import { sayRules } from '../../../../jobs/trading/strategies/rules/rule-words.ts';
import type { Strategy } from '../../../../jobs/trading/strategies/strategy.ts';
import type { Candles, Position } from '../../../../jobs/trading/types.ts';
import { MINUTE, pairOf, settingsOf, tableOf, type TableRow } from '../../../support/backtest-tables.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { plainEma, tripsOf } from '../../../support/plain-strategies.ts';

const NEVER = { any: [] };
const parse = (given: unknown) => rules.paramsSchema.parse(given);
const asStrategy = rules as unknown as Strategy;

/** Candles that open at the close before and reach no farther; the first at `firstMinute`. */
function closes(prices: number[], firstMinute = 0): Candles {
  const rows = prices.map((close, index): TableRow => {
    const open = prices[index - 1] ?? close;
    return [open, Math.max(open, close), Math.min(open, close), close];
  });
  return tableOf(rows, firstMinute);
}

/** The minutes at whose close rules buy while flat. */
function buys(entry: unknown, candles: Candles): number[] {
  const { acts, signalAt } = rules.scan(parse({ entry, exit: NEVER }), { candles, timeframe: '1m' });
  return [...acts.keys()].filter((index) => acts[index] === 1 && signalAt(index, null).kind === 'BUY');
}

const one = (condition: unknown) => ({ all: [condition] });
const close = { type: 'close' };

describe('the conditions of rules', () => {
  const candles = closes([10, 11, 12, 12, 11, 10, 9, 12]);

  it.each([
    ['above a number', { operator: 'above', left: close, right: 11 }, [2, 3, 7]],
    ['below a number', { operator: 'below', left: close, right: 11 }, [0, 5, 6]],
    [
      'crosses above: above now, not so before',
      { operator: 'crosses_above', left: close, right: 11 },
      [2, 7],
    ],
    ['crosses below', { operator: 'crosses_below', left: close, right: 11 }, [5]],
    ['between, both ends counted', { operator: 'between', left: close, low: 11, high: 12 }, [1, 2, 3, 4, 7]],
    ['rising', { operator: 'rising', left: close }, [1, 2, 7]],
    ['rising for two candles', { operator: 'rising', left: close, candles: 2 }, [2]],
    ['falling for three candles', { operator: 'falling', left: close, candles: 3 }, [6]],
    ['one figure above another', { operator: 'above', left: close, right: { type: 'open' } }, [1, 2, 7]],
    ['an average', { operator: 'above', left: close, right: { type: 'sma', period: 3 } }, [2, 3, 7]],
    [
      'the highs of the candles before',
      { operator: 'above', left: close, right: { type: 'highest_high', period: 2 } },
      [2, 7],
    ],
    [
      'an end that is a figure',
      { operator: 'between', left: close, low: { type: 'open' }, high: 11 },
      [0, 1],
    ],
  ])('%s', (_, condition, expected) => {
    expect(buys(one(condition), candles)).toEqual(expected);
  });

  it('take a value within 1e-9 of a level as equal to it', () => {
    const noisy = closes([0.3, 0.1 + 0.2, 0.31]);
    expect(buys(one({ operator: 'above', left: close, right: 0.3 }), noisy)).toEqual([2]);
    expect(buys(one({ operator: 'crosses_above', left: close, right: 0.3 }), noisy)).toEqual([2]);
  });

  it('know the hour and the day of the close, over midnight and the weekend too', () => {
    // 1970-01-01 was a Thursday. The close of minute 1439 is Friday 00:00.
    const evening = closes([1, 1, 1, 1], 1_437);
    const hours = (low: number, high: number) =>
      buys(one({ operator: 'between', left: { type: 'hour' }, low, high }), evening);
    expect(hours(23, 23)).toEqual([0, 1]);
    expect(hours(22, 0)).toEqual([0, 1, 2, 3]);
    expect(hours(0, 5)).toEqual([2, 3]);
    const day = (right: number) =>
      buys(one({ operator: 'above', left: { type: 'weekday' }, right }), evening);
    expect(day(4)).toEqual([2, 3]);
    expect(day(5)).toEqual([]);
    expect(buys(one({ operator: 'between', left: { type: 'weekday' }, low: 5, high: 3 }), evening)).toEqual([
      2, 3,
    ]);
  });

  it('see of a higher timeframe closed candles alone', () => {
    // 3m closes: 12 at minute 2, 9 at minute 5, 14 at minute 8.
    const candles = closes([10, 11, 12, 20, 5, 9, 10, 12, 14, 14]);
    const higher = { type: 'close', timeframe: '3m' };
    expect(buys(one({ operator: 'above', left: higher, right: 11 }), candles)).toEqual([2, 3, 4, 8, 9]);
    expect(buys(one({ operator: 'crosses_above', left: higher, right: 11 }), candles)).toEqual([8]);
    expect(buys(one({ operator: 'falling', left: higher }), candles)).toEqual([5, 6, 7]);
  });

  it('join by all and any, in groups', () => {
    const above = (right: number) => ({ operator: 'above', left: close, right });
    const rising = { operator: 'rising', left: close };
    expect(buys({ all: [above(11), rising] }, candles)).toEqual([2, 7]);
    expect(buys({ any: [above(11), rising] }, candles)).toEqual([1, 2, 3, 7]);
    const falling = { operator: 'falling', left: close, candles: 2 };
    expect(buys({ any: [falling, { all: [above(10), rising] }] }, candles)).toEqual([1, 2, 5, 6, 7]);
  });
});

describe('a strategy of rules', () => {
  const params = parse({
    entry: one({ operator: 'crosses_above', left: close, right: 11 }),
    exit: {
      any: [
        { operator: 'above', left: { type: 'profit_pct' }, right: 5 },
        { operator: 'above', left: { type: 'candles_held' }, right: 2 },
      ],
    },
  });
  const trade = (candles: Candles) =>
    simulate([pairOf(candles)], settingsOf({ strategy: 'RULES', params })).trades.map(
      ({ entryTimeMs, entryPrice, exitTimeMs, exitPrice }) =>
        `${entryTimeMs / MINUTE} @ ${entryPrice} -> ${exitTimeMs / MINUTE} @ ${exitPrice}`,
    );

  it('buys while flat and sells while holding, by what the position has gained or how long it is held', () => {
    // Bought at 12 after minute 2. 12.6 is no more than 5 % above 12; 12.7 is.
    expect(trade(closes([10, 11, 12, 12.6, 12.7, 13]))).toEqual(['3 @ 12 -> 5 @ 12.7']);
    // Held for 3 candles at the close of minute 5: those of minutes 3, 4 and 5.
    expect(trade(closes([10, 11, 12, 12, 12, 12, 11.5]))).toEqual(['3 @ 12 -> 6 @ 12']);
  });

  it('names the conditions and their values', () => {
    const candles = closes([10, 11, 12, 12.6, 12.7, 13]);
    const { signalAt } = rules.scan(params, { candles, timeframe: '1m' });
    const held: Position = {
      ...FLAT,
      quantity: money(1),
      entryPrice: money(12),
      openedAtMs: 3 * MINUTE,
    };
    expect(signalAt(2, null).explain()).toBe('Close crosses above 11 (11 → 12)');
    expect(signalAt(1, null).explain()).toBe('Waits for: close crosses above 11 (10 → 11)');
    expect(signalAt(4, held).explain()).toBe('The position has gained more than 5 % (5.83333 > 5)');
    expect(signalAt(3, held).explain()).toBe(
      'None of these holds: the position has gained more than 5 % (5 = 5); the position has been held for more than 2 candles (1 < 2)',
    );
  });

  it('reads back as a sentence', () => {
    const given = {
      entry: {
        all: [
          { operator: 'crosses_above', left: { type: 'rsi' }, right: 30 },
          { operator: 'above', left: close, right: { type: 'ema', period: 200, timeframe: '1h' } },
          {
            any: [
              { operator: 'between', left: { type: 'hour' }, low: 8, high: 20 },
              { operator: 'between', left: { type: 'weekday' }, low: 6, high: 7 },
              { operator: 'rising', left: { type: 'volume' }, candles: 3 },
            ],
          },
        ],
      },
      exit: {
        any: [
          { operator: 'below', left: close, right: { type: 'bollinger_lower' } },
          { operator: 'above', left: { type: 'profit_pct' }, right: 5 },
          { operator: 'below', left: { type: 'profit_pct' }, right: -2.5 },
          { operator: 'above', left: { type: 'candles_held' }, right: 1 },
        ],
      },
    };
    expect(sayRules(parse(given))).toBe(
      'Buys when RSI(14) crosses above 30 and close is above EMA(200) on 1h and (the hour (UTC) is between 8 and 20 or ' +
        'the day (UTC) is between Saturday and Sunday or volume has risen for 3 candles). Sells when close is below ' +
        'lower Bollinger band(20, 2) or the position has gained more than 5 % or the position has lost more than 2.5 % ' +
        'or the position has been held for more than 1 candle.',
    );
    const rising = { operator: 'rising', left: close };
    const nested = { any: [{ all: [rising, { any: [rising] }] }] };
    expect(sayRules(parse({ entry: nested, exit: one(one(rising)) }))).toBe(
      'Buys when close has risen in a candle and close has risen in a candle. Sells when close has risen in a candle.',
    );
    expect(sayRules(parse({ exit: NEVER }))).toMatch(/Sells by its risk rules alone\.$/);
  });

  it('says what it waits for, with the values of now', () => {
    const input = { candles: closes([10, 11, 12, 12.6]), timeframe: '1m' as const };
    expect(rules.next(params, input, null)).toBe('Buys when close crosses above 11. Now close is 12.6.');
    expect(rules.next(params, input, FLAT)).toBe(
      'Sells when the position has gained more than 5 % or the position has been held for more than 2 candles.',
    );
  });

  it('draws each indicator once', () => {
    const sma = { type: 'sma', period: 2 };
    const entry = {
      all: [
        { operator: 'above', left: close, right: sma },
        { operator: 'rising', left: sma },
      ],
    };
    const drawn = rules.indicators(parse({ entry, exit: NEVER }), {
      candles: closes([1, 2, 3]),
      timeframe: '1m',
    });
    expect(drawn).toEqual([
      { id: 'SMA(2)', label: 'SMA(2)', pane: 'price', values: new Float64Array([NaN, 1.5, 2.5]) },
    ]);
  });

  it('asks for the candles of its slowest figure, of the higher timeframe that it is of', () => {
    const warmUp = (figure: unknown, exit: unknown = NEVER) =>
      rules.warmUp(parse({ entry: one({ operator: 'above', left: close, right: figure }), exit }), '1m');
    expect(warmUp(5)).toBe(2);
    expect(warmUp({ type: 'sma', period: 20 })).toBe(21);
    expect(warmUp({ type: 'sma', period: 20, timeframe: '5m' })).toBe(22 * 5 - 1);
    expect(warmUp(5, one({ operator: 'rising', left: { type: 'sma', period: 20 }, candles: 4 }))).toBe(24);
  });
});

describe('what rules refuse', () => {
  const issues = (given: unknown) => rules.paramsSchema.safeParse(given).error?.issues ?? [];

  it('is named by its path', () => {
    const bad = { operator: 'above', left: close, right: { type: 'ema', period: 0 } };
    expect(issues({ entry: { all: [{ operator: 'rising', left: close }, bad] } })).toMatchObject([
      { path: ['entry', 'all', 1, 'right', 'period'], code: 'too_small' },
    ]);
  });

  it('is a condition on the position in the entry, and an empty entry', () => {
    const entry = one({ operator: 'above', left: { type: 'profit_pct' }, right: 1 });
    expect(issues({ entry })).toMatchObject([{ path: ['entry', 'all', 0] }]);
    expect(issues({ entry: { all: [] } })).toMatchObject([{ path: ['entry', 'all'] }]);
    expect(issues({ exit: { all: [] } })).toEqual([]);
  });

  it('is a range that ends before it begins, but for hours and days', () => {
    expect(issues({ entry: one({ operator: 'between', left: close, low: 2, high: 1 }) })).toHaveLength(1);
    expect(issues({ entry: one({ operator: 'between', left: { type: 'hour' }, low: 22, high: 4 }) })).toEqual(
      [],
    );
  });

  it('is a tree that is too deep or too large', () => {
    const leaf = { operator: 'rising', left: close };
    expect(issues({ entry: one(one(one(leaf))) })).toEqual([]);
    expect(issues({ entry: one(one(one(one(leaf)))) }).length).toBeGreaterThan(0);
    const ten = { all: Array.from({ length: 10 }, () => leaf) };
    expect(issues({ entry: { all: [ten, ten] } })).toEqual([]);
    expect(issues({ entry: { all: [ten, ten, leaf] } })).toMatchObject([{ path: ['entry'] }]);
    expect(issues({ entry: { all: [...ten.all, leaf] } }).length).toBeGreaterThan(0);
  });

  it('is a timeframe that the own candles cannot make', () => {
    const params = parse({
      entry: one({ operator: 'rising', left: { type: 'close', timeframe: '5m' } }),
      exit: NEVER,
    });
    expect(rules.findFault?.(params, '1m')).toBeUndefined();
    expect(rules.findFault?.(params, '3m')).toMatchObject({ path: ['entry', 'all', 0, 'left', 'timeframe'] });
  });
});

const types = Object.keys(SERIES_KINDS);
const series = fc.record({
  type: fc.constantFrom(...types),
  timeframe: fc.constantFrom(undefined, '3m', '5m'),
});
const figureOf = (side: 'entry' | 'exit') =>
  fc.oneof(
    { weight: 6, arbitrary: series },
    fc.record({
      type: fc.constantFrom('hour', 'weekday', ...(side === 'exit' ? ['profit_pct', 'candles_held'] : [])),
    }),
  );
const conditionOf = (side: 'entry' | 'exit') => {
  const operand = fc.oneof(figureOf(side), fc.integer({ min: -5, max: 120 }));
  return fc.oneof(
    fc.record({
      operator: fc.constantFrom('above', 'below', 'crosses_above', 'crosses_below'),
      left: figureOf(side),
      right: operand,
    }),
    fc.record({ operator: fc.constant('between'), left: figureOf(side), low: operand, high: figureOf(side) }),
    fc.record({
      operator: fc.constantFrom('rising', 'falling'),
      left: series,
      candles: fc.integer({ min: 1, max: 5 }),
    }),
  );
};
const groupOf = (node: fc.Arbitrary<unknown>) => {
  const nodes = fc.array(node, { minLength: 1, maxLength: 3 });
  return fc.oneof(fc.record({ all: nodes }), fc.record({ any: nodes }));
};
const treeOf = (side: 'entry' | 'exit') => {
  const leaf = conditionOf(side);
  return groupOf(fc.oneof(leaf, groupOf(fc.oneof(leaf, groupOf(leaf)))));
};
const anyRules = fc.record({ entry: treeOf('entry'), exit: treeOf('exit') });

function walk(count: number, seed: number): Candles {
  const random = createRandom(seed, 'walk');
  let price = 50;
  return toCandles(
    Array.from({ length: count }, (_, index) => {
      const open = price;
      price *= 1 + (random.fraction() - 0.5) / 20;
      const [low, high] = [Math.min(open, price) * 0.999, Math.max(open, price) * 1.001];
      return { openTimeMs: (index + 7) * MINUTE, open, high, low, close: price, volume: random.fraction() };
    }),
  );
}

describe('whatever the rules', () => {
  const candles = walk(600, 3);
  const input = { candles, timeframe: '1m' as const };
  const held: Position = { ...FLAT, quantity: money(1), entryPrice: money(50), openedAtMs: 300 * MINUTE };

  it('they scan, speak and draw, and act where they say that they may', () => {
    fc.assert(
      fc.property(anyRules, fc.nat(599), (given, index) => {
        const params = parse(given);
        const { acts, signalAt } = rules.scan(params, input);
        for (const position of [null, held]) {
          const { kind, confidence, explain } = signalAt(index, position);
          expect(kind === 'HOLD' || acts[index] === 1).toBe(true);
          expect(['HOLD', position ? 'SELL' : 'BUY']).toContain(kind);
          expect(confidence >= 0.3 && confidence <= 1).toBe(true);
          expect(explain().length).toBeGreaterThan(10);
          expect(rules.next(params, input, position)).toMatch(/^(Buys|Sells) when .*\.$/);
        }
        expect(sayRules(params)).toMatch(/^Buys when .+\. Sells when .+\.$/);
        expect(rules.warmUp(params, '1m')).toBeGreaterThan(0);
        for (const { values } of rules.indicators(params, input)) expect(values.length).toBe(600);
        expect(JSON.parse(JSON.stringify(params))).toEqual(parse(JSON.parse(JSON.stringify(given))));
      }),
      { numRuns: 150 },
    );
  });

  it('they know no future', () => {
    fc.assert(
      fc.property(anyRules, fc.integer({ min: 1, max: 599 }), (given, end) => {
        const params = parse(given);
        const whole = rules.scan(params, input);
        const part = rules.scan(params, { ...input, candles: sliceCandles(candles, 0, end) });
        expect(part.acts).toEqual(whole.acts.slice(0, end));
        for (const position of [null, held])
          expect(part.signalAt(end - 1, position).explain()).toBe(
            whole.signalAt(end - 1, position).explain(),
          );
      }),
      { numRuns: 150 },
    );
  });

  it('they say from their warm-up alone what they say of all candles', () => {
    const long = { candles: walk(16_000, 5), timeframe: '1m' as const };
    fc.assert(
      fc.property(anyRules, (given) => {
        const params = parse(given);
        const probe = {
          strategy: asStrategy,
          params,
          input: long,
          random: createRandom(1, 'probe'),
          limit: 6,
        };
        expect(checkWarmUp(probe)).toMatchObject({ differing: 0, first: null });
      }),
      { numRuns: 60, seed: 11 },
    );
  }, 120_000);
});

const FILE = findCandleFile('BINANCE_BTC-USDT_5m_2023');

describe.skipIf(FILE === undefined)('on real candles', () => {
  const year = FILE === undefined ? toCandles([]) : toCandles(readCandleFile(FILE, { limit: 60_000 }));
  const params = parse({
    entry: {
      all: [
        { operator: 'crosses_above', left: close, right: { type: 'ema', period: 20 } },
        { operator: 'between', left: { type: 'hour' }, low: 8, high: 20 },
      ],
    },
    exit: { any: [{ operator: 'crosses_below', left: close, right: { type: 'ema', period: 20 } }] },
  });

  it('make the trades of an independent implementation', () => {
    const settings = settingsOf({ strategy: 'RULES', params, timeframe: '5m', fee: money(0.001) });
    const { trades } = simulate([pairOf(year)], settings);
    const average = plainEma(year.close, 20);
    const side = (i: number) => {
      const [a, b] = [year.close[i] ?? NaN, average[i] ?? NaN];
      return Math.abs(a - b) <= 1e-9 * Math.max(a, b) ? 0 : Math.sign(a - b);
    };
    const kinds = Array.from(year.close, (_, i) => {
      const hour = new Date(year.openTimeMs[i]! + 300_000).getUTCHours();
      if (side(i) === 1 && side(i - 1) <= 0 && hour >= 8 && hour <= 20) return 'BUY' as const;
      return side(i) === -1 && side(i - 1) >= 0 ? ('SELL' as const) : ('HOLD' as const);
    });
    const expected = tripsOf(year, kinds, { from: rules.warmUp(params, '5m') - 1, fee: 0.001 });
    const moments = (list: typeof expected) =>
      list.map(({ entryTimeMs, entryPrice, exitTimeMs, exitPrice }) => [
        ...[entryTimeMs, entryPrice],
        ...[exitTimeMs, exitPrice],
      ]);
    expect(moments(trades)).toEqual(moments(expected));
    const off = trades.map(({ quantity }, at) => Math.abs(quantity / expected[at]!.quantity - 1));
    expect(Math.max(...off)).toBeLessThan(1e-9);
    expect(trades.length).toBeGreaterThan(1_000);
  });

  it('know no future and state their warm-up', () => {
    const candles = sliceCandles(year, 0, 8_000);
    const input = { candles, timeframe: '5m' as const };
    const probe = { strategy: asStrategy, params, input, random: createRandom(2, 'probe'), limit: 1_500 };
    expect(checkWarmUp(probe)).toMatchObject({ differing: 0, first: null });
    expect(checkLookAhead({ ...probe, limit: 150 })).toMatchObject({ differing: 0, first: null });
  });
});
