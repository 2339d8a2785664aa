import { describe, expect, it } from 'vitest';
import { paramsSchema } from '../../../../jobs/trading/rebalance/params.ts';
import { rebalance } from '../../../../jobs/trading/rebalance/strategy.ts';
import { parseWeights, readWeights, writeWeights } from '../../../../jobs/trading/rebalance/weights.ts';

describe('target weights', () => {
  it('are symbols with their percent, parted by commas or lines', () => {
    const read = [
      { symbol: 'BTC/USDT', pct: 40 },
      { symbol: 'ETH/USDT', pct: 30.25 },
    ];
    for (const text of [
      'BTC/USDT:40,ETH/USDT:30.25',
      ' BTC/USDT: 40 %,\n ETH/USDT :30.25%, ',
      'BTC/USDT:40;ETH/USDT:30.25',
    ])
      expect(readWeights(text)).toEqual({ weights: read, fault: null });
    expect(readWeights(writeWeights(read)).weights).toEqual(read);
  });

  it('may come to 100 %, to the hundredth', () => {
    expect(parseWeights('A/X:33.33, B/X:33.33, C/X:33.34')).toHaveLength(3);
  });

  it.each([
    ['', /Give at least one weight/],
    ['BTC/USDT', /"BTC\/USDT" is no weight\. Write a symbol and its percent, such as BTC\/USDT:40/],
    ['BTC/USDT:-4', /"BTC\/USDT:-4" is no weight/],
    ['BTC/USDT:1e1', /is no weight/],
    ['BTC/USDT:33.333', /is no weight/],
    ['BTC/USDT:0', /The weight of BTC\/USDT is 0 %/],
    ['BTC/USDT:40, BTC/USDT:10', /BTC\/USDT has two weights/],
    ['BTC/USDT:40, ETH/EUR:10', /priced in USDT and EUR; all need the same/],
    ['BTC/USDT:70, ETH/USDT:30.01', /come to 100\.01 %\. Together they may be 100 % at most/],
    [Array.from({ length: 21 }, (_, at) => `C${at}/X:1`).join(), /There are 21 weights; at most 20/],
  ])('refuse "%s" with what to do', (text, message) => {
    expect(readWeights(text).fault).toMatch(message);
    expect(paramsSchema.safeParse({ weights: text }).error?.issues[0]?.message).toMatch(message);
    expect(() => parseWeights(text)).toThrow(message);
  });

  it('are told in a sentence, with what stays free and when it trades', () => {
    const params = paramsSchema.parse({ weights: 'BTC/USDT:40, ETH/USDT:30', at_least_candles: 30 });
    expect(rebalance.describe?.(params)).toBe(
      'Holds BTC/USDT at 40 %, ETH/USDT at 30 %, and leaves 30 % in the quote currency. It trades once a share is 5 points or 25 % of its target off, and after 30 candles in any case.',
    );
  });

  it('have to be given: left out they are refused', () => {
    const params = paramsSchema.parse({});
    expect(rebalance.findFault?.(params, '1h')).toEqual({
      path: ['weights'],
      message: 'Give at least one weight, such as BTC/USDT:40.',
    });
    expect(rebalance.describe?.(params)).toMatch(/a weight that is still to be given/);
  });

  it('cannot be looked at both at most and at least so often', () => {
    const at = (at_most_candles: number, at_least_candles: number) =>
      rebalance.findFault?.(
        paramsSchema.parse({ weights: 'A/X:50', at_most_candles, at_least_candles }),
        '1h',
      );
    expect(at(10, 10)?.message).toMatch(
      /At least once in 10 candles and at most once in 10 cannot both hold/,
    );
    expect(at(10, 11)).toBeUndefined();
    expect(at(10, 0)).toBeUndefined();
  });
});
