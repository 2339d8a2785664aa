import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import {
  isDust,
  sellQuantity,
  sizeBuy,
  type BuyRequest,
} from '../../../../jobs/trading/portfolio/order-size.ts';
import { btcUsdt } from '../../../support/markets.ts';

const market = btcUsdt();

function request(
  type: BuyRequest['sizing']['type'],
  value: string,
  change: Partial<BuyRequest> = {},
): BuyRequest {
  const money1000 = money(1_000);
  return {
    sizing: { type, value: money(value) },
    equity: money1000,
    freeQuote: money1000,
    price: money(50_000),
    market,
    ...change,
  };
}

describe('the size of a buy', () => {
  it.each([
    ['a fixed amount', request('quote_amount', '100'), '0.002'],
    ['a fraction of the equity', request('equity_fraction', '0.25'), '0.005'],
    [
      'a fraction of an equity that is more than what is free',
      request('equity_fraction', '0.1', { equity: money(3_000) }),
      '0.006',
    ],
    ['rounded down to the lot', request('quote_amount', '100.99'), '0.00201'],
    ['all that is free, less 1 %', request('equity_fraction', '1'), '0.0198'],
    ['more than what is free', request('quote_amount', '5000'), '0.0198'],
    [
      'the venue’s maximum',
      request('quote_amount', '500', { market: btcUsdt({ maxQuantity: money('0.004') }) }),
      '0.004',
    ],
    [
      'without a lot size, to 8 decimals',
      request('quote_amount', '100', { price: money(3), market: btcUsdt({ lotSize: money(0) }) }),
      '33.33333333',
    ],
  ])('is %s', (_, sized, quantity) => {
    expect(String(sizeBuy(sized).quantity)).toBe(quantity);
  });

  it.each([
    [
      'the value is under the minimum',
      request('quote_amount', '4'),
      "0.00008 BTC (4 USDT) is below the exchange's minimum of 0.00001 BTC and 5 USDT.",
    ],
    [
      'too little is free',
      request('quote_amount', '100', { freeQuote: money('1.5') }),
      "0.00002 BTC (1 USDT) is below the exchange's minimum of 0.00001 BTC and 5 USDT. 1.5 USDT are free.",
    ],
    [
      'the quantity is under the minimum',
      request('quote_amount', '40', {
        market: btcUsdt({ minQuantity: money('0.001'), minNotional: money(0) }),
      }),
      "0.0008 BTC (40 USDT) is below the exchange's minimum of 0.001 BTC.",
    ],
  ])('is refused with the numbers where %s', (_, sized, detail) => {
    expect(sizeBuy(sized)).toEqual({ quantity: null, refusal: { rule: 'minimum', outcome: 'deny', detail } });
  });

  it('is never more than the free quote pays for, and always whole lots above the minimum', () => {
    const amount = fc.integer({ min: 0, max: 10_000_000 }).map((cents) => money(cents).div(100));
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => money(cents).div(100));
    fc.assert(
      fc.property(amount, amount, price, (value, freeQuote, at) => {
        const { quantity } = sizeBuy({
          sizing: { type: 'quote_amount', value },
          equity: freeQuote,
          freeQuote,
          price: at,
          market,
        });
        if (!quantity) return;
        expect(quantity.times(at).lte(freeQuote.times('0.99'))).toBe(true);
        expect(quantity.times(at).lte(value)).toBe(true);
        expect(quantity.mod(market.lotSize).isZero()).toBe(true);
        expect(quantity.times(at).gte(market.minNotional)).toBe(true);
      }),
    );
  });
});

describe('the size of a sale', () => {
  it('is the whole position in whole lots', () => {
    expect(String(sellQuantity(money('0.123456789'), market))).toBe('0.12345');
    expect(String(sellQuantity(money('-0.1'), market))).toBe('0');
    expect(String(sellQuantity(money('10000'), market))).toBe('9000');
  });
});

describe('dust', () => {
  it.each([
    ['nothing', '0', true],
    ['less than a lot', '0.000009', true],
    ['lots worth less than the minimum', '0.00009', true],
    ['more than the minimum, but not in whole lots', '0.0001099', true],
    ['lots worth the minimum', '0.00011', false],
    ['a debt', '-1', true],
  ])('is %s: %s BTC', (_, quantity, expected) => {
    expect(isDust(money(quantity), money(49_000), market)).toBe(expected);
  });
});
