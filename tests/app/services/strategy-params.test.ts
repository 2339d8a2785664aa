import { describe, expect, it } from 'vitest';
import { listUnusable, parseParams } from '../../../app/services/strategy-params.ts';
import { findStrategy } from '../../../jobs/trading/strategies/registry.ts';

const rsi = findStrategy('RSI_CROSS')!;
const rules = findStrategy('RULES')!;
const ema = findStrategy('EMA_CROSS')!;

const refusals = (given: Record<string, unknown>) => parseParams(rules, given).errors;
const entryOf = (condition: unknown) => ({
  entry: { all: [{ operator: 'rising', left: { type: 'close' } }, condition] },
});
const close = { type: 'close' };

describe('parameters', () => {
  it('take the text of forms, and leave out what is empty', () => {
    expect(parseParams(rsi, { rsi_period: ' 7 ', oversold: '25.5', overbought: '' }).params).toMatchObject({
      rsi_period: 7,
      oversold: 25.5,
      overbought: 70,
    });
    expect(parseParams(rsi, { rsi_period: '1' }).errors).toEqual([
      { path: 'params.rsi_period', message: 'RSI period must be at least 2.' },
    ]);
  });

  it('take rules as an object or as the JSON of a form', () => {
    const entry = {
      any: [{ operator: 'above', left: close, right: { type: 'ema', period: 9, timeframe: '1h' } }],
    };
    expect(parseParams(rules, { entry }).params).toMatchObject({ entry });
    expect(parseParams(rules, { entry: JSON.stringify(entry), exit: '{"all": []}' }).params).toMatchObject({
      entry,
      exit: { all: [] },
    });
  });

  it.each<[what: string, given: Record<string, unknown>, path: string, message?: string]>([
    [
      'a number out of bounds',
      entryOf({ operator: 'above', left: close, right: { type: 'ema', period: 0 } }),
      'params.entry.all[1].right.period',
      'Period must be at least 2.',
    ],
    [
      'an operator that is none',
      entryOf({ operator: 'over', left: close, right: 1 }),
      'params.entry.all[1].operator',
      'Operator must be one of: above, below, crosses_above, crosses_below, between, rising, falling.',
    ],
    [
      'a figure that is none',
      entryOf({ operator: 'above', left: { type: 'closs' }, right: 1 }),
      'params.entry.all[1].left.type',
    ],
    [
      'a number as text',
      entryOf({ operator: 'above', left: close, right: '30' }),
      'params.entry.all[1].right',
    ],
    [
      'a field too many, deep inside',
      entryOf({ any: [{ operator: 'above', left: { type: 'rsi', perod: 3 }, right: 1 }] }),
      'params.entry.all[1].any[0].left.perod',
      'There is no such field here.',
    ],
    [
      'a condition that lacks a side',
      entryOf({ operator: 'above', left: close }),
      'params.entry.all[1].right',
    ],
    ['no conditions', { entry: { any: [] } }, 'params.entry.any', 'Any must hold at least 1.'],
    ['no JSON', { entry: '{all: oops' }, 'params.entry', 'Buy when must be an object.'],
    [
      'the position before there is one',
      entryOf({ operator: 'above', left: { type: 'profit_pct' }, right: 1 }),
      'params.entry.all[1]',
      'A buy finds no position yet: conditions on it belong to the exit.',
    ],
    ['a parameter of no such name', { entri: {} }, 'params.entri', 'Own rules has no such parameter.'],
  ])('refuse %s by its path', (...[, given, path, message]) => {
    expect(refusals(given)).toMatchObject([{ path, ...(message ? { message } : {}) }]);
  });
});

describe('parameters that do not fit the timeframe', () => {
  const given = (trend_timeframe: string, trend_period = 50) =>
    parseParams(ema, { trend_timeframe, trend_period }).params;

  it('are refused where its candles cannot make the other', () => {
    expect(listUnusable({ strategy: ema, params: given('1h'), timeframe: '5m' })).toEqual([]);
    expect(listUnusable({ strategy: ema, params: given('1h'), timeframe: '4h' })).toMatchObject([
      { path: 'params.trend_timeframe' },
    ]);
  });

  it('are refused where they need more candles than are kept', () => {
    expect(listUnusable({ strategy: ema, params: given('1h'), timeframe: '1m' })).toEqual([]);
    const [refusal] = listUnusable({ strategy: ema, params: given('1d', 200), timeframe: '1m' });
    expect(refusal).toMatchObject({ path: 'params' });
    expect(refusal!.message).toMatch(
      /^With these parameters EMA cross needs the last 4,26\d,\d{3} candles of 1m/,
    );
  });
});
