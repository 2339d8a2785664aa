import type { Db } from '../../db/client.ts';
import { readCsvPage, type Stretch } from '../../db/queries/candle-history.ts';
import type { Series } from '../../db/queries/candles.ts';
import { CANDLE_COLUMNS } from '../trading/candle-row.ts';

const PAGE = 20_000;

/** Yields the CSV of what is stored of a series within a stretch, a page at a time, the header first. */
export async function* exportCandles(
  db: Db,
  series: Series,
  { fromMs, toMs }: Stretch,
): AsyncGenerator<string, void> {
  yield `${CANDLE_COLUMNS.join(',')}\n`;
  let nextMs = fromMs;
  for (;;) {
    const page = await readCsvPage(db, series, { fromMs: nextMs, toMs, limit: PAGE });
    if (page === undefined) return;
    yield `${page.lines.join('\n')}\n`;
    nextMs = page.lastMs + 1;
  }
}
