import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCandleFile, readCandles } from '../../../jobs/candle-files/load-candle-file.ts';
import { toRows } from '../../../jobs/trading/candles.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const MEGABYTE = 1_048_576;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'candles-'));
});
afterAll(() => rm(folder, { recursive: true }));

const csv = (rows: number) =>
  [
    HEADER,
    ...Array.from({ length: rows }, (_, index) => `${1.7e12 + index * 60_000},10,12,9,11,${index}`),
  ].join('\n');

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

/** Yields a piece again and again, and counts how often it was asked for one. */
function endless(first: string, piece: Uint8Array) {
  const told = { pieces: 0 };
  async function* bytes() {
    yield new TextEncoder().encode(first);
    for (;;) {
      told.pieces += 1;
      yield piece;
    }
  }
  return { told, source: bytes() };
}

describe('a candle file', () => {
  it('is read alike plain and compressed, whatever its name', async () => {
    const plain = await loadCandleFile(await fileOf('BTCUSDT-1m.csv', csv(5_000)));
    const packed = await loadCandleFile(await fileOf('odd-name.txt', gzipSync(csv(5_000))));
    expect(plain).toMatchObject({ symbol: 'BTC/USDT', venue: undefined, timeframe: '1m' });
    expect(plain.report).toEqual({
      rows: 5_000,
      mended: {},
      dropped: 0,
      stepMs: 60_000,
      timeframe: '1m',
      gaps: { count: 0, missing: 0, first: [] },
      offGrid: 5_000,
      zeroVolume: 1,
    });
    expect(packed.symbol).toBe('odd-name.txt');
    expect(toRows(packed.candles)).toEqual(toRows(plain.candles));
    expect(plain.candles.volume.at(-1)).toBe(4_999);
  });

  it('may be several gzip files joined', async () => {
    const [head, tail] = [csv(3), `\n${1.7e12 + 180_000},10,12,9,11,3\n`];
    const file = await fileOf('joined.csv.gz', Buffer.concat([gzipSync(head), gzipSync(tail)]));
    expect((await loadCandleFile(file)).candles.open).toHaveLength(4);
  });

  it('has its gaps reported', async () => {
    const lines = csv(100).split('\n');
    const file = await fileOf(
      'gaps.csv',
      [...lines.slice(0, 11), ...lines.slice(14, 51), ...lines.slice(52)].join('\n'),
    );
    expect((await loadCandleFile(file)).report.gaps).toEqual({
      count: 2,
      missing: 4,
      first: [
        { fromMs: 1.7e12 + 10 * 60_000, toMs: 1.7e12 + 12 * 60_000, missing: 3 },
        { fromMs: 1.7e12 + 50 * 60_000, toMs: 1.7e12 + 50 * 60_000, missing: 1 },
      ],
    });
  });

  it('is refused where it is cut off or damaged, with the line up to which it was whole', async () => {
    const packed = gzipSync(csv(50_000));
    const cut = await messageOf(
      loadCandleFile(await fileOf('cut.csv.gz', packed.subarray(0, packed.length / 2))),
    );
    expect(cut).toMatch(
      /cut\.csv\.gz: The gzip file is cut off (after line \d+|before its first line)\. Fetch it again/,
    );
    const lastByteGone = await fileOf('almost.csv.gz', packed.subarray(0, -1));
    expect(await messageOf(loadCandleFile(lastByteGone))).toContain('is cut off after line');
    const damaged = Buffer.from(packed);
    damaged.fill(0, packed.length - 8, packed.length - 4);
    expect(await messageOf(loadCandleFile(await fileOf('bad.csv.gz', damaged)))).toContain('is damaged');
    const garbage = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1_000, 7)]);
    expect(await messageOf(loadCandleFile(await fileOf('garbage.gz', garbage)))).toContain(
      'is damaged before its first line',
    );
  });

  it('is refused in plain words where there is none, or nothing in it', async () => {
    expect(await messageOf(loadCandleFile('/nowhere/candles.csv'))).toBe(
      '/nowhere/candles.csv: There is no such file.',
    );
    expect(await messageOf(loadCandleFile(folder))).toBe(`${folder}: This is a folder.`);
    expect(await messageOf(loadCandleFile(await fileOf('empty.csv', '')))).toContain('The file is empty.');
    expect(await messageOf(loadCandleFile(await fileOf('nuls.csv', new Uint8Array(1_000_000))))).toContain(
      'Line 1',
    );
  });

  it('is left at once where a line never ends', async () => {
    const { told, source } = endless(`${HEADER}\n`, new Uint8Array(65_536).fill(55));
    expect(await messageOf(readCandles(source))).toContain('Line 2 is longer than 1024 bytes.');
    expect(told.pieces).toBe(1);
  });

  it('is left early where a small gzip file unfolds to gigabytes of one line or of nothing', async () => {
    const oneLine = await fileOf('line.csv.gz', gzipSync(Buffer.alloc(128 * MEGABYTE, 55)));
    const blank = await fileOf(
      'blank.csv.gz',
      gzipSync(Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.alloc(128 * MEGABYTE, 10)])),
    );
    const before = process.memoryUsage.rss();
    expect(await messageOf(loadCandleFile(oneLine))).toContain('Line 1 is longer');
    expect(await messageOf(loadCandleFile(blank))).toContain('More than 100000 rows cannot be read');
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEGABYTE);
  });

  it('is refused beyond the rows that are allowed', async () => {
    const row = new TextEncoder().encode('1700000000000,10,12,9,11,5\n'.repeat(1_000));
    const { told, source } = endless(`${HEADER}\n`, row);
    expect(await messageOf(readCandles(source, { maxRows: 100_000 }))).toContain('more than 100000 rows');
    expect(told.pieces).toBeLessThan(110);
  });

  it('gives the candles of a public exchange as another reader does', async () => {
    const file = findCandleFile('BINANCE_BTC-USDT_5m_2023');
    if (file === undefined) return;
    const loaded = await loadCandleFile(file);
    expect(loaded).toMatchObject({ symbol: 'BTC/USDT', venue: 'binance', timeframe: '5m' });
    expect(loaded.report).toMatchObject({ rows: 104_816, zeroVolume: 14, gaps: { count: 1, missing: 16 } });
    expect(toRows(loaded.candles)).toEqual(readCandleFile(file));
  });
});
