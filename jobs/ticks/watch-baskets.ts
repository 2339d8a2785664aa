import {
  listLegIds,
  listWatchedBaskets,
  lockBaskets,
  raiseBasketPeak,
  readBasketBooks,
} from '../../db/queries/basket-books.ts';
import { haltBots } from '../../db/queries/halts.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { sharedEquity } from '../trading/basket/books.ts';
import { judgeFall } from '../trading/basket/decide-entry.ts';

/** Halts every leg of the baskets whose equity, all legs together, fell too far below its highest, at the last prices seen. */
export async function watchBaskets(deps: Pick<Deps, 'db' | 'clock'>): Promise<void> {
  for (const basketId of await listWatchedBaskets(deps.db))
    await deps.db.transaction((tx) => watch(tx, basketId, deps.clock.now()));
}

async function watch(tx: Db, basketId: string, nowMs: number): Promise<void> {
  await lockBaskets(tx, [basketId]);
  const books = (await readBasketBooks(tx, [{ basketId, settledBeforeMs: nowMs }], nowMs)).get(basketId);
  if (!books) return;
  await raiseBasketPeak(tx, basketId, sharedEquity(books).toFixed());
  const verdict = judgeFall(books, books);
  if (!verdict?.halts) return;
  const legIds = await listLegIds(tx, [basketId]);
  const halt = { rule: verdict.rule, reason: verdict.detail };
  await haltBots(
    tx,
    legIds.map((botRunId) => ({ botRunId, ...halt })),
    nowMs,
  );
}
