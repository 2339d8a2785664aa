/** A gzip'd CSV of half a million candles into columns. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadCandleFile } from '../../jobs/candle-files/load-candle-file.ts';
import type { Benchmark } from '../measure.ts';

const ROWS = 500_000;
const ROUNDS = 7;
const MINUTE_MS = 60_000;
const MEGABYTE = 1_048_576;

/** A random walk with two decimals in prices and five in volumes, as on the large exchanges. Mulberry32. */
function makeCsv(): string {
  let state = 7;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let close = 40_000;
  const lines = ['timestamp,open,high,low,close,volume'];
  for (let row = 0; row < ROWS; row += 1) {
    const open = close;
    close = open * (1 + (random() - 0.5) / 500);
    const high = Math.max(open, close) * (1 + random() / 2_000);
    const low = Math.min(open, close) * (1 - random() / 2_000);
    const prices = [open, high, low, close].map((price) => price.toFixed(2));
    lines.push([1.6e12 + row * MINUTE_MS, ...prices, (random() * 50).toFixed(5)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The yardstick: gunzip, split, Number; nothing is checked. */
function splitAndParse(file: string): Float64Array[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n');
  const columns = Array.from({ length: 6 }, () => new Float64Array(lines.length - 1));
  for (let row = 1; row < lines.length; row += 1) {
    const fields = (lines[row] ?? '').split(',');
    for (let column = 0; column < 6; column += 1) {
      const target = columns[column];
      if (target) target[row - 1] = Number(fields[column]);
    }
  }
  return columns;
}

async function fastest(work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

async function checkEqual(file: string): Promise<void> {
  const { candles } = await loadCandleFile(file);
  const ours = [candles.openTimeMs, candles.open, candles.high, candles.low, candles.close, candles.volume];
  for (const [index, column] of splitAndParse(file).entries()) {
    if (!column.every((value, row) => value === ours[index]?.[row])) throw new Error('Not the same figures.');
  }
}

export const benchmark: Benchmark = {
  title: `Candle file: gzip'd CSV of ${ROWS.toLocaleString('en')} rows, next to gunzip, split and Number`,
  run: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'candle-load-'));
    try {
      const file = path.join(folder, 'BTCUSDT-1m.csv.gz');
      const packed = gzipSync(makeCsv());
      await writeFile(file, packed);
      await checkEqual(file);
      const ours = await fastest(() => loadCandleFile(file));
      const yardstick = await fastest(() => splitAndParse(file));
      const gunzip = await fastest(() => gunzipSync(packed));
      return {
        unit: 'ms',
        ours,
        yardstick,
        notes: [
          `${(packed.length / MEGABYTE).toFixed(1)} MB; gunzip alone ${gunzip.toFixed(0)} ms; ${Math.round((ROWS / ours) * 1_000).toLocaleString('en')} rows/s, checked`,
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
