import { Decimal } from 'decimal.js';
import type postgres from 'postgres';
import type { SimulatedOrder, SimulatedTrade } from '../exchange-simulator/engine-types.ts';
import { isOpen } from '../exchange-simulator/order-rules.ts';
import { findDoubledSlots, findSignalFaults, findSlotDrift, listPendingSignals } from './audit-kept.ts';
import { venueOf, type ChaosVenue, type ChaosVenues } from './venue.ts';
import type { ChaosAccount, ChaosBot, ChaosWorld } from './world.ts';

/** The audit's own exact numbers: it shares no arithmetic with what it checks. */
const Exact = Decimal.clone({ precision: 80, toExpNeg: -80, toExpPos: 80 });
const NEAR = new Exact('1e-12');

/** What is wrong, a sentence each. */
export type Findings = {
  /** Client order ids that a venue took more than once, slots with several orders, signals acted on twice. */
  duplicates: string[];
  /** Orders of which we say another thing than the venue, or that have no end. */
  lost: string[];
  /** Money: balances, positions, costs, profits and fees. */
  drift: string[];
  /** Orders to sell that could all fill, and then sell more than a bot holds. */
  oversold: string[];
};

export type Audit = {
  /** What must hold at every moment. */
  always(): Promise<Pick<Findings, 'duplicates' | 'oversold'>>;
  /** Compares every record of ours with the venues' own, once both have come to rest. */
  all(): Promise<Findings>;
  /** Returns what has not come to rest yet. */
  unsettled(): Promise<string[]>;
};

type OrderRow = {
  client_order_id: string;
  exchange_order_id: string | null;
  bot_run_id: string;
  account_id: string;
  status: string;
  filled_quantity: string;
};
type FillRow = {
  bot_run_id: string;
  account_id: string;
  symbol: string;
  exchange_trade_id: string;
  side: 'BUY' | 'SELL';
  quantity: string;
  price: string;
  fee: string;
  fee_currency: string;
  fee_quote: string | null;
};
type BotRow = {
  id: string;
  status: string;
  position_quantity: string;
  position_cost: string;
  realized_pnl: string;
  fees_quote: string;
};
type Records = { orders: OrderRow[]; fills: FillRow[]; bots: BotRow[] };

const STATUS: Readonly<Record<SimulatedOrder['status'], string>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
};

const isByHand = (order: SimulatedOrder) => order.clientOrderId.startsWith('hand');

type Place = { world: ChaosWorld; venues: ChaosVenues };

export function openAudit(sql: postgres.Sql, place: Place): Audit {
  const exits = watchExits(place);
  const always = async () => ({
    duplicates: [...findDuplicates(place), ...(await findDoubledSlots(sql, place))],
    oversold: exits.find(),
  });
  return {
    always,
    all: async () => {
      const { duplicates, oversold } = await always();
      const { lost, drift } = await compareAll(sql, place);
      const signals = await findSignalFaults(sql);
      return {
        duplicates: [...duplicates, ...signals.doubled],
        oversold,
        lost: [...lost, ...signals.lost],
        drift: [...drift, ...(await findSlotDrift(sql, place))],
      };
    },
    unsettled: async () => [...(await findUnsettled(sql, place)), ...(await listPendingSignals(sql))],
  };
}

function findDuplicates({ world, venues }: Place): string[] {
  return world.accounts.flatMap((account) => {
    const orders = venueOf(venues, account).orders(account);
    if (new Set(orders.map(({ clientOrderId }) => clientOrderId)).size === orders.length) return [];
    const counts = new Map<string, number>();
    for (const { clientOrderId } of orders) counts.set(clientOrderId, (counts.get(clientOrderId) ?? 0) + 1);
    return [...counts].flatMap(([id, count]) =>
      count > 1 ? [`${account.apiKey}: ${id} was placed ${String(count)} times`] : [],
    );
  });
}

/** Follows what each bot holds by the venue's own word: one bot trades a symbol on an account, beside people. */
function watchExits({ world, venues }: Place): { find(): string[] } {
  const closed = new Map<ChaosBot, { count: number; held: Decimal }>();
  return {
    find: () =>
      world.bots.flatMap((bot) => {
        const own = venueOf(venues, bot.account).orders(bot.account, bot.symbol);
        let { count, held } = closed.get(bot) ?? { count: 0, held: new Exact(0) };
        while (count < own.length && !isOpen(own[count]!)) held = held.plus(heldThrough(own[count++]!));
        closed.set(bot, { count, held });
        const rest = own.slice(count).filter((order) => !isByHand(order));
        const holds = rest.reduce((total, order) => total.plus(heldThrough(order)), held);
        const sales = rest.filter((order) => isOpen(order) && order.side === 'SELL');
        const selling = sales.reduce(
          (total, { quantity, filled }) => total.plus(leftOf(quantity, filled)),
          new Exact(0),
        );
        if (selling.lte(holds) || sales.length === 0) return [];
        const ids = sales.map(({ clientOrderId }) => clientOrderId).join(', ');
        return [
          `bot ${bot.account.apiKey} ${bot.symbol} holds ${holds.toFixed()} and sells ${selling.toFixed()} (${ids})`,
        ];
      }),
  };
}

