import { binanceFace } from '../exchange-simulator/binance-face.ts';
import { Amount } from '../exchange-simulator/decimals.ts';
import { ExchangeEngine } from '../exchange-simulator/engine.ts';
import type { SimulatedAccount, SimulatedOrder } from '../exchange-simulator/engine-types.ts';
import { Refusal } from '../exchange-simulator/engine-types.ts';
import { midPrice } from '../exchange-simulator/fills.ts';
import { isOpen } from '../exchange-simulator/order-rules.ts';
import { serveFace, type Fault, type SimReply, type SimRequest } from '../exchange-simulator/server.ts';
import { createRandom, type Random } from './random.ts';
import type { ChaosWorld } from './world.ts';

/** How likely a request is to go wrong in the step that runs. */
export type Weather = { step: number; faults: number; hiding: number };

const FINE: Weather = { step: 0, faults: 0, hiding: 0 };

export type ChaosVenue = {
  url: string;
  engine: ExchangeEngine;
  counts: Map<string, number>;
  setWeather(weather: Weather | null): void;
  /** Lets time pass; requests that were held up on the way arrive. */
  advanceTo(nowMs: number): void;
  /** Sets the venue's clock this far from ours; it never runs backwards. */
  setSkew(skewMs: number): void;
  account(apiKey: string): SimulatedAccount;
  /** What a person does on the venue's own page: `hand` begins the client order ids. */
  tradeByHand(
    apiKey: string,
    wish: { symbol: string; side: 'BUY' | 'SELL'; quantity: string; id: string },
  ): boolean;
  cancelByHand(apiKey: string, random: Random): boolean;
  priceOf(symbol: string): Amount;
  stop(): Promise<void>;
};

const BAN = '{"code":-1003,"msg":"Too much request weight used; please wait."}';
const DOWN = '{"code":-1001,"msg":"Internal error; unable to process your request."}';
/** Longer than a worker's client waits. */
const TIMEOUT_MS = 1_700;
const CUT_WAIT_MS = 200;
/** A request that was held up arrives within its validity window, which ccxt sets to 10 s. */
const LATE_AT_MOST_MS = 8_000;
/** Less than the product waits before it takes an order for never received. */
const HIDDEN_AT_MOST_MS = 24_000;

const ORDER_PATHS = new Set(['/api/v3/order', '/api/v3/openOrders', '/api/v3/allOrders', '/api/v3/myTrades']);

type Kind =
  | 'request dropped'
  | 'reply dropped'
  | 'request late'
  | 'timeout'
  | '5xx before'
  | '5xx after'
  | '429'
  | '418'
  | 'truncated'
  | 'odd JSON'
  | 'odd JSON, nothing done'
  | 'database cut by the server';

const CHANGING: readonly Kind[] = [
  'request dropped',
  'reply dropped',
  'reply dropped',
  'request late',
  'request late',
  'timeout',
  '5xx before',
  '5xx after',
  '429',
  '418',
  'truncated',
  'odd JSON',
  'odd JSON, nothing done',
  'database cut by the server',
];
const READING: readonly Kind[] = [
  'request dropped',
  'reply dropped',
  'timeout',
  '5xx before',
  '429',
  '418',
  'truncated',
  'odd JSON',
  'database cut by the server',
];
const ODD = ['{"hello":1}', '[]', '{}', 'null', '""', '[{}]', '<html>busy</html>'];

const retryLater =
  (status: number) =>
  (random: Random): Fault => ({
    type: 'reply',
    status,
    body: BAN,
    headers: { 'retry-after': String(random.int(1, 5)) },
  });

const FAULTS: Readonly<Record<Kind, (random: Random) => Fault>> = {
  'request dropped': () => ({ type: 'drop-request' }),
  'request late': () => ({ type: 'drop-request' }),
  'reply dropped': () => ({ type: 'drop-reply' }),
  timeout: () => ({ type: 'delay', ms: TIMEOUT_MS }),
  '5xx before': (random) => ({ type: 'reply', status: random.pick([502, 503]), body: DOWN }),
  '5xx after': (random) => ({
    type: 'reply',
    status: random.pick([500, 503, 504]),
    body: random.pick([DOWN, '', '<html>']),
    isHandled: true,
  }),
  '429': retryLater(429),
  '418': retryLater(418),
  truncated: () => ({ type: 'truncate' }),
  'odd JSON': (random) => ({ type: 'reply', status: 200, body: random.pick(ODD), isHandled: true }),
  'odd JSON, nothing done': (random) => ({ type: 'reply', status: 200, body: random.pick(ODD) }),
  'database cut by the server': () => ({ type: 'delay', ms: CUT_WAIT_MS }),
};

