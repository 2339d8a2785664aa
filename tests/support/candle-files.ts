import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import type { Candle } from '../../jobs/trading/types.ts';

const DIRECTORY =
  process.env['CANDLES_DIR'] ?? fileURLToPath(new URL('../../../shared/data/candles', import.meta.url));

/** Returns the path of a candle file, such as `BINANCE_BTC-USDT_5m`; `undefined`, with a warning, where it is absent. */
export function findCandleFile(name: string): string | undefined {
  const path = `${DIRECTORY}/${name}.csv.gz`;
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: no candle file ${path}; set CANDLES_DIR to a folder that holds it`);
  return undefined;
}

/** Reads rows of `timestamp,open,high,low,close,volume`, plain or gzip'd; at most `limit` of them from row `from` on. */
export function readCandleFile(path: string, { from = 0, limit = Infinity } = {}): Candle[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1 + from, 1 + from + limit)
    .map(toCandle);
}

function toCandle(line: string): Candle {
  const [openTimeMs, open, high, low, close, volume] = line.split(',').map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { openTimeMs, open, high, low, close, volume };
}