const leftOf = (quantity: { toFixed(): string }, filled: { toFixed(): string }) =>
  new Exact(quantity.toFixed()).minus(filled.toFixed());

/** What an order's fills added to a holding, fees in the asset itself taken off. */
function heldThrough(order: SimulatedOrder): Decimal {
  if (isByHand(order)) return new Exact(0);
  const [base = ''] = order.symbol.split('/');
  return order.trades.reduce((held, trade) => {
    const moved = new Exact(trade.quantity.toFixed()).times(trade.side === 'BUY' ? 1 : -1);
    return held.plus(moved).minus(trade.feeAsset === base ? trade.fee.toFixed() : 0);
  }, new Exact(0));
}

async function compareAll(
  sql: postgres.Sql,
  { world, venues }: Place,
): Promise<Pick<Findings, 'lost' | 'drift'>> {
  const records: Records = {
    orders: await sql<OrderRow[]>`select * from orders`,
    fills: await sql<FillRow[]>`select * from fills`,
    bots: await sql<BotRow[]>`select * from bot_runs`,
  };
  const perAccount = world.accounts.map((account) => {
    const venue = venueOf(venues, account);
    const orders = venue.orders(account);
    return {
      lost: findLost({ account, venue, orders }, records),
      drift: findDrift({ account, venue, orders }, records.fills),
    };
  });
  const bots = world.bots.flatMap((bot) => checkBot(bot, venueOf(venues, bot.account), records));
  return {
    lost: perAccount.flatMap(({ lost }) => lost),
    drift: [...perAccount.flatMap(({ drift }) => drift), ...bots],
  };
}

type AccountParts = { account: ChaosAccount; venue: ChaosVenue; orders: SimulatedOrder[] };

function findLost({ account, venue, orders }: AccountParts, records: Records): string[] {
  const atVenue = new Map(orders.map((order) => [order.clientOrderId, order]));
  const own = records.orders.filter((row) => row.account_id === account.keyId);
  const known = new Map(own.map((row) => [row.client_order_id, row]));
  const unknown = orders.filter((order) => !isByHand(order) && !known.has(order.clientOrderId));
  return [
    ...unknown.map((order) => `${order.clientOrderId} is at the venue and not in our records`),
    ...own.flatMap((row) => compareOrder(row, venue, atVenue.get(row.client_order_id))),
  ];
}

const WITHOUT_VENUE = new Set(['rejected', 'expired', 'canceled']);

function compareOrder(row: OrderRow, venue: ChaosVenue, order: SimulatedOrder | undefined): string[] {
  const name = row.client_order_id;
  if (!order) {
    const isRight = WITHOUT_VENUE.has(row.status) && new Exact(row.filled_quantity).isZero();
    return isRight ? [] : [`${name} is ${row.status} with us, and the venue never had it`];
  }
  const ours = `${row.status} ${new Exact(row.filled_quantity).toFixed()} #${row.exchange_order_id ?? ''}`;
  const theirs = `${STATUS[order.status]} ${order.filled.toFixed()} #${venue.idOf(order)}`;
  return ours === theirs ? [] : [`${name} is "${ours}" with us and "${theirs}" at the venue`];
}

type Movement = Pick<FillRow, 'symbol' | 'side' | 'quantity' | 'price' | 'fee'> & { feeAsset: string };

/** Initial balances, our fills and what was traded by hand must give the venue's balances, to the last decimal. */
function findDrift({ account, venue, orders }: AccountParts, fills: FillRow[]): string[] {
  const expected = new Map(
    Object.entries(account.balances).map(([asset, amount]) => [asset, new Exact(amount)]),
  );
  const add = (asset: string, amount: Decimal) =>
    expected.set(asset, (expected.get(asset) ?? new Exact(0)).plus(amount));
  const ours = fills
    .filter((fill) => fill.account_id === account.keyId)
    .map((fill): Movement => ({ ...fill, feeAsset: fill.fee_currency }));
  const byHand = orders.filter(isByHand).flatMap((order) => order.trades.map(toMovement));
  for (const { symbol, side, quantity, price, fee, feeAsset } of [...ours, ...byHand]) {
    const [base = '', quote = ''] = symbol.split('/');
    const sign = side === 'BUY' ? 1 : -1;
    add(base, new Exact(quantity).times(sign));
    add(quote, new Exact(quantity).times(price).times(-sign));
    add(feeAsset, new Exact(fee).negated());
  }
  const actual = venue.balances(account);
  return [...new Set([...expected.keys(), ...Object.keys(actual)])].flatMap((asset) => {
    const [want, have] = [expected.get(asset) ?? new Exact(0), new Exact(actual[asset]?.total ?? 0)];
    if (want.eq(have)) return [];
    return [
      `${account.apiKey}: ${asset} is ${have.toFixed()} at the venue and ${want.toFixed()} by our fills`,
    ];
  });
}

