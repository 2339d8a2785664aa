import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listParamFields } from '../../../../jobs/trading/research/param-fields.ts';
import { parseSpec, suggestSpec } from '../../../../jobs/trading/research/param-spec.ts';
import { findStrategy, listStrategies } from '../../../../jobs/trading/strategies/registry.ts';

const schema = z.strictObject({
  period: z.int().min(2).max(200).default(14).meta({ title: 'Period' }),
  level: z.number().min(0).max(1).default(0.3),
  factor: z.number().default(2),
  count: z.int().default(3),
  smoothing: z.enum(['simple', 'wilder']).default('simple'),
  is_strict: z.boolean().default(false),
  note: z.string().default(''),
  weights: z.record(z.string(), z.number()).default({}),
});
const fields = listParamFields(schema);

function spaceOf(...lines: string[]) {
  const parsed = parseSpec(fields, lines);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.space;
}

function faultsOf(...lines: string[]): string[] {
  const parsed = parseSpec(fields, lines);
  return 'faults' in parsed ? parsed.faults.map(({ message }) => message) : [];
}

describe('listParamFields', () => {
  it('reads kinds, bounds, choices and defaults from the schema', () => {
    expect(fields).toEqual([
      { name: 'period', title: 'Period', defaultValue: 14, kind: 'int', min: 2, max: 200 },
      { name: 'level', title: 'level', defaultValue: 0.3, kind: 'float', min: 0, max: 1 },
      { name: 'factor', title: 'factor', defaultValue: 2, kind: 'float', min: null, max: null },
      { name: 'count', title: 'count', defaultValue: 3, kind: 'int', min: null, max: null },
      {
        name: 'smoothing',
        title: 'smoothing',
        defaultValue: 'simple',
        kind: 'choice',
        values: ['simple', 'wilder'],
      },
      { name: 'is_strict', title: 'is_strict', defaultValue: false, kind: 'choice', values: [false, true] },
      { name: 'note', title: 'note', defaultValue: '', kind: 'text' },
      { name: 'weights', title: 'weights', defaultValue: {}, kind: 'structure' },
    ]);
  });
});

