import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRows } from '../../../jobs/trading/candle-check.ts';
import { createCsvParser } from '../../../jobs/trading/candle-csv.ts';
import { CandleFileError, type Mend } from '../../../jobs/trading/candle-problems.ts';
import { toRows } from '../../../jobs/trading/candles.ts';

const START = 1_700_000_040_000;
const minute = (index: number) => START + index * 60_000;

/** A row of `minute figures`; the plain figures where none are given. */
const row = (index: number, figures = '10,12,9,11,5') => `${minute(index)},${figures}`;

function check(lines: string[], mends: Mend[] = []) {
  const parser = createCsvParser();
  parser.push(new TextEncoder().encode(['timestamp,open,high,low,close,volume', ...lines].join('\n')));
  return checkRows(parser.end(), mends);
}

function refusalOf(lines: string[], mends: Mend[] = []): CandleFileError {
  try {
    check(lines, mends);
  } catch (error) {
    if (error instanceof CandleFileError) return error;
    throw error;
  }
  throw new Error('The rows were taken.');
}

const minutesOf = (lines: string[], mends: Mend[]) =>
  toRows(check(lines, mends).candles).map(
    ({ openTimeMs, close }) => `${(openTimeMs - START) / 60_000}:${close}`,
  );

describe('the check of candle rows', () => {
  it('takes good rows as they are, gaps and candles without trades among them', () => {
    const { counts, dropped, candles } = check([row(0), row(1, '10,10,10,10,0'), row(7)]);
    expect({ counts, dropped, rows: candles.open.length }).toEqual({ counts: {}, dropped: 0, rows: 3 });
  });

  it.each([
    ['price', '0,12,0,11,5', 'open 0'],
    ['price', '-10,12,-11,11,5', 'open -10'],
    ['volume', '10,12,9,11,-5', 'volume -5'],
    ['range', '10,9,12,11,5', 'the high is below, or the low above, another price: timestamp'],
    ['range', '13,12,9,11,5', 'open 13'],
    ['range', '10,12,9,8,5', 'close 8'],
    ['figure', 'NaN,12,9,11,5', 'open is "NaN"'],
    ['figure', '10,12,,11,5', 'low is empty'],
    ['columns', '10,12,9,11', '5 columns'],
  ])('refuses a row with a bad %s (%s), and drops it by choice', (kind, figures, detail) => {
    const lines = [row(0), row(1), row(2, figures), row(3)];
    const refusal = refusalOf(lines, ['duplicates', 'disorder']);
    expect(refusal.counts).toEqual({ [kind]: 1 });
    expect(refusal.problems).toMatchObject([{ line: 4, kind }]);
    expect(refusal.message).toContain('line 4: ');
    expect(refusal.message).toContain(detail);
    expect(refusal.message).toContain('duplicates,disorder,impossible');
    expect(minutesOf(lines, ['impossible'])).toEqual(['0:11', '1:11', '3:11']);
  });

  it('tells a repeated candle from a timestamp with two candles, and keeps the first by choice', () => {
    const lines = [row(0), row(1), row(1), row(2), row(2, '10,12,9,10,5')];
    const refusal = refusalOf(lines);
    expect(refusal.counts).toEqual({ duplicate: 1, conflict: 1 });
    expect(refusal.problems.map(({ line, kind }) => [line, kind])).toEqual([
      [4, 'duplicate'],
      [6, 'conflict'],
    ]);
    expect(refusal.message).toContain(`line 6: timestamp ${minute(2)} is that of line 5, with other figures`);
    expect(minutesOf(lines, ['duplicates'])).toEqual(['0:11', '1:11', '2:11']);
    expect(check(lines, ['duplicates'])).toMatchObject({ counts: { duplicate: 1, conflict: 1 }, dropped: 2 });
  });

  it('finds the place where time runs back, and sorts by choice', () => {
    const lines = [row(0), row(3, '10,12,9,10,5'), row(1), row(2), row(4)];
    const refusal = refusalOf(lines, ['duplicates', 'impossible']);
    expect(refusal.counts).toEqual({ disorder: 1 });
    expect(refusal.problems[0]).toMatchObject({
      line: 4,
      detail: `timestamp ${minute(1)} after ${minute(3)}`,
    });
    expect(minutesOf(lines, ['disorder'])).toEqual(['0:11', '1:11', '2:11', '3:10', '4:11']);
  });

  it('takes files that overlap where they were joined for repetition, not for disorder', () => {
    const lines = [row(0), row(1), row(2), row(1), row(2), row(3)];
    expect(refusalOf(lines).counts).toEqual({ duplicate: 2 });
    expect(minutesOf(lines, ['duplicates'])).toEqual(['0:11', '1:11', '2:11', '3:11']);
  });

  it('knows seconds, microseconds and nanoseconds for what they are, and mends none of them', () => {
    const seconds = Math.floor(START / 1_000);
    const cases = [
      [`${seconds}`, 'seconds'],
      [`${seconds}000000`, 'microseconds'],
      [`${seconds}000000000`, 'nanoseconds'],
    ] as const;
    for (const [time, unit] of cases) {
      const alone = refusalOf([`${time},10,12,9,11,5`], ['impossible', 'disorder', 'duplicates']);
      expect(alone.message).toContain(`Line 2: the timestamp ${Number(time)} is in ${unit}.`);
      const later = refusalOf(
        [row(0), row(1), `${time},10,12,9,11,5`],
        ['impossible', 'disorder', 'duplicates'],
      );
      expect(later.message).toContain(`Line 4: the timestamp ${Number(time)} is in ${unit}.`);
    }
  });

  it('takes timestamps that count from zero', () => {
    expect(
      check(['0,10,12,9,11,5', '60000,10,12,9,11,5', '120000000,10,12,9,11,5']).candles.open,
    ).toHaveLength(3);
  });

  it('refuses timestamps that are no whole milliseconds since 1970', () => {
    const lines = [row(0), `${minute(1)}.5,10,12,9,11,5`, '-60000,10,12,9,11,5'];
    expect(refusalOf(lines).problems.map(({ line, kind }) => [line, kind])).toEqual([
      [3, 'time'],
      [4, 'time'],
    ]);
  });

  it('tells the first problems by line, and the counts of all', () => {
    const lines = Array.from({ length: 100 }, (_, index) =>
      row(index, index % 2 ? '10,9,9,9,5' : '10,12,9,11,-1'),
    );
    const { problems, counts, message } = refusalOf(lines);
    expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
    expect(counts).toEqual({ range: 50, volume: 50 });
    expect(message).toContain('… and 80 more');
    expect(message.split('\n')).toHaveLength(23);
  });

  it('refuses a file of which nothing is left', () => {
    expect(refusalOf([row(0, '0,0,0,0,0')], ['impossible']).message).toBe('No row of the file is a candle.');
  });

  it('makes any shuffled, repeated and damaged file what it was, if all is to be mended', () => {
    const good = Array.from({ length: 12 }, (_, index) => row(index, `10,12,9,1${index % 3},${index}`));
    const extras = fc.array(
      fc.oneof(fc.constantFrom(...good), fc.constant(row(3, '1,0,2,1,1')), fc.constant('x')),
      {
        maxLength: 8,
      },
    );
    const shuffled = extras.chain((more) =>
      fc.shuffledSubarray([...good, ...more], { minLength: good.length + more.length }),
    );
    const expected = minutesOf(good, []);
    fc.assert(
      fc.property(shuffled, (lines) => {
        expect(minutesOf(lines, ['duplicates', 'disorder', 'impossible'])).toEqual(expected);
      }),
    );
  });
});
