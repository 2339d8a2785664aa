import type { Db } from '../../db/client.ts';
import type { Stretch } from '../../db/queries/candle-history.ts';
import type { Series } from '../../db/queries/candles.ts';
import type { Candles } from '../trading/types.ts';
import { exportCandles } from './export-candles.ts';
import { readCandles, type CandleFileReport } from './load-candle-file.ts';

/**
 * Returns what is stored of a series within a stretch, as columns. The way leads through the text of an export, so that stored
 * candles and their file give a backtest the same figures. Throws `CandleFileError` where nothing is stored.
 */
export async function loadStoredCandles(
  db: Db,
  series: Series,
  stretch: Stretch,
): Promise<{ candles: Candles; report: CandleFileReport }> {
  return readCandles(toBytes(exportCandles(db, series, stretch)));
}

async function* toBytes(pages: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for await (const page of pages) yield encoder.encode(page);
}
