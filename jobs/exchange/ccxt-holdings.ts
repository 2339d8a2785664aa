import type { CcxtExchange } from './ccxt-client.ts';
import { collectPages, type PageRequest } from './ccxt-paging.ts';
import type { AccountSession } from './ccxt-session.ts';
import type { VenuePosition, VenueTransfer } from './gateway.ts';
import { toPositions, toTransfers } from './normalize-account.ts';

/** Spot venues whose positions are margin on the spot markets themselves. Elsewhere they belong to accounts of contracts. */
const MARGIN_ON_SPOT = new Set(['kraken']);

/** Returns the open positions of a contract or margin account; none on a spot account. */
export function fetchPositions(session: AccountSession): Promise<VenuePosition[]> {
  return session.call('read', async (exchange) => {
    const { has, id } = exchange;
    const mayHold = has['spot'] !== true || MARGIN_ON_SPOT.has(id);
    return mayHold && has['fetchPositions'] === true ? toPositions(await exchange.fetchPositions()) : [];
  });
}

type TransferList = { kind?: VenueTransfer['kind']; fetch: CcxtExchange['fetchDeposits'] };

/** A page with fewer transfers than this is the last at every venue. */
const ROWS_AT_LEAST = 20;
/** Binance answers for 90 days from a start; ccxt 4.5, `fetchDeposits`. */
const WINDOW_MS = 90 * 86_400_000;
const WINDOWED = new Set(['binance', 'binanceus']);

/** Returns deposits and withdrawals since a time, oldest first; none where ccxt cannot ask the venue for them. */
export async function fetchTransfers(session: AccountSession, sinceMs: number): Promise<VenueTransfer[]> {
  const lists = await session.call('read', (exchange) => Promise.resolve(transferLists(exchange)));
  const transfers = new Map<string, VenueTransfer>();
  for (const list of lists) {
    for (const startMs of starts(session, sinceMs)) {
      const found = await collectPages({
        venue: session.venue,
        paging: 'either',
        rowsAtLeast: ROWS_AT_LEAST,
        sinceMs: startMs,
        idOf: keyOf,
        fetchPage: (page) => session.call('read', () => fetchPage(list, page)),
      });
      for (const transfer of found) transfers.set(keyOf(transfer), transfer);
    }
  }
  return [...transfers.values()]
    .filter(({ timeMs }) => timeMs >= sinceMs)
    .sort((a, b) => a.timeMs - b.timeMs || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ kind, id }: VenueTransfer): string {
  return `${kind} ${id}`;
}

function starts({ venue, clock }: AccountSession, sinceMs: number): number[] {
  const windows = WINDOWED.has(venue) ? Math.ceil((clock.now() - sinceMs) / WINDOW_MS) : 1;
  return Array.from({ length: Math.max(1, windows) }, (_, index) => sinceMs + index * WINDOW_MS);
}

function transferLists(exchange: CcxtExchange): TransferList[] {
  const { has } = exchange;
  const apart: TransferList[] = [
    ...(has['fetchDeposits'] === true
      ? [{ kind: 'deposit' as const, fetch: exchange.fetchDeposits.bind(exchange) }]
      : []),
    ...(has['fetchWithdrawals'] === true
      ? [{ kind: 'withdrawal' as const, fetch: exchange.fetchWithdrawals.bind(exchange) }]
      : []),
  ];
  if (apart.length === 2 || has['fetchDepositsWithdrawals'] !== true) return apart;
  return [{ fetch: exchange.fetchDepositsWithdrawals.bind(exchange) }];
}

async function fetchPage(
  { fetch, kind }: TransferList,
  page: PageRequest,
): Promise<{ rows: VenueTransfer[]; sent: number }> {
  const until = page.untilMs === undefined ? {} : { until: page.untilMs };
  const raw = await fetch(undefined, page.sinceMs, undefined, until);
  return { rows: toTransfers(raw, kind), sent: Array.isArray(raw) ? raw.length : 0 };
}
