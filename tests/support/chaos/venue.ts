import { binanceFace } from '../exchange-simulator/binance-face.ts';
import { Amount } from '../exchange-simulator/decimals.ts';
import { ExchangeEngine } from '../exchange-simulator/engine.ts';
import { Refusal, type SimulatedOrder } from '../exchange-simulator/engine-types.ts';
import { midPrice } from '../exchange-simulator/fills.ts';
import { krakenFace } from '../exchange-simulator/kraken-face.ts';
import { orderIdOf } from '../exchange-simulator/kraken-orders.ts';
import { isOpen } from '../exchange-simulator/order-rules.ts';
import {
  serveFace,
  type Face,
  type Fault,
  type SimReply,
  type SimRequest,
} from '../exchange-simulator/server.ts';
import type { Counts } from './counts.ts';
import { DIALECTS } from './dialects.ts';
import { pickKind, toFault, type Kind } from './faults.ts';
import { REQUEST_HEADER, type Exchange } from './protocol.ts';
import { createRandom, type Random } from './random.ts';
import type { ChaosAccount, ChaosWorld } from './world.ts';

/** How likely a request is to go wrong in the step that runs. */
export type Weather = { step: number; reading: number; changing: number; hiding: number };

const FINE: Weather = { step: 0, reading: 0, changing: 0, hiding: 0 };

export type HandTrade = { symbol: string; side: 'BUY' | 'SELL'; quantity: string; id: string };

/** One exchange of a campaign. */
export type ChaosVenue = {
  url: string;
  setWeather(weather: Weather | null): void;
  /** Lets time pass; requests that were held up on the way arrive. */
  advanceTo(nowMs: number): void;
  /** Sets the venue's clock this far from ours; it never runs backwards. */
  setSkew(skewMs: number): void;
  /** Every order that the venue ever took of an account, oldest first. */
  orders(account: ChaosAccount, symbol?: string): SimulatedOrder[];
  balances(account: ChaosAccount): Record<string, { total: string }>;
  /** The id by which the venue's protocol names an order. */
  idOf(order: SimulatedOrder): string;
  /** What a person does on the venue's own page: `hand` begins the client order ids. */
  tradeByHand(account: ChaosAccount, trade: HandTrade): boolean;
  cancelByHand(account: ChaosAccount, random: Random): boolean;
  priceOf(symbol: string): Amount;
  stop(): Promise<void>;
};

/** What the campaign does to a worker on the venue's behalf. */
export type WorkerControl = {
  cutDatabase(worker: string): Promise<unknown>;
  timeOut(worker: string, request: number): void;
};

export type VenueOptions = { exchange: Exchange; seed: string; counts: Counts; control: WorkerControl };

/** A request that was held up arrives within its validity window, which ccxt sets to 10 s. */
const LATE_AT_MOST_MS = 8_000;
/** Less than the product waits before it takes an order for never received. */
const HIDDEN_AT_MOST_MS = 24_000;
/** What differs between two runs, or from one try to the next. */
const PASSING = new Set(['nonce', 'signature', 'timestamp', 'recvWindow']);

const FACES: Readonly<Record<Exchange, (engine: ExchangeEngine) => Face>> = {
  binance: binanceFace,
  kraken: krakenFace,
};
const KRAKEN_FEES = { maker: '0.0016', taker: '0.0026', isInQuote: true };

