import { lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import {
  findNewestFillTime,
  insertFills,
  isNewestSaleUnvalued,
  listBotFills,
  listNewestBuys,
  storeLedger,
  type FillOwner,
  type FillProfit,
  type ReportedFill,
  type StoredFill,
} from '../../db/queries/fills.ts';
import type { Db } from '../../db/client.ts';
import { ZERO, type Money } from '../trading/decimal.ts';
import { NO_EXITS, recordExit, type Exits } from '../trading/portfolio/exits.ts';
import { applyFifo, NO_LOTS, openLots, type Lots } from '../trading/portfolio/fifo.ts';
import { applyFill, FLAT } from '../trading/portfolio/ledger.ts';
import type { Market, Position } from '../trading/types.ts';

/**
 * Adds fills to the trade log and moves the bot's ledger, in the caller's transaction. A fill that is there already
 * (by the venue's trade id) changes nothing. Returns how many were new, and the bot as it was before.
 */
export async function bookFills(
  tx: Db,
  owner: FillOwner,
  reported: { fills: ReportedFill[]; market: Market },
): Promise<{ added: number; bot: EngineBot }> {
  const bot = await lockEngineBot(tx, owner.botRunId);
  if (!bot) throw new Error(`No bot ${owner.botRunId} for the fills of order ${owner.orderId}`);
  const newestMs = await findNewestFillTime(tx, owner.botRunId);
  const added = await insertFills(tx, owner, reported.fills);
  if (added.length === 0) return { added: 0, bot };
  const isLate = added.some((fill) => fill.timeMs < newestMs);
  if (isLate || (await lacksFifo(tx, bot.id, added))) await rebuildLedger(tx, bot, reported.market);
  else await extendLedger(tx, bot, { added, market: reported.market });
  return { added: added.length, bot };
}

/** Sales booked before profits were kept by first in, first out: the whole ledger is derived anew, once. */
async function lacksFifo(tx: Db, botRunId: string, added: StoredFill[]): Promise<boolean> {
  return (
    added.some(({ side }) => side === 'SELL') &&
    isNewestSaleUnvalued(
      tx,
      botRunId,
      added.map(({ id }) => id),
    )
  );
}

type Folded = {
  position: Position;
  realizedPnl: Money;
  fees: Money;
  profits: FillProfit[];
  exits: Exits;
};

type Start = { position: Position; lots: Lots; exits: Exits };

function fold({ position, lots, exits }: Start, added: StoredFill[], market: Market): Folded {
  const folded: Folded = { position, realizedPnl: ZERO, fees: ZERO, profits: [], exits };
  for (const fill of added) {
    const average = applyFill(folded.position, fill, market);
    const fifo = applyFifo(lots, fill, market);
    lots = fifo.lots;
    const sides = { before: folded.position, after: average.position };
    folded.exits = recordExit(folded.exits, { fill, ...sides, realizedPnl: average.realizedPnl });
    folded.position = average.position;
    folded.realizedPnl = folded.realizedPnl.plus(average.realizedPnl);
    folded.fees = folded.fees.plus(fill.feeQuote);
    folded.profits.push(toProfit(fill, average.realizedPnl, fifo.realizedPnl));
  }
  return folded;
}

/** A buy earns nothing; by first in, first out it does where it covers what was sold beyond what was held. */
function toProfit({ id, side }: StoredFill, pnl: Money, pnlFifo: Money): FillProfit {
  if (side === 'SELL') return { id, pnl, pnlFifo };
  return { id, pnl: null, pnlFifo: pnlFifo.isZero() ? null : pnlFifo };
}

async function extendLedger(
  tx: Db,
  bot: EngineBot,
  { added, market }: { added: StoredFill[]; market: Market },
): Promise<void> {
  const lots = await readLots(tx, bot, added);
  const folded = fold({ position: bot.position, lots, exits: bot.exits }, added, market);
  const realizedPnl = bot.realizedPnl.plus(folded.realizedPnl);
  await storeLedger(tx, bot.id, { ...folded, realizedPnl, areFeesAdded: true });
}

/** The lots before the added fills. Only a sale asks what older ones cost. */
async function readLots(tx: Db, bot: EngineBot, added: StoredFill[]): Promise<Lots> {
  const held = bot.position.quantity;
  const buys = added.some(({ side }) => side === 'SELL')
    ? await listNewestBuys(tx, bot.id, { held, base: bot.base, except: added.map(({ id }) => id) })
    : [];
  return openLots(held, buys, bot);
}

/** Derives a bot's whole ledger anew from its fills: when a fill came late, or a fee got its value. */
export async function rebuildLedger(tx: Db, bot: EngineBot, market: Market): Promise<void> {
  const start = { position: FLAT, lots: NO_LOTS, exits: NO_EXITS };
  const folded = fold(start, await listBotFills(tx, bot.id), market);
  const { highPrice } = bot.position;
  if (folded.position.openedAtMs !== null && highPrice.gt(folded.position.highPrice)) {
    folded.position = { ...folded.position, highPrice };
  }
  await storeLedger(tx, bot.id, { ...folded, areFeesAdded: false });
}
