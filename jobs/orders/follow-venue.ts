import type { Db } from '../../db/client.ts';
import { deleteOrderChanges } from '../../db/queries/account-changes.ts';
import {
  isSlotTaken,
  lockOrder,
  raiseOrderAlert,
  repairOrder,
  type HeldOrder,
} from '../../db/queries/order-repair.ts';
import { moveOrder, noteFilled } from '../../db/queries/orders.ts';
import type { Deps } from '../deps.ts';
import type { VenueOrder } from '../exchange/gateway.ts';
import type { Money } from '../trading/decimal.ts';
import { isFinal, readWord } from '../trading/order-life.ts';

/** A word that we asked for before an order ended may arrive after it: no request of ours is longer under way. */
const WORDS_TRAVEL_MS = 30_000;

/** What the venue says of an order, once the fills that go with it are booked: `filledQuantity` is the sum of all booked. */
type Word = { orderId: string; said: VenueOrder; status: VenueOrder['status']; filledQuantity: Money };
export type Followed = {
  status: VenueOrder['status'];
  /** It works at the venue and nobody wants it: it is to be cancelled there. */
  isUnwanted: boolean;
};

/**
 * Brings an order's status in line with its venue's word, in the caller's transaction. Where the word is the next step of
 * the order's life, it is taken. Where it contradicts what we hold, the venue is right: our record is repaired, the step
 * is logged, and the owner alerted with the figures.
 */
export async function followVenue(tx: Db, deps: Pick<Deps, 'clock' | 'log'>, word: Word): Promise<Followed> {
  const { orderId, said, status, filledQuantity } = word;
  const held = await lockOrder(tx, orderId);
  if (isTwin(held, said)) return noteTwin(tx, deps, { held, word });
  const meaning = readWord(held.status, status);
  const note = { exchangeOrderId: said.exchangeOrderId, filledQuantity };
  if (meaning === 'next') await moveOrder(tx, orderId, { status, ...note, atMs: deps.clock.now() });
  else if (meaning === 'contradiction' && isBelieved(held, word, deps.clock.now()))
    return repair(tx, deps, { held, word });
  else await noteFilled(tx, orderId, note);
  return { status, isUnwanted: false };
}

/** A stop that has triggered may go on under another id; any other order has one. */
function isTwin({ exchangeOrderId, type }: HeldOrder, said: VenueOrder): boolean {
  const isStop = type === 'stop' || type === 'stop_limit';
  return exchangeOrderId !== null && exchangeOrderId !== said.exchangeOrderId && !isStop;
}

/** Fills only grow, so a word with less of them is old; so may be one that an ended order still works. */
function isBelieved(held: HeldOrder, { said, status, filledQuantity }: Word, nowMs: number): boolean {
  if (said.filledQuantity.lt(filledQuantity)) return false;
  const endedMs = held.closedAt?.getTime() ?? -Infinity;
  return !isFinal(held.status) || isFinal(status) || nowMs - endedMs >= WORDS_TRAVEL_MS;
}

type Conflict = { held: HeldOrder; word: Word };

async function repair(
  tx: Db,
  deps: Pick<Deps, 'clock' | 'log'>,
  { held, word: { said, status, filledQuantity } }: Conflict,
): Promise<Followed> {
  const atMs = deps.clock.now();
  const keepsSlot = isFinal(status) || !(await isSlotTaken(tx, held));
  const detail = `We held it as ${sayStatus(held.status)}; the exchange has it as ${sayStatus(status)}, ${sayFilled(held, filledQuantity)}, under its id ${said.exchangeOrderId}. Our record follows the exchange.`;
  const { exchangeOrderId } = said;
  await repairOrder(tx, held.id, { status, exchangeOrderId, filledQuantity, keepsSlot, detail, atMs });
  await deleteOrderChanges(tx, held.accountId, exchangeOrderId);
  const title = `${held.botName}: the exchange contradicts an order`;
  await raiseOrderAlert(tx, held, { code: 'order-contradicted', title, detail, atMs });
  deps.log.error(
    { orderId: held.id, venue: held.venue, held: held.status, said: status, exchangeOrderId },
    'an order was repaired after its venue',
  );
  const isStopped = held.botStatus === 'STOPPED' || held.botStatus === 'STOPPING';
  return { status, isUnwanted: !isFinal(status) && (!keepsSlot || isStopped) };
}

/** Two orders under one client order id: the fills of both are the bot's, and the second is to be cancelled. */
async function noteTwin(
  tx: Db,
  deps: Pick<Deps, 'clock' | 'log'>,
  { held, word: { said, status, filledQuantity } }: Conflict,
): Promise<Followed> {
  const atMs = deps.clock.now();
  const exchangeOrderId = held.exchangeOrderId ?? said.exchangeOrderId;
  await noteFilled(tx, held.id, { exchangeOrderId, filledQuantity });
  await deleteOrderChanges(tx, held.accountId, said.exchangeOrderId);
  const detail = `The exchange has our order twice, as ${exchangeOrderId} and as ${said.exchangeOrderId} (${sayStatus(status)}, ${said.filledQuantity.toFixed()} filled); together ${sayFilled(held, filledQuantity)}. All fills are booked for the bot.`;
  const title = `${held.botName}: an order is at the exchange twice`;
  await raiseOrderAlert(tx, held, { code: 'order-twice', title, detail, atMs });
  deps.log.error(
    { orderId: held.id, venue: held.venue, exchangeOrderId: said.exchangeOrderId },
    'an order is at its venue twice',
  );
  return { status, isUnwanted: !isFinal(status) };
}

const sayStatus = (status: string) => status.replace('_', ' ');

function sayFilled({ quantity, symbol }: HeldOrder, filled: Money): string {
  return `${filled.toFixed()} of ${quantity.toFixed()} ${symbol} filled`;
}
