import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOf,
  decimalsOf,
  formatMoney,
  formatPercent,
  formatQuantity,
  formatSigned,
  moneyDecimals,
  roundDecimal,
  signOf,
} from '../../../app/components/format.ts';

const decimalText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 18 }))
  .map(([isNegative, digits, places]) => {
    const text = digits.toString().padStart(places + 1, '0');
    const split = text.length - places;
    const plain = places > 0 ? `${text.slice(0, split)}.${text.slice(split)}` : text;
    return isNegative ? `-${plain}` : plain;
  });

describe('roundDecimal', () => {
  it('rounds as a decimal library does, half away from zero, for any decimal', () => {
    fc.assert(
      fc.property(decimalText, fc.integer({ min: 0, max: 12 }), (text, decimals) => {
        const exact = new (Decimal.clone({ precision: 60 }))(text).toFixed(decimals, Decimal.ROUND_HALF_UP);
        const isNothing = !/[1-9]/.test(exact);
        expect(roundDecimal(text, decimals)).toBe(isNothing ? exact.replace('-', '') : exact);
      }),
    );
  });

  it('carries through nines', () => {
    expect(roundDecimal('999.995', 2)).toBe('1000.00');
    expect(roundDecimal('0.999', 0)).toBe('1');
  });

  it('keeps what a float would lose', () => {
    expect(roundDecimal('9007199254740993.1', 1)).toBe('9007199254740993.1');
  });

  it('leaves what is no plain decimal as it came', () => {
    expect(roundDecimal('n/a', 2)).toBe('n/a');
  });
});

describe('formatMoney', () => {
  it('groups thousands and pads decimals', () => {
    expect(formatMoney('14208.36')).toBe('14,208.36');
    expect(formatMoney('1234567', 0)).toBe('1,234,567');
    expect(formatMoney('0.5', 3)).toBe('0.500');
  });

  it('writes a real minus sign', () => {
    expect(formatMoney('-63.55')).toBe('−63.55');
  });
});

describe('formatSigned', () => {
  it('shows the sign of gains and losses', () => {
    expect(formatSigned('126.4')).toBe('+126.40');
    expect(formatSigned('-1208.355')).toBe('−1,208.36');
  });

  it('gives no sign to what rounds to nothing', () => {
    expect(formatSigned('0.004')).toBe('0.00');
    expect(formatSigned('-0.004')).toBe('0.00');
    expect(signOf('-0.004')).toBe(0);
    expect(signOf('-0.004', 3)).toBe(-1);
  });
});

describe('formatQuantity', () => {
  it('drops trailing zeros only', () => {
    expect(formatQuantity('0.01475000')).toBe('0.01475');
    expect(formatQuantity('100')).toBe('100');
    expect(formatQuantity('1200.50', 4)).toBe('1,200.5');
  });
});

describe('columns and counts', () => {
  it('finds the decimals that a whole column needs', () => {
    expect(decimalsOf(['1.5', '2.2500', '3'])).toBe(2);
    expect(decimalsOf([])).toBe(0);
    expect(decimalsOf(['0.1234567891'])).toBe(8);
  });

  it('shows dollars with two decimals and coins with six', () => {
    expect(['USDT', 'EUR', 'BTC', 'ETH'].map(moneyDecimals)).toEqual([2, 2, 6, 6]);
  });

  it('names one and many', () => {
    expect([countOf(0, 'trade'), countOf(1, 'trade'), countOf(1200, 'trade')]).toEqual([
      '0 trades',
      '1 trade',
      '1,200 trades',
    ]);
  });

  it('keeps a number and its percent sign on one line', () => {
    expect(formatPercent(3.8, 1)).toBe('3.8\u00a0%');
  });
});
