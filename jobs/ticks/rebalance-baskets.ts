import { listLegIds, lockBaskets, readBasketBooks } from '../../db/queries/basket-books.ts';
import { listEngineBots, type EngineBot } from '../../db/queries/bot-state.ts';
import { findRebalance, listRefusedLegs, storeRebalance } from '../../db/queries/rebalances.ts';
import { markBotErrors } from '../../db/queries/ticks.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { freeQuote } from '../trading/basket/books.ts';
import { REBALANCE } from '../trading/rebalance/names.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import { readQuotes, type LegQuote } from './leg-quotes.ts';
import { decideRebalance } from './decide-rebalance.ts';
import { writeDecided } from './record-decisions.ts';

/** Baskets that are looked at together. */
const AT_ONCE = 8;

/** Returns the baskets among bots that are held at target weights and run, each with the candle that its tick names. */
export function listRebalanced(
  bots: readonly EngineBot[],
  wanted: ReadonlyMap<string, number>,
): Map<string, number> {
  const due = new Map<string, number>();
  for (const { id, basketId, strategy, status } of bots) {
    if (basketId === null || strategy !== REBALANCE || status !== 'RUNNING') continue;
    due.set(basketId, Math.max(wanted.get(id) ?? 0, due.get(basketId) ?? 0));
  }
  return due;
}

/**
 * Brings baskets back to their target weights where that is due: one decision for all legs, whichever leg's tick comes
 * first. Safe to run twice and at the same time: a candle is decided on once.
 */
export async function rebalanceBaskets(deps: Deps, due: ReadonlyMap<string, number>): Promise<void> {
  const baskets = [...due];
  for (let at = 0; at < baskets.length; at += AT_ONCE)
    await Promise.all(
      baskets.slice(at, at + AT_ONCE).map(([basketId, candleMs]) => rebalance(deps, basketId, candleMs)),
    );
}

async function rebalance(deps: Deps, basketId: string, wantedMs: number): Promise<void> {
  const known = await findRebalance(deps.db, basketId);
  if (known && known.candleTimeMs >= wantedMs) return;
  const legs = await listLegs(deps.db, basketId);
  try {
    const quotes = await readQuotes(deps, legs, wantedMs);
    await deps.db.transaction((tx) => decideLocked(deps, tx, { basketId, quotes }));
  } catch (error) {
    const message = sayFailure(error);
    if (message === undefined) throw error;
    deps.log.error({ basketId, err: error }, 'a basket was not rebalanced');
    const errors = legs.map(({ id }) => ({ botRunId: id, message }));
    await markBotErrors(deps.db, errors, deps.clock.now());
  }
}

/** What is wrong with one basket alone is told to its owner; all else fails the job, which is taken up again. */
function sayFailure(error: unknown): string | undefined {
  if (error instanceof ExchangeError) return `Not rebalanced, for want of prices: ${error.message}`;
  return error instanceof RangeError ? `It could not decide: ${error.message}` : undefined;
}

async function listLegs(db: Db, basketId: string): Promise<EngineBot[]> {
  const legs = await listEngineBots(db, await listLegIds(db, [basketId]));
  return legs.toSorted((one, other) => (one.basketPlace ?? 0) - (other.basketPlace ?? 0));
}

type Seen = { basketId: string; quotes: ReadonlyMap<string, LegQuote> };

/**
 * Decides under the basket's lock, on the legs as they are then, and writes memory, log, intents and their jobs with it.
 * While an order of a leg works, nobody knows what the legs hold: the candle is passed over.
 */
async function decideLocked(deps: Deps, tx: Db, { basketId, quotes }: Seen): Promise<void> {
  await lockBaskets(tx, [basketId]);
  const legs = await listLegs(tx, basketId);
  const [leg] = legs;
  const stored = await findRebalance(tx, basketId);
  const candleTimeMs = Math.max(...[...quotes.values()].map(({ openTimeMs }) => openTimeMs));
  if (!leg || !Number.isFinite(candleTimeMs)) return;
  if (stored && stored.candleTimeMs >= candleTimeMs) return;
  if (!legs.some(({ status }) => status === 'RUNNING')) return;
  const nowMs = deps.clock.now();
  const settledBeforeMs = candleTimeMs + timeframeMs(leg.timeframe);
  const books = (await readBasketBooks(tx, [{ basketId, settledBeforeMs }], nowMs)).get(basketId);
  if (!books) return;
  const refused = await listRefusedLegs(tx, basketId, {
    sinceMs: nowMs - REFUSED_MS,
    candleMs: candleTimeMs - REFUSED_MS,
  });
  const { decided, ...standing } = decideRebalance({
    legs,
    quotes,
    refused,
    freeQuote: freeQuote(books),
    stored,
    candleTimeMs,
  });
  await storeRebalance(tx, basketId, { ...standing, candleTimeMs });
  await writeDecided(deps, tx, { decided, source: 'candle', nowMs });
}

/** So long an asset is left alone whose last order was refused: what was refused once is refused again at once. */
const REFUSED_MS = 300_000;
