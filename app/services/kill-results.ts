import type { BotRun } from '../../db/queries/bots.ts';
import { KILL_SWITCH_RULE, type KilledOrder, type KillSwitch } from '../../db/queries/kill-switches.ts';
import { sum } from '../../jobs/trading/decimal.ts';
import { STOP_SLOT } from '../../jobs/trading/portfolio/wanted-stop.ts';
import { isFinal } from '../../jobs/trading/order-life.ts';
import type { KillResult, KillSwitchView } from '../schemas/risk.ts';
import { isInPosition, sayFigure } from './bot-state.ts';
import { iso, isoOrNull } from './bot-views.ts';

type Found = { pulled: KillSwitch; bot: BotRun; orders: KilledOrder[] };

/** Returns a pull with what it achieved so far, read off its bots and their orders. */
export function toKillSwitchView(
  pulled: KillSwitch,
  { bots, orders, targetName }: { bots: BotRun[]; orders: KilledOrder[]; targetName: string },
): KillSwitchView {
  const mine = bots.filter(({ id }) => pulled.botRunIds.includes(id));
  const ofBot = (bot: BotRun) => orders.filter(({ botRunId }) => botRunId === bot.id);
  return {
    id: pulled.id,
    targetName,
    level: pulled.level,
    pulledAt: iso(pulled.pulledAt.getTime()),
    liftedAt: isoOrNull(pulled.liftedAt?.getTime() ?? null),
    halted: mine.filter(({ status, halt }) => status === 'HALTED' && halt?.rule === KILL_SWITCH_RULE).length,
    results: mine.map((bot) => toResult({ pulled, bot, orders: ofBot(bot) })),
  };
}

type Part = { said: string; outcome: KillResult['outcome'] };

function toResult(found: Found): KillResult {
  const { bot, pulled } = found;
  const entries = sayEntries(bot);
  const orders = pulled.level === 'entries' ? KEPT_ORDERS : sayOrders(found);
  const position = pulled.level === 'positions' ? sayPosition(found) : sayKept(bot);
  const outcomes = [entries, orders, position].map(({ outcome }) => outcome);
  return {
    botRunId: bot.id,
    botName: bot.name,
    entries: entries.said,
    orders: orders.said,
    position: position.said,
    outcome:
      outcomes.find((each) => each === 'failed') ?? outcomes.find((each) => each === 'working') ?? 'done',
  };
}

const KEPT_ORDERS: Part = { said: 'Left as they are', outcome: 'done' };

function sayEntries({ status }: BotRun): Part {
  return status === 'RUNNING'
    ? { said: 'Trades again', outcome: 'done' }
    : { said: 'No new entries', outcome: 'done' };
}

/** The orders that the switch was to call back; a sale that closes the position is told with the position. */
function sayOrders({ orders, pulled }: Found): Part {
  const stops = orders.filter(({ slot, status }) => slot === STOP_SLOT && !isFinal(status));
  const before = orders.filter(
    ({ createdAt, reason, slot }) =>
      reason !== 'close_position' && slot !== STOP_SLOT && createdAt <= pulled.pulledAt,
  );
  const kept = stops.length > 0 && pulled.level === 'orders' ? 'its stop on the exchange stays' : '';
  if (before.length === 0)
    return {
      said: kept === '' ? 'None was working' : 'None but its stop on the exchange, which stays',
      outcome: 'done',
    };
  const working = before.filter(({ status }) => !isFinal(status));
  const counts = [
    countIn(before, ['canceled', 'expired', 'rejected'], 'cancelled'),
    countIn(before, ['filled'], 'filled before it could be cancelled'),
    working.length > 0 ? `${String(working.length)} not confirmed yet` : '',
    kept,
  ];
  return {
    said: counts.filter(Boolean).join(', '),
    outcome: working.length > 0 ? 'working' : 'done',
  };
}

function countIn(orders: KilledOrder[], statuses: KilledOrder['status'][], what: string): string {
  const count = orders.filter(({ status }) => statuses.includes(status)).length;
  return count === 0 ? '' : `${String(count)} ${what}`;
}

function sayKept(bot: BotRun): Part {
  const said = isInPosition(bot)
    ? `Keeps ${sayFigure(bot.position.quantity)} ${bot.base}, stops still watched`
    : 'Holds nothing';
  return { said, outcome: 'done' };
}

const CLOSE_TRIES = 3;

function sayPosition({ bot, orders, pulled }: Found): Part {
  const closing = orders.filter(
    ({ reason, createdAt }) => reason === 'close_position' && createdAt >= pulled.pulledAt,
  );
  const sold = sum(closing.map(({ filledQuantity }) => filledQuantity));
  const done = sold.gt(0) ? `Sold ${sayFigure(sold)} ${bot.base}` : 'Holds nothing';
  if (!isInPosition(bot)) return { said: done, outcome: 'done' };
  const held = `${sayFigure(bot.position.quantity)} ${bot.base}`;
  if (closing.some(({ status }) => !isFinal(status)))
    return { said: `Selling ${held}: the exchange has not confirmed it yet`, outcome: 'working' };
  const refused = closing.filter(({ status }) => status === 'rejected').at(-1);
  if (closing.length >= CLOSE_TRIES || pulled.liftedAt)
    return { said: `Still holds ${held}. ${refused?.statusDetail ?? ''}`.trim(), outcome: 'failed' };
  return { said: `Still holds ${held}: to be sold`, outcome: 'working' };
}