describe('parseSpec', () => {
  it('reads ranges, lists, choices and fixed values', () => {
    const space = spaceOf(
      'period=5..30:5',
      'level=0.1..0.5:0.1',
      'factor=1|3|2',
      'smoothing=simple|wilder',
      'is_strict=*',
      'count=7',
      'note=a=b..c|d',
      'weights={"BTC":1}',
    );
    expect(space.dimensions).toEqual([
      { name: 'period', values: [5, 10, 15, 20, 25, 30], isOrdered: true },
      { name: 'level', values: [0.1, 0.2, 0.3, 0.4, 0.5], isOrdered: true },
      { name: 'factor', values: [1, 2, 3], isOrdered: true },
      { name: 'smoothing', values: ['simple', 'wilder'], isOrdered: false },
      { name: 'is_strict', values: [false, true], isOrdered: false },
    ]);
    expect(space.fixed).toEqual({ count: 7, note: 'a=b..c|d', weights: { BTC: 1 } });
    expect(space.size).toBe(6 * 5 * 3 * 2 * 2);
  });

  it('steps whole numbers by 1 and fractions in 20 steps', () => {
    expect(spaceOf('period=5..8').dimensions[0]?.values).toEqual([5, 6, 7, 8]);
    const levels = spaceOf('level=0.2..0.4').dimensions[0]?.values;
    expect(levels).toHaveLength(21);
    expect(levels?.slice(0, 3)).toEqual([0.2, 0.21, 0.22]);
  });

  it('stops before an end on which no step lands', () => {
    expect(spaceOf('period=5..12:5').dimensions[0]?.values).toEqual([5, 10]);
  });

  it('takes negative numbers and a range without extent', () => {
    expect(spaceOf('count=-4..-2').dimensions[0]?.values).toEqual([-4, -3, -2]);
    expect(spaceOf('factor=1.5..1.5').fixed).toEqual({ factor: 1.5 });
    expect(spaceOf().size).toBe(1);
  });

  it.each([
    ['speed=1..2', 'speed is no parameter of this strategy; it has period, level, factor, count'],
    ['period', 'period has no value; write period=8..28:2.'],
    ['period=1..10', 'period must be at least 2, not 1.'],
    ['period=5..500', 'period must be at most 200, not 500.'],
    ['period=5..30:0', 'period needs a step above 0, not 0.'],
    ['period=5..30:-1', 'period needs a step above 0, not -1.'],
    ['period=5..30:x', 'period needs a step above 0, not x.'],
    ['period=5..30:', 'period needs a step above 0, not nothing.'],
    ['period=5..30:2.5', 'period takes whole numbers, so its step cannot be 2.5.'],
    ['period=5..30:5:5', 'period is not from..to:step: 5..30:5:5.'],
    ['period=30..5', 'period ends at 5, before it begins at 30.'],
    ['period=5.5', 'period takes whole numbers, not 5.5.'],
    ['period=..30', 'period needs a number, not nothing.'],
    ['period=5..', 'period needs a number, not nothing.'],
    ['period=5|x', 'period needs a number, not x.'],
    ['period=5|5', 'period lists 5 twice.'],
    ['period=0x10', 'period needs a number, not 0x10.'],
    ['factor=Infinity', 'factor needs a number, not Infinity.'],
    ['factor=0..1:0.0001', 'factor would have 10001 values; at most 1000 are searched.'],
    ['smoothing=sma', 'smoothing has no choice sma; it has simple, wilder.'],
    ['is_strict=yes', 'is_strict has no choice yes; it has false, true.'],
    ['period=*', 'period needs a number, not *.'],
    ['weights={', 'weights is a list or an object, written as JSON, not {.'],
  ])('says what is wrong with %s', (line, message) => {
    expect(faultsOf(line)[0]).toContain(message);
  });

  it('tells every fault at once, and names a parameter given twice', () => {
    expect(faultsOf('period=5', 'period=6..7', 'level=2')).toEqual([
      'period is given twice.',
      'level must be at most 1, not 2.',
    ]);
  });

  it('refuses more combinations than can be numbered', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const wide = z.object(Object.fromEntries(names.map((name) => [name, z.int()])));
    const parsed = parseSpec(
      listParamFields(wide),
      names.map((name) => `${name}=1..1000`),
    );
    expect('faults' in parsed && parsed.faults[0]?.message).toMatch(/too many to number/);
  });

  it('never throws, and gives values within the bounds or a fault', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('period', 'level', 'smoothing', 'weights', 'x'),
        fc.string(),
        (name, text) => {
          const parsed = parseSpec(fields, [`${name}=${text}`]);
          if ('faults' in parsed) return;
          for (const { values } of parsed.space.dimensions) {
            for (const value of values) expect(schema.safeParse({ [name]: value }).success).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads every range of tenths as a trader would write its values', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(200), fc.integer({ min: 1, max: 50 }), (start, steps, step) => {
        const to = (start + steps * step) / 10;
        const { dimensions, fixed } = spaceOf(`factor=${start / 10}..${to}:${step / 10}`);
        const expected = Array.from({ length: steps + 1 }, (_, level) => (start + level * step) / 10);
        expect(dimensions[0]?.values ?? [fixed['factor']]).toEqual(expected);
      }),
    );
  });
});

describe('suggestSpec', () => {
  it('searches from half the default to twice, within the bounds, with the default among the values', () => {
    expect(fields.map(suggestSpec)).toEqual([
      'period=8..28:2',
      'level=0.15..0.6:0.05',
      'factor=1..4:0.5',
      'count=2..6:1',
      'smoothing=simple|wilder',
      'is_strict=false|true',
      undefined,
      undefined,
    ]);
  });

  it('suggests what can be read for every strategy, its default among the values', () => {
    for (const strategy of listStrategies()) {
      const all = listParamFields(strategy.paramsSchema);
      const lines = all.map(suggestSpec).filter((line) => line !== undefined);
      const parsed = parseSpec(all, lines);
      if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
      for (const { name, values } of parsed.space.dimensions)
        expect(values).toContain(all.find((field) => field.name === name)!.defaultValue);
    }
  });

  it('suggests what a trader would try', () => {
    const ofStrategy = (name: string) =>
      listParamFields(findStrategy(name)!.paramsSchema).map((field) => suggestSpec(field));
    expect(ofStrategy('RSI_CROSS')).toEqual([
      'rsi_period=8..28:2',
      'oversold=15..40:5',
      'overbought=60..90:5',
      'smoothing=simple|wilder',
    ]);
    expect(ofStrategy('SMA_CROSS').slice(0, 2)).toEqual(['fast_period=6..20:2', 'slow_period=15..60:5']);
  });
});
