import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvParser, MAX_LINE_BYTES } from '../../../jobs/trading/candle-csv.ts';
import type { Candles } from '../../../jobs/trading/types.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const ROW = '1700000000000,10,12,9,11,5.5';

/** Feeds text in pieces of `size` bytes. */
function parse(text: string, size = Infinity, options: { maxRows?: number } = {}) {
  const bytes = new TextEncoder().encode(text);
  const parser = createCsvParser(options);
  for (let from = 0; from < bytes.length; from += size) parser.push(bytes.subarray(from, from + size));
  return parser.end();
}

const figuresOf = ({ openTimeMs, open, high, low, close, volume }: Candles) =>
  [openTimeMs, open, high, low, close, volume].map((column) => [...column]);

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

const digits = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 22 })
  .map((all) => all.join(''));
const decimalText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value.toFixed(8)),
  fc
    .tuple(digits, digits)
    .filter(([whole, rest]) => `${whole}${rest}` !== '')
    .map(([whole, rest]) => `${whole}.${rest}`),
  digits.filter((text) => text !== ''),
  fc
    .tuple(digits, fc.integer({ min: -30, max: 30 }))
    .filter(([text]) => text !== '')
    .map(([text, power]) => `${text}e${power}`),
);

describe('the CSV of candles', () => {
  it('gives every figure as Number does, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(...Array.from({ length: 6 }, () => decimalText)), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 90 }),
        (rows, size) => {
          const text = [HEADER, ...rows.map((row) => row.join(','))].join('\n');
          const expected = Array.from({ length: 6 }, (_, column) => rows.map((row) => Number(row[column])));
          expect(figuresOf(parse(text, size).rows)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['CRLF', `${HEADER}\r\n${ROW}\r\n${ROW}\r\n`],
    ['no newline at the end', `${HEADER}\n${ROW}\n${ROW}`],
    ['blank lines at the end', `${HEADER}\n${ROW}\n${ROW}\n\n\r\n`],
    ['a byte order mark', `\ufeff${HEADER}\n${ROW}\n${ROW}\n`],
    [
      'capitals and spaces',
      `Timestamp, Open, High, Low, Close, Volume\n${ROW.replaceAll(',', ', ')}\n${ROW}\n`,
    ],
    ['further columns', `${HEADER},trades\n${ROW},17\n${ROW},\n`],
  ])('may have %s', (_, text) => {
    for (const size of [1, 7, Infinity]) {
      const { rows, problems } = parse(text, size);
      expect(problems.counts.blank ?? 0).toBe(0);
      expect(problems.kept).toEqual([]);
      expect(figuresOf(rows)).toEqual([
        [1.7e12, 1.7e12],
        [10, 10],
        [12, 12],
        [9, 9],
        [11, 11],
        [5.5, 5.5],
      ]);
    }
  });

  it('names line and cause of every row that cannot be read', () => {
    const text = [
      HEADER,
      ROW,
      '1,2,3',
      '',
      'x,1,2,1,2,1',
      '1,1,2,1,2,',
      '1,NaN,2,1,2,1',
      '1,1,2,1,2,0x10',
      `${ROW},9`,
      ROW,
    ];
    const { rows, problems } = parse(text.join('\n'));
    expect(problems.kept.map(({ line, kind, detail }) => `${line} ${kind}: ${detail}`)).toEqual([
      '3 columns: 3 columns where the header has 6: "1,2,3"',
      '4 blank: nothing in this line',
      '5 figure: timestamp is "x", which is no number',
      '6 figure: volume is empty',
      '7 figure: open is "NaN", which is no number',
      '8 figure: volume is "0x10", which is no number',
      '9 columns: 7 columns where the header has 6: "1700000000000,10,12,9,11,5.5,9"',
    ]);
    expect(figuresOf(rows)[1]).toEqual([10, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 10]);
  });

  it('needs the header, and shows what stands in its place', () => {
    expect(messageOf(() => parse(`${ROW}\n${ROW}`))).toContain('it is "1700000000000,10,12,9,11,5.5"');
    expect(messageOf(() => parse(`open,high,low,close,volume,timestamp\n${ROW}`))).toContain(
      'Line 1 must be',
    );
    expect(messageOf(() => parse(''))).toBe('The file is empty.');
    expect(messageOf(() => parse(`${HEADER}\n\n\n`))).toBe('The file has a header and no candle.');
  });

  it('stops at a line that is too long, with no more of it than that in memory', () => {
    const chunk = new Uint8Array(262_144).fill(55);
    const parser = createCsvParser();
    parser.push(new TextEncoder().encode(`${HEADER}\n${ROW}\n`));
    expect(messageOf(() => parser.push(chunk))).toBe(
      `Line 3 is longer than ${MAX_LINE_BYTES} bytes. A candle file has one candle a line: ${HEADER}.`,
    );
    expect(messageOf(() => createCsvParser().push(chunk))).toContain('Line 1 is longer');
    expect(messageOf(() => parse(`${HEADER}\n${ROW},${'7'.repeat(2_000)}\n`))).toContain('Line 2 is longer');
    expect(messageOf(() => parse(`${HEADER}\n${'7'.repeat(2_000)}\n`, 100))).toContain('Line 2 is longer');
  });

  it('tells binary data from text', () => {
    expect(messageOf(() => parse(`${HEADER}\n${ROW}\n\0\u0001\u0002\n`))).toContain(
      'Line 3 holds binary data',
    );
    expect(messageOf(() => parse('\u0089PNG\r\n\u001a\n\0\0'))).toContain('Line 1');
  });

  it('gives up on a file of which hardly a row can be read, and on one that is too long', () => {
    expect(messageOf(() => parse(`${HEADER}\n${'\n'.repeat(200_000)}`))).toMatch(/^More than 100000 rows/);
    const three = `${HEADER}\n${ROW}\n${ROW}\n${ROW}\n`;
    expect(parse(three, 5, { maxRows: 3 }).rows.open).toHaveLength(3);
    expect(messageOf(() => parse(three, 5, { maxRows: 2 }))).toContain('more than 2 rows');
  });

  it('keeps no more memory than the rows need', () => {
    const { rows } = parse(`${HEADER}\n${`${ROW}\n`.repeat(10_000)}`, 1_000);
    expect(rows.open.buffer.byteLength).toBe(80_000);
  });
});
