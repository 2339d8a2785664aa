import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectPages, type PageRequest } from '../../../jobs/exchange/ccxt-paging.ts';

type Row = { id: number; timeMs: number };
const rowsOf = (times: number[]): Row[] => times.sort((a, b) => a - b).map((timeMs, id) => ({ id, timeMs }));
const within = (rows: Row[], { sinceMs, untilMs = Infinity }: PageRequest) =>
  rows.filter(({ timeMs }) => timeMs >= sinceMs && timeMs <= untilMs);

/** Venues as they are: pages of the oldest, of the newest, and of the newest with an offset. */
const VENUES = {
  binance: (rows: Row[], page: PageRequest, size: number) => within(rows, page).slice(0, size),
  other: (rows: Row[], page: PageRequest, size: number) => within(rows, page).slice(-size),
  kraken: (rows: Row[], page: PageRequest, size: number) =>
    within(rows, page)
      .reverse()
      .slice(page.offset ?? 0)
      .slice(0, size),
};

describe('paging through own orders and trades', () => {
  it.each(['binance', 'other', 'kraken'] as const)(
    'finds every row once, in order, at a venue like %s',
    async (venue) => {
      // At most 8 rows of one moment: a venue that pages by time cannot show more than a page of them.
      const times = fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { maxLength: 700 });
      await fc.assert(
        fc.asyncProperty(
          times,
          fc.integer({ min: 50, max: 120 }),
          fc.integer({ min: 0, max: 500 }),
          async (list, size, sinceMs) => {
            const rows = rowsOf(list.map((time) => Math.floor(time / 8)));
            const fetchPage = (page: PageRequest) => {
              const found = VENUES[venue](rows, page, size);
              return Promise.resolve({ rows: found, sent: found.length });
            };
            const found = await collectPages({
              venue,
              sinceMs,
              fetchPage,
              idOf: ({ id }: Row) => String(id),
            });
            expect(found.map(({ timeMs }) => timeMs)).toEqual(
              within(rows, { sinceMs }).map(({ timeMs }) => timeMs),
            );
          },
        ),
        { numRuns: 50 },
      );
    },
  );
});