/** Opens an exchange with Binance's face whose faults follow from seed, step and request, never from real time. */
export async function openVenue(
  world: ChaosWorld,
  options: { seed: string; cutDatabase: () => void },
): Promise<ChaosVenue> {
  const time = { nowMs: world.startMs, skewMs: 0, shownMs: 0 };
  const clock = {
    now: () => (time.shownMs = Math.max(time.shownMs, time.nowMs + time.skewMs)),
  };
  const engine = new ExchangeEngine({ clock, markets: world.markets, accounts: world.accounts });
  const face = binanceFace(engine);
  const counts = new Map<string, number>();
  const note = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const late: { atMs: number; request: SimRequest }[] = [];
  const hiddenUntil = new Map<number, number>();
  let weather = FINE;
  let asked = new Map<string, number>();

  /** The numbers of one request: of its content and of how often it was sent in this step. */
  function randomOf(request: SimRequest): Random {
    const { symbol, newClientOrderId, origClientOrderId, orderId, startTime } = request.params;
    const key = request.headers['x-mbx-apikey'] ?? '';
    const name = [
      request.method,
      request.path,
      key,
      symbol,
      newClientOrderId,
      origClientOrderId,
      orderId,
    ].join(' ');
    const times = (asked.get(name) ?? 0) + 1;
    asked.set(name, times);
    return createRandom([options.seed, weather.step, name, startTime, times].join(' '));
  }

  function isHidden(orderId: unknown): boolean {
    return (hiddenUntil.get(Number(orderId)) ?? 0) > time.nowMs;
  }

  function hideSome(request: SimRequest, reply: SimReply, random: Random): void {
    if (request.method !== 'POST' || reply.status !== 200 || !random.chance(weather.hiding)) return;
    hiddenUntil.set(
      (reply.body as { orderId: number }).orderId,
      time.nowMs + random.int(1, HIDDEN_AT_MOST_MS),
    );
    note('order invisible for a while');
  }

  /** The reply as it leaves the venue: without what is not visible yet, rows repeated and out of order. */
  function disturb(request: SimRequest, reply: SimReply, random: Random): SimReply {
    if (!ORDER_PATHS.has(request.path) || request.method !== 'GET' || reply.status !== 200) return reply;
    const { body } = reply;
    if (!Array.isArray(body)) {
      if (!isHidden((body as { orderId: number }).orderId)) return reply;
      return { status: 400, body: { code: -2013, msg: 'Order does not exist.' } };
    }
    const visible = (body as { orderId: number }[]).filter((row) => !isHidden(row.orderId));
    if (visible.length === 0 || !random.chance(weather.faults)) return { ...reply, body: visible };
    note('rows repeated and reordered');
    return { ...reply, body: shuffled([...visible, random.pick(visible)], random) };
  }

  const draws = new WeakMap<SimRequest, Random>();
  const server = await serveFace(
    {
      handle(request) {
        const random = draws.get(request) ?? createRandom('late');
        const reply = face.handle(request);
        hideSome(request, reply, random);
        return disturb(request, reply, random);
      },
    },
    { now: () => time.nowMs },
  );

  /** Keeps a request back on its way, or cuts the database, where the kind says so; the rest is the server's work. */
  function toFault(kind: Kind, request: SimRequest, random: Random): Fault {
    if (kind === 'request late') late.push({ atMs: time.nowMs + random.int(500, LATE_AT_MOST_MS), request });
    if (kind === 'database cut by the server') options.cutDatabase();
    return FAULTS[kind](random);
  }

  server.setFault((request) => {
    const random = randomOf(request);
    draws.set(request, random);
    server.requests.length = 0;
    if (!random.chance(weather.faults)) return undefined;
    const kind = pickKind(request, random);
    note(kind);
    return toFault(kind, request, random);
  });

  function account(apiKey: string): SimulatedAccount {
    return engine.accounts.get(apiKey)!;
  }

  return {
    url: server.url,
    engine,
    counts,
    account,
    setWeather(next) {
      weather = next ?? FINE;
      asked = new Map();
      if (!next) hiddenUntil.clear();
    },
    advanceTo(nowMs) {
      const due = late.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
      for (const { atMs, request } of due) {
        time.nowMs = atMs;
        face.handle(request);
      }
      late.splice(0, late.length, ...late.filter(({ atMs }) => atMs > nowMs));
      time.nowMs = nowMs;
    },
    setSkew: (skewMs) => {
      time.skewMs = skewMs;
    },
    tradeByHand(apiKey, { id, quantity, ...wish }) {
      return tried(() =>
        engine.place(account(apiKey), {
          ...wish,
          type: 'MARKET',
          quantity: new Amount(quantity),
          clientOrderId: id,
        }),
      );
    },
    cancelByHand(apiKey, random) {
      const open = engine.orders(account(apiKey)).filter((order: SimulatedOrder) => isOpen(order));
      if (open.length === 0) return false;
      return tried(() => engine.cancel(account(apiKey), random.pick(open)));
    },
    priceOf: (symbol) => midPrice(engine.market(symbol), clock.now()),
    stop: server.stop,
  };
}

/** Faults that take real time come less often. */
const SLOW: ReadonlySet<Kind> = new Set(['timeout', 'database cut by the server']);

function pickKind(request: SimRequest, random: Random): Kind {
  const kinds = request.method === 'GET' ? READING : CHANGING;
  const kind = random.pick(kinds);
  return SLOW.has(kind) && random.chance(0.6) ? 'reply dropped' : kind;
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

function shuffled<T>(rows: T[], random: Random): T[] {
  const mixed = [...rows];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
