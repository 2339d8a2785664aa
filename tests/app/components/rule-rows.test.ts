import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listFigures } from '../../../app/components/rule-figures.ts';
import { readRules, rowField, toRows, type Row } from '../../../app/components/rule-rows.ts';
import { rules } from '../../../jobs/trading/strategies/rules.ts';
import { paramsJsonSchema } from '../../../jobs/trading/strategies/strategy.ts';

const figures = listFigures(paramsJsonSchema(rules));

const ROW: Row = {
  left: 'rsi',
  leftNumbers: '14',
  leftTimeframe: '',
  operator: 'crosses_above',
  right: 'number',
  rightNumbers: '30',
  rightTimeframe: '',
};

function formOf(rows: Row[], rest: Record<string, string> = {}): Record<string, string> {
  const fields = rows.flatMap((row, index) =>
    Object.entries(row).map(([part, value]) => [rowField('entry', index, part as keyof Row), value]),
  );
  return { strategy: 'RULES', 'rule.entry.join': 'all', ...(Object.fromEntries(fields) as object), ...rest };
}

const entryOf = (values: Record<string, string>) =>
  JSON.parse(readRules(values, figures)['params.entry'] ?? 'null') as unknown;

describe('the figures of rules', () => {
  it('are read from the schema, with their numbers and defaults', () => {
    expect(figures.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['close', 'ema', 'hour', 'profit_pct']),
    );
    expect(figures.find(({ type }) => type === 'macd')).toMatchObject({
      title: 'MACD',
      numbers: [
        { name: 'fast', title: 'Fast period', fallback: '12' },
        { name: 'slow', fallback: '26' },
        { name: 'signal', fallback: '9' },
      ],
      timeframes: expect.arrayContaining(['1h']) as string[],
    });
    expect(figures.find(({ type }) => type === 'hour')).toMatchObject({ numbers: [], timeframes: [] });
    expect(listFigures({ properties: {} })).toEqual([]);
  });
});

describe('rows of conditions', () => {
  it('become rules', () => {
    const second: Row = {
      ...ROW,
      left: 'close',
      leftNumbers: '',
      operator: 'above',
      right: 'ema',
      rightNumbers: '200',
      rightTimeframe: '1h',
    };
    const third: Row = { ...ROW, left: 'hour', leftNumbers: '', operator: 'between', rightNumbers: '8, 20' };
    const fourth: Row = {
      ...ROW,
      left: 'bollinger_upper',
      leftNumbers: '20, 2.5',
      operator: 'rising',
      rightNumbers: '3',
    };
    expect(entryOf(formOf([ROW, second, third, fourth]))).toEqual({
      all: [
        { operator: 'crosses_above', left: { type: 'rsi', period: 14 }, right: 30 },
        { operator: 'above', left: { type: 'close' }, right: { type: 'ema', period: 200, timeframe: '1h' } },
        { operator: 'between', left: { type: 'hour' }, low: 8, high: 20 },
        { operator: 'rising', left: { type: 'bollinger_upper', period: 20, deviations: 2.5 }, candles: 3 },
      ],
    });
  });

  it('grow and shrink by buttons, and take no trace of that along', () => {
    const added = readRules(formOf([ROW], { edit_rules: 'add entry' }), figures);
    expect(Object.keys(added)).toEqual(['strategy', 'params.entry']);
    expect((JSON.parse(added['params.entry']!) as { all: unknown[] }).all).toHaveLength(2);
    expect(
      entryOf(formOf([ROW, { ...ROW, rightNumbers: '40' }], { edit_rules: 'remove entry 0' })),
    ).toMatchObject({
      all: [{ right: 40 }],
    });
    expect(readRules(formOf([ROW], { edit_rules: 'json entry' }), figures)['json.entry']).toBe('1');
    expect(readRules({ 'params.entry': '{}', edit_rules: 'rows entry' }, figures)['json.entry']).toBe('');
  });

  it('leave what is no number for the schema to refuse, and show it again', () => {
    const values = readRules(formOf([{ ...ROW, leftNumbers: 'ten', rightNumbers: 'x' }]), figures);
    expect(
      rules.paramsSchema.safeParse({ entry: JSON.parse(values['params.entry']!) as unknown }).success,
    ).toBe(false);
    expect(toRows(values['params.entry']!, figures)?.rows).toMatchObject([
      { leftNumbers: 'ten', rightNumbers: 'x' },
    ]);
    const tooMany = entryOf(formOf([{ ...ROW, leftNumbers: '14, 3' }]));
    expect(rules.paramsSchema.safeParse({ entry: tooMany }).success).toBe(false);
  });

  it('cannot say groups in groups, or choices without a control', () => {
    const leaf = { operator: 'rising', left: { type: 'close' } };
    expect(toRows(JSON.stringify({ all: [leaf] }), figures)).not.toBeNull();
    expect(toRows(JSON.stringify({ all: [{ any: [leaf] }] }), figures)).toBeNull();
    const wilder = { operator: 'above', left: { type: 'rsi', period: 14, smoothing: 'wilder' }, right: 1 };
    expect(toRows(JSON.stringify({ all: [wilder] }), figures)).toBeNull();
    expect(toRows('{"all": [', figures)).toBeNull();
  });

  it('say the rules that they were made of, whatever was written', () => {
    const figure = fc.constantFrom(...figures.map(({ type }) => type));
    const row = fc.record({
      left: figure,
      leftNumbers: fc.constant(''),
      leftTimeframe: fc.constantFrom('', '1h'),
      operator: fc.constantFrom(
        'above',
        'below',
        'crosses_above',
        'crosses_below',
        'between',
        'rising',
        'falling',
      ),
      right: fc.oneof(figure, fc.constant('number')),
      rightNumbers: fc.constantFrom('', '5', '1, 2', 'x'),
      rightTimeframe: fc.constantFrom('', '4h'),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const first = readRules(formOf(rows), figures)['params.entry']!;
        const shown = toRows(first, figures);
        if (!shown) return;
        const again = readRules(formOf(shown.rows), figures)['params.entry']!;
        const parse = (json: string) => rules.paramsSchema.safeParse({ entry: JSON.parse(json) as unknown });
        expect(parse(again).data?.entry).toEqual(parse(first).data?.entry);
      }),
    );
  });

  it('show the rules that the strategy begins with', () => {
    const { entry, exit } = rules.paramsSchema.parse({});
    for (const tree of [entry, exit]) expect(toRows(JSON.stringify(tree), figures)?.rows).toHaveLength(2);
  });
});
