/**
 * How a venue hands out long lists of own orders and trades. `forward`: the oldest rows since a time come first.
 * `offset`: the newest come first, and `ofs` skips rows. `either`: unknown, so both directions of time are tried.
 */
type Paging = 'forward' | 'offset' | 'either';

const PAGING: Readonly<Record<string, Paging>> = {
  binance: 'forward',
  binanceus: 'forward',
  kraken: 'offset',
};
const ROWS_AT_LEAST = 50;

export type PageRequest = { sinceMs: number; untilMs?: number; offset?: number };
type Row = { timeMs: number };

/** What to page through: one page per call, and a row's identity. */
export type PagedList<T extends Row> = {
  venue: string;
  sinceMs: number;
  /** Rows of one page, and how many the venue sent before any were left out. */
  fetchPage(page: PageRequest): Promise<{ rows: T[]; sent: number }>;
  idOf(row: T): string;
  /** How the venue hands this list out, where it differs from its orders and trades. */
  paging?: Paging;
  /** A page with fewer rows is the last; 50 unless given. */
  rowsAtLeast?: number;
};

/** Returns every row since a time, each once, oldest first. A page shorter than any venue's limit is the last. */
export async function collectPages<T extends Row>(list: PagedList<T>): Promise<T[]> {
  const found = new Map<string, T>();
  const paging = list.paging ?? PAGING[list.venue] ?? 'either';
  if (paging === 'offset') await byOffset(list, found);
  else await byTime(list, found, paging);
  return [...found.values()].sort((a, b) => a.timeMs - b.timeMs);
}

type Found<T> = Map<string, T>;

async function byOffset<T extends Row>(list: PagedList<T>, found: Found<T>): Promise<void> {
  let offset = 0;
  for (;;) {
    const { rows, sent } = await list.fetchPage({ sinceMs: list.sinceMs, offset });
    add(list, found, rows);
    offset += sent;
    if (sent < (list.rowsAtLeast ?? ROWS_AT_LEAST)) return;
  }
}

async function byTime<T extends Row>(list: PagedList<T>, found: Found<T>, paging: Paging): Promise<void> {
  const first = await list.fetchPage({ sinceMs: list.sinceMs });
  add(list, found, first.rows);
  if (first.sent < (list.rowsAtLeast ?? ROWS_AT_LEAST)) return;
  await walk(list, found, (times) => ({ sinceMs: Math.max(...times) }));
  if (paging === 'either')
    await walk(list, found, (times) => ({ sinceMs: list.sinceMs, untilMs: Math.min(...times) }));
}

async function walk<T extends Row>(
  list: PagedList<T>,
  found: Found<T>,
  next: (times: number[]) => PageRequest,
): Promise<void> {
  for (;;) {
    if (found.size === 0) return;
    const { rows } = await list.fetchPage(next([...found.values()].map((row) => row.timeMs)));
    if (add(list, found, rows) === 0) return;
  }
}

/** Returns how many of the rows were new. */
function add<T extends Row>(list: PagedList<T>, found: Found<T>, rows: T[]): number {
  const before = found.size;
  for (const row of rows) found.set(list.idOf(row), row);
  return found.size - before;
}
