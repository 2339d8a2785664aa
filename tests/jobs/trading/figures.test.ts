import { describe, expect, it } from 'vitest';
import { money } from '../../../jobs/trading/decimal.ts';
import { figure, percent } from '../../../jobs/trading/figures.ts';

describe('a figure in a sentence', () => {
  it.each([
    ['0', '0'],
    ['0.123456789', '0.12345679'],
    ['999.5', '999.5'],
    ['1000', '1,000'],
    ['64000.5', '64,000.50'],
    ['64000.125', '64,000.125'],
    ['-1234567.25', '−1,234,567.25'],
  ])('says %s as %s', (value, said) => {
    expect(figure(money(value))).toBe(said);
  });

  it('says percentages with two decimals at most', () => {
    expect(percent(money('-12.345'))).toBe('−12.34 %');
    expect(percent(money('1250'))).toBe('1,250 %');
  });
});
