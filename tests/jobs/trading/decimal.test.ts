import { describe, expect, it } from 'vitest';
import { ceilToStep, floorToStep, money, roundToStep, sum, ZERO } from '../../../jobs/trading/decimal.ts';

describe('money', () => {
  it('keeps every digit of a string and the shortest form of a number', () => {
    expect(String(money('123456789012345678.123456789012345678'))).toBe(
      '123456789012345678.123456789012345678',
    );
    expect(String(money(0.1).plus(money(0.2)))).toBe('0.3');
    expect(String(money('0.000000000000000001'))).toBe('0.000000000000000001');
  });

  it.each(['', 'x', NaN, Infinity, 'Infinity'])('refuses %s', (value) => {
    expect(() => money(value)).toThrow();
  });

  it('adds up', () => {
    expect(sum([])).toEqual(ZERO);
    expect(String(sum([money('0.1'), money('0.2'), money('-0.3')]))).toBe('0');
  });

  it.each([
    // value, step, down, up, half up
    ['1.239', '0.01', '1.23', '1.24', '1.24'],
    ['1.23', '0.01', '1.23', '1.23', '1.23'],
    ['-1.239', '0.01', '-1.23', '-1.24', '-1.24'],
    ['7', '5', '5', '10', '5'],
    ['0.35', '0.1', '0.3', '0.4', '0.4'],
    ['1.239', '0', '1.239', '1.239', '1.239'],
  ])('%s in steps of %s: down %s, up %s, nearest %s', (...row) => {
    const [value, step, down, up, nearest] = row;
    expect(String(floorToStep(money(value), money(step)))).toBe(down);
    expect(String(ceilToStep(money(value), money(step)))).toBe(up);
    expect(String(roundToStep(money(value), money(step)))).toBe(nearest);
  });
});
