import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilToStep, floorToStep, money, roundToStep, type Money } from '../../../jobs/trading/decimal.ts';
import { floatMoney } from '../../../jobs/trading/float-money.ts';

const both = (text: string) => [floatMoney(Number(text)), money(text)] as const;
const cents = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((value) => String(value / 100));

describe('money on doubles', () => {
  it('calculates and compares as exact money does, to what a double holds', () => {
    fc.assert(
      fc.property(cents, cents, (left, right) => {
        const [float, exact] = both(left);
        const [other, exactOther] = both(right);
        for (const name of ['plus', 'minus', 'times'] as const)
          expect(float[name](other).toNumber()).toBeCloseTo(exact[name](exactOther).toNumber(), 4);
        if (!other.isZero())
          expect(float.div(other).toNumber()).toBeCloseTo(exact.div(exactOther).toNumber(), 6);
        for (const name of ['gt', 'gte', 'lt', 'lte', 'eq', 'comparedTo'] as const)
          expect(float[name](other)).toBe(exact[name](exactOther));
        for (const name of ['isZero', 'isNegative'] as const) expect(float[name]()).toBe(exact[name]());
        for (const name of ['neg', 'abs'] as const) expect(float[name]().eq(exact[name]())).toBe(true);
      }),
    );
  });

  it.each<[value: string, step: string]>([
    ['0.3', '0.1'],
    ['1.15', '0.05'],
    ['-0.7', '0.1'],
    ['123.456', '0.01'],
    ['0.00012345', '0.00001'],
    ['5', '0'],
  ])('rounds %s to steps of %s as exact money does', (value, step) => {
    const [float, exact] = both(value);
    const [floatStep, exactStep] = both(step);
    for (const round of [floorToStep, ceilToStep, roundToStep] as ((value: Money, step: Money) => Money)[])
      expect(round(float, floatStep).toNumber()).toBeCloseTo(round(exact, exactStep).toNumber(), 12);
  });

  it.each(['0.125', '0.375', '-2.5', '2.675', '1e-9', '123456.987654321', '0'])(
    'is written as exact money is: %s',
    (text) => {
      const [float, exact] = both(text);
      expect(float.toString()).toBe(exact.toString());
      expect(float.toDecimalPlaces(2).toString()).toBe(exact.toDecimalPlaces(2).toString());
    },
  );

  it('takes exact money and numbers as operands, while exact money refuses it', () => {
    expect(floatMoney(2).plus(money('0.5')).times(3).toNumber()).toBe(7.5);
    expect(() => money(1).plus(floatMoney(1))).toThrow(/Invalid argument/);
  });

  it('is never NaN nor infinite', () => {
    expect(() => floatMoney(NaN)).toThrow(RangeError);
    expect(() => floatMoney(Infinity)).toThrow(RangeError);
  });
});