const toMovement = (trade: SimulatedTrade): Movement => ({
  symbol: trade.symbol,
  side: trade.side,
  quantity: trade.quantity.toFixed(),
  price: trade.price.toFixed(),
  fee: trade.fee.toFixed(),
  feeAsset: trade.feeAsset,
});

/** Folds the venue's trades of one bot at average cost, and compares the end with the bot's row. */
function checkBot(bot: ChaosBot, venue: ChaosVenue, records: Records): string[] {
  const row = records.bots.find(({ id }) => id === bot.id);
  if (!row) return [`bot ${bot.id} is gone`];
  const ids = new Set(
    records.orders.filter(({ bot_run_id }) => bot_run_id === bot.id).map((order) => order.client_order_id),
  );
  const trades = venue
    .orders(bot.account, bot.symbol)
    .filter((order) => ids.has(order.clientOrderId))
    .flatMap((order) => order.trades)
    .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
  const folded = foldTrades(trades, (trade) => midOf(venue, trade));
  const name = `bot ${bot.account.apiKey} ${bot.symbol}`;
  return [
    ...differs(`${name}: position`, [row.position_quantity, folded.quantity]),
    ...differs(`${name}: realised`, [row.realized_pnl, folded.realized], NEAR),
    ...differs(`${name}: fees`, [row.fees_quote, folded.fees], NEAR),
    // What was spent and not yet realised, exact whatever the rounding of a share of the cost.
    ...differs(`${name}: realised less cost`, [
      new Exact(row.realized_pnl).minus(row.position_cost).toFixed(),
      folded.cash,
    ]),
  ];
}

/** The worth of a fee in quote units. */
function midOf(venue: ChaosVenue, trade: SimulatedTrade): Decimal {
  const [base = '', quote = ''] = trade.symbol.split('/');
  if (trade.feeAsset === quote) return new Exact(1);
  return trade.feeAsset === base
    ? new Exact(trade.price.toFixed())
    : new Exact(venue.priceOf(`${trade.feeAsset}/${quote}`).toFixed());
}

type Folded = { quantity: Decimal; cost: Decimal; realized: Decimal; fees: Decimal; cash: Decimal };

function foldTrades(trades: SimulatedTrade[], worthOf: (trade: SimulatedTrade) => Decimal): Folded {
  const zero = new Exact(0);
  const folded: Folded = { quantity: zero, cost: zero, realized: zero, fees: zero, cash: zero };
  for (const trade of trades) {
    const [base = ''] = trade.symbol.split('/');
    const fee = new Exact(trade.fee.toFixed());
    const feeQuote = fee.times(worthOf(trade));
    const inBase = trade.feeAsset === base ? fee : zero;
    const outside = trade.feeAsset === base ? zero : feeQuote;
    const value = new Exact(trade.quantity.toFixed()).times(trade.price.toFixed());
    folded.fees = folded.fees.plus(feeQuote);
    if (trade.side === 'BUY') {
      folded.quantity = folded.quantity.plus(trade.quantity.toFixed()).minus(inBase);
      folded.cost = folded.cost.plus(value).plus(outside);
      folded.cash = folded.cash.minus(value).minus(outside);
      continue;
    }
    const left = new Exact(trade.quantity.toFixed()).plus(inBase);
    const share = left.gte(folded.quantity) ? folded.cost : folded.cost.times(left).div(folded.quantity);
    folded.quantity = folded.quantity.minus(left);
    folded.cost = folded.cost.minus(share);
    folded.realized = folded.realized.plus(value).minus(outside).minus(share);
    folded.cash = folded.cash.plus(value).minus(outside);
  }
  return folded;
}

function differs(what: string, [ours, theirs]: [string, Decimal], tolerance = new Exact(0)): string[] {
  const gap = new Exact(ours).minus(theirs).abs();
  return gap.lte(tolerance)
    ? []
    : [`${what} is ${ours} with us and ${theirs.toFixed()} by the venue's trades`];
}

async function findUnsettled(sql: postgres.Sql, { world, venues }: Place): Promise<string[]> {
  const rows = await sql<{ client_order_id: string; account_id: string; status: string }[]>`
    select client_order_id, account_id, status from orders
    where status in ('intended', 'submitting', 'unknown', 'open', 'partially_filled')`;
  const open = new Map(
    world.accounts.flatMap((account) =>
      venueOf(venues, account)
        .orders(account)
        .filter(isOpen)
        .map((order) => [`${account.keyId} ${order.clientOrderId}`, STATUS[order.status]] as const),
    ),
  );
  const unsettled = rows
    .filter((row) => open.get(`${row.account_id} ${row.client_order_id}`) !== row.status)
    .map((row) => `order ${row.client_order_id} is still ${row.status}`);
  const stopping = await sql<{ name: string }[]>`select name from bot_runs where status = 'STOPPING'`;
  const fees = await sql`select 1 from fills where fee_quote is null`;
  return [
    ...unsettled,
    ...stopping.map(({ name }) => `bot ${name} is still stopping`),
    ...(fees.length > 0 ? [`${String(fees.length)} fees have no value yet`] : []),
  ];
}
