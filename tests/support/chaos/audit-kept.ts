import { Decimal } from 'decimal.js';
import type postgres from 'postgres';
import type { SimulatedOrder } from '../exchange-simulator/engine-types.ts';
import { isOpen } from '../exchange-simulator/order-rules.ts';
import { venueOf, type ChaosVenues } from './venue.ts';
import type { ChaosBot, ChaosWorld } from './world.ts';

/** The audit's own exact numbers: it shares no arithmetic with what it checks. */
const Exact = Decimal.clone({ precision: 80, toExpNeg: -80, toExpPos: 80 });

type Place = { world: ChaosWorld; venues: ChaosVenues };

const atVenues = ({ world, venues }: Place): SimulatedOrder[] =>
  world.accounts.flatMap((account) => venueOf(venues, account).orders(account));

/** Returns the slots in which more than one order works at a venue. */
export async function findDoubledSlots(sql: postgres.Sql, place: Place): Promise<string[]> {
  const open = atVenues(place).filter(isOpen);
  if (open.length < 2) return [];
  const ids = open.map(({ clientOrderId }) => clientOrderId);
  const rows = await sql<{ bot: string; slot: string; ids: string }[]>`
    select b.name as bot, o.slot, string_agg(o.client_order_id, ', ' order by o.client_order_id) as ids
    from orders o join bot_runs b on b.id = o.bot_run_id
    where o.slot is not null and o.client_order_id = any(${ids})
    group by b.name, o.slot having count(*) > 1`;
  return rows.map((row) => `bot ${row.bot} has several orders working in slot ${row.slot} (${row.ids})`);
}

type SlotRow = { client_order_id: string; bot_run_id: string; slot: string | null };
type BotRow = { id: string; name: string; position_quantity: string };

/**
 * Compares the slots of bots that keep orders with the venue's trades: what all slots and all other orders bought and did
 * not sell is what the bot holds, and no level of a grid sold more than it and its share of the first buy had bought.
 */
export async function findSlotDrift(sql: postgres.Sql, place: Place): Promise<string[]> {
  const keepers = place.world.bots.filter(({ strategy }) => strategy === 'GRID' || strategy === 'DCA');
  const ids = keepers.map(({ id }) => id);
  const rows = await sql<SlotRow[]>`
    select client_order_id, bot_run_id, slot from orders where bot_run_id = any(${ids})`;
  const bots = await sql<BotRow[]>`select id, name, position_quantity from bot_runs where id = any(${ids})`;
  return keepers.flatMap((bot) => {
    const own = rows.filter((row) => row.bot_run_id === bot.id);
    const row = bots.find(({ id }) => id === bot.id);
    return row ? checkSlots(bot, { row, own, place }) : [`bot ${bot.id} is gone`];
  });
}

type Books = { row: BotRow; own: SlotRow[]; place: Place };

function checkSlots(bot: ChaosBot, { row, own, place }: Books): string[] {
  const known = new Map(own.map((order) => [order.client_order_id, order.slot ?? '']));
  const slots = new Map<string, { bought: Decimal; sold: Decimal }>();
  for (const order of venueOf(place.venues, bot.account).orders(bot.account, bot.symbol)) {
    const slot = known.get(order.clientOrderId);
    if (slot === undefined) continue;
    const { bought, sold } = slots.get(slot) ?? { bought: new Exact(0), sold: new Exact(0) };
    const moved = movedBy(order);
    slots.set(
      slot,
      order.side === 'BUY' ? { bought: bought.plus(moved), sold } : { bought, sold: sold.plus(moved) },
    );
  }
  const held = [...slots.values()].reduce(
    (sum, { bought, sold }) => sum.plus(bought).minus(sold),
    new Exact(0),
  );
  const beyond = [...slots].filter(([slot, { bought, sold }]) => {
    const [, round] = /^g(\d+):/.exec(slot) ?? [];
    const first = slots.get(`b${round ?? ''}:0`)?.bought ?? new Exact(0);
    return round !== undefined && sold.gt(bought.plus(first));
  });
  return [
    ...beyond.map(
      ([slot, { sold }]) => `bot ${row.name}: slot ${slot} sold ${sold.toFixed()}, more than it had`,
    ),
    ...(held.eq(row.position_quantity)
      ? []
      : [`bot ${row.name}: slots hold ${held.toFixed()} and the bot ${row.position_quantity}`]),
  ];
}

/** What an order's trades moved of the base asset, fees in it counted. */
function movedBy(order: SimulatedOrder): Decimal {
  const [base = ''] = order.symbol.split('/');
  return order.trades.reduce((sum, trade) => {
    const fee = trade.feeAsset === base ? trade.fee.toFixed() : '0';
    const quantity = sum.plus(trade.quantity.toFixed());
    return trade.side === 'BUY' ? quantity.minus(fee) : quantity.plus(fee);
  }, new Exact(0));
}

/** Returns orders that no posted signal, or more than one, led to, and signals that led to no order of theirs. */
export async function findSignalFaults(sql: postgres.Sql): Promise<{ doubled: string[]; lost: string[] }> {
  const doubled = await sql<{ id: string; signals: number }[]>`
    select o.client_order_id as id, count(s.id)::int as signals
    from orders o join bot_runs b on b.id = o.bot_run_id and b.strategy = 'WEBHOOK'
    left join webhook_signals s on s.order_id = o.id
    where o.reason = 'signal' group by o.client_order_id having count(s.id) <> 1`;
  const lost = await sql<{ id: string }[]>`
    select s.id from webhook_signals s left join orders o on o.id = s.order_id
    where s.outcome = 'order' and o.id is null`;
  return {
    doubled: doubled.map(({ id, signals }) => `order ${id} has ${String(signals)} signals`),
    lost: lost.map(({ id }) => `signal ${id} led to no order`),
  };
}

/** Returns the posted signals that have not been settled. */
export async function listPendingSignals(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from webhook_signals where outcome = 'pending'`;
  return rows.map(({ id }) => `signal ${id} is still pending`);
}