/** Opens an exchange whose faults follow from seed, step and request, never from real time. */
export async function openVenue(world: ChaosWorld, options: VenueOptions): Promise<ChaosVenue> {
  const { exchange, seed, counts, control } = options;
  const dialect = DIALECTS[exchange];
  const time = { nowMs: world.startMs, skewMs: 0, shownMs: 0 };
  const clock = {
    now: () => (time.shownMs = Math.max(time.shownMs, time.nowMs + time.skewMs)),
  };
  const engine = new ExchangeEngine({
    clock,
    markets: world.markets,
    accounts: world.accounts.filter((account) => account.exchange === exchange),
    ...(exchange === 'kraken' ? { fees: KRAKEN_FEES } : {}),
  });
  const face = FACES[exchange](engine);
  const note = (what: string) => counts.note(what, exchange);
  const late: { atMs: number; request: SimRequest }[] = [];
  const hiddenUntil = new Map<number, number>();
  let weather = FINE;
  let asked = new Map<string, number>();

  /** The numbers of one request: of its content and of how often it was sent in this step. */
  function randomOf(request: SimRequest): Random {
    const content = Object.entries(request.params).filter(([name]) => !PASSING.has(name));
    const key = dialect.apiKeyOf(request);
    const name = [request.method, request.path, key, ...content.flat()].join(' ');
    const times = (asked.get(name) ?? 0) + 1;
    asked.set(name, times);
    return createRandom([seed, exchange, weather.step, name, times].join(' '));
  }

  function hideSome(reply: SimReply, random: Random): void {
    const id = dialect.placedId(reply);
    if (id === undefined || !random.chance(weather.hiding)) return;
    hiddenUntil.set(id, time.nowMs + random.int(1, HIDDEN_AT_MOST_MS));
    note('order invisible for a while');
  }

  function handle(request: SimRequest, random: Random): SimReply {
    const reply = face.handle(request);
    const change = dialect.changes(request);
    if (change === 'place') hideSome(reply, random);
    if (change === 'cancel') note(dialect.isRefusal(reply) ? 'cancel came too late' : 'cancelled');
    const visible = dialect.conceal(request, reply, (id) => (hiddenUntil.get(id) ?? 0) > time.nowMs);
    const mixed = random.chance(weather.changing) ? dialect.mixUp(request, visible, random) : undefined;
    if (mixed) note('rows repeated and reordered');
    return mixed ?? visible;
  }

  const draws = new WeakMap<SimRequest, Random>();
  const server = await serveFace(
    { handle: (request) => handle(request, draws.get(request) ?? createRandom('late')) },
    { now: () => time.nowMs },
  );

  function befall(kind: Kind, request: SimRequest, random: Random): Fault {
    const [worker = '', number = ''] = String(request.headers[REQUEST_HEADER] ?? '').split(':');
    if (kind === 'request late') late.push({ atMs: time.nowMs + random.int(500, LATE_AT_MOST_MS), request });
    if (kind === 'timeout') control.timeOut(worker, Number(number));
    return toFault(kind, { exchange, random, cut: () => control.cutDatabase(worker) });
  }

  server.setFault((request) => {
    const random = randomOf(request);
    draws.set(request, random);
    server.requests.length = 0;
    const isChange = dialect.changes(request) !== undefined;
    if (!random.chance(isChange ? weather.changing : weather.reading)) return undefined;
    const picked = pickKind(exchange, isChange, random);
    // Public requests run side by side: what the others are at when the database goes is a matter of real time.
    const isPublic = dialect.apiKeyOf(request) === '';
    const kind = picked === 'database cut by the server' && isPublic ? 'reply dropped' : picked;
    note(kind);
    return befall(kind, request, random);
  });

  const owned = ({ apiKey }: ChaosAccount) => engine.account(apiKey);
  return {
    url: server.url,
    setWeather(next) {
      weather = next ?? FINE;
      asked = new Map();
      if (!next) hiddenUntil.clear();
    },
    advanceTo(nowMs) {
      const due = late.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
      for (const { atMs, request } of due) {
        time.nowMs = atMs;
        const reply = face.handle(request);
        note(dialect.isRefusal(reply) ? 'late request refused' : 'late request accepted');
      }
      late.splice(0, late.length, ...late.filter(({ atMs }) => atMs > nowMs));
      time.nowMs = nowMs;
    },
    setSkew: (skewMs) => {
      time.skewMs = skewMs;
    },
    orders: (account, symbol) => engine.orders(owned(account), symbol),
    balances: (account) => engine.balances(owned(account)),
    idOf: ({ id }) => (exchange === 'kraken' ? orderIdOf(id) : String(id)),
    tradeByHand(account, { id, quantity, ...wish }) {
      const order = { ...wish, type: 'MARKET', quantity: new Amount(quantity), clientOrderId: id } as const;
      return tried(() => engine.place(owned(account), order));
    },
    cancelByHand(account, random) {
      const open = engine.orders(owned(account)).filter(isOpen);
      if (open.length === 0) return false;
      return tried(() => engine.cancel(owned(account), random.pick(open)));
    },
    priceOf: (symbol) => midPrice(engine.market(symbol), clock.now()),
    stop: server.stop,
  };
}

function tried(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Both exchanges at once. */
export type ChaosVenues = Record<Exchange, ChaosVenue>;

export const venueOf = (venues: ChaosVenues, { exchange }: ChaosAccount): ChaosVenue => venues[exchange];
