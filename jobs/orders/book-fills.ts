import { lockEngineBot, type EngineBot } from '../../db/queries/bot-state.ts';
import {
  findNewestFillTime,
  insertFills,
  listBotFills,
  storeLedger,
  type FillOwner,
  type ReportedFill,
  type StoredFill,
} from '../../db/queries/fills.ts';
import type { Db } from '../../db/client.ts';
import { sum, ZERO, type Money } from '../trading/decimal.ts';
import { applyFill, FLAT } from '../trading/portfolio/ledger.ts';
import type { Market, Position } from '../trading/types.ts';

/**
 * Adds fills to the trade log and moves the bot's ledger, in the caller's transaction. A fill that is there already
 * (by the venue's trade id) changes nothing. Returns how many were new.
 */
export async function bookFills(
  tx: Db,
  owner: FillOwner,
  reported: { fills: ReportedFill[]; market: Market },
): Promise<number> {
  const bot = await lockEngineBot(tx, owner.botRunId);
  if (!bot) throw new Error(`No bot ${owner.botRunId} for the fills of order ${owner.orderId}`);
  const newestMs = await findNewestFillTime(tx, owner.botRunId);
  const added = await insertFills(tx, owner, reported.fills);
  if (added.length === 0) return 0;
  const isLate = added.some((fill) => fill.timeMs < newestMs);
  if (isLate) await rebuildLedger(tx, bot, reported.market);
  else await extendLedger(tx, bot, { added, market: reported.market });
  return added.length;
}

type Folded = {
  position: Position;
  realizedPnl: Money;
  fees: Money;
  pnls: { id: number; pnl: Money }[];
  lastSaleMs: number | null;
};

function fold(start: Position, added: StoredFill[], market: Market): Folded {
  const folded: Folded = { position: start, realizedPnl: ZERO, fees: ZERO, pnls: [], lastSaleMs: null };
  for (const fill of added) {
    const applied = applyFill(folded.position, fill, market);
    folded.position = applied.position;
    folded.realizedPnl = folded.realizedPnl.plus(applied.realizedPnl);
    folded.fees = folded.fees.plus(fill.feeQuote);
    if (fill.side !== 'SELL') continue;
    folded.pnls.push({ id: fill.id, pnl: applied.realizedPnl });
    folded.lastSaleMs = fill.timeMs;
  }
  return folded;
}

/** The newest exit, where the fills ended a trade. */
function findExit({ position, lastSaleMs, pnls }: Folded): { atMs: number; pnl: Money } | null {
  if (lastSaleMs === null || position.openedAtMs !== null) return null;
  return { atMs: lastSaleMs, pnl: sum(pnls.map(({ pnl }) => pnl)) };
}

async function extendLedger(
  tx: Db,
  bot: EngineBot,
  { added, market }: { added: StoredFill[]; market: Market },
): Promise<void> {
  const folded = fold(bot.position, added, market);
  const realizedPnl = bot.realizedPnl.plus(folded.realizedPnl);
  await storeLedger(tx, bot.id, { ...folded, realizedPnl, areFeesAdded: true, exit: findExit(folded) });
}

/** Derives a bot's whole ledger anew from its fills: when a fill came late, or a fee got its value. */
export async function rebuildLedger(tx: Db, bot: EngineBot, market: Market): Promise<void> {
  const folded = fold(FLAT, await listBotFills(tx, bot.id), market);
  const { highPrice } = bot.position;
  if (folded.position.openedAtMs !== null && highPrice.gt(folded.position.highPrice)) {
    folded.position = { ...folded.position, highPrice };
  }
  await storeLedger(tx, bot.id, { ...folded, areFeesAdded: false, exit: null });
}
