import type { SimReply, SimRequest } from '../exchange-simulator/server.ts';
import type { Exchange } from './protocol.ts';
import type { Random } from './random.ts';

/** What a campaign needs to know of a protocol to disturb it. Orders go by the engine's own ids. */
export type Dialect = {
  /** Whether a request places or cancels an order. */
  changes(request: SimRequest): 'place' | 'cancel' | undefined;
  apiKeyOf(request: SimRequest): string;
  isRefusal(reply: SimReply): boolean;
  /** The order that a request placed. */
  placedId(reply: SimReply): number | undefined;
  /** The reply without what is not visible yet. */
  conceal(request: SimRequest, reply: SimReply, isHidden: (orderId: number) => boolean): SimReply;
  /** The reply with its rows out of order, and repeated where the protocol lets a row come twice; `undefined` without rows. */
  mixUp(request: SimRequest, reply: SimReply, random: Random): SimReply | undefined;
};

const header = (request: SimRequest, name: string) => String(request.headers[name] ?? '');

type BinanceRow = { orderId: number };
const BINANCE_LISTS = new Set(['/api/v3/openOrders', '/api/v3/allOrders', '/api/v3/myTrades']);

const binance: Dialect = {
  changes({ method, path }) {
    if (path !== '/api/v3/order' || method === 'GET') return undefined;
    return method === 'POST' ? 'place' : 'cancel';
  },
  apiKeyOf: (request) => header(request, 'x-mbx-apikey'),
  isRefusal: ({ status }) => status >= 400,
  placedId: ({ status, body }) => (status === 200 ? (body as BinanceRow).orderId : undefined),
  conceal({ method, path }, reply, isHidden) {
    if (method !== 'GET' || reply.status !== 200) return reply;
    if (path === '/api/v3/order' && isHidden((reply.body as BinanceRow).orderId))
      return { status: 400, body: { code: -2013, msg: 'Order does not exist.' } };
    if (!BINANCE_LISTS.has(path)) return reply;
    return { ...reply, body: (reply.body as BinanceRow[]).filter((row) => !isHidden(row.orderId)) };
  },
  mixUp({ path }, reply, random) {
    if (!BINANCE_LISTS.has(path) || reply.status !== 200) return undefined;
    const rows = reply.body as BinanceRow[];
    if (rows.length === 0) return undefined;
    return { ...reply, body: shuffled([...rows, random.pick(rows)], random) };
  },
};

type KrakenResult = { error: string[]; result?: Record<string, unknown> };
type KrakenRows = Record<string, { ordertxid?: string }>;
/** Which part of a result holds its rows, keyed by the id of an order or a trade. */
const KRAKEN_LISTS: Readonly<Record<string, string>> = {
  '/0/private/OpenOrders': 'open',
  '/0/private/ClosedOrders': 'closed',
  '/0/private/TradesHistory': 'trades',
};
const numberOf = (id: string) => Number(id.split('-').at(-1));

/** Gives back the reply with other rows in the list that it holds. */
function withRows(
  { path }: SimRequest,
  reply: SimReply,
  change: (rows: [string, { ordertxid?: string }][]) => [string, unknown][] | undefined,
): SimReply | undefined {
  const list = KRAKEN_LISTS[path];
  const { result } = reply.body as KrakenResult;
  if (list === undefined || !result) return undefined;
  const rows = change(Object.entries(result[list] as KrakenRows));
  if (!rows) return undefined;
  return { ...reply, body: { error: [], result: { ...result, [list]: Object.fromEntries(rows) } } };
}

const kraken: Dialect = {
  changes({ path }) {
    if (path === '/0/private/AddOrder') return 'place';
    return path === '/0/private/CancelOrder' ? 'cancel' : undefined;
  },
  apiKeyOf: (request) => header(request, 'api-key'),
  isRefusal: ({ body }) => (body as KrakenResult).error.length > 0,
  placedId({ body }) {
    const [id] = ((body as KrakenResult).result?.['txid'] ?? []) as string[];
    return id === undefined ? undefined : numberOf(id);
  },
  conceal(request, reply, isHidden) {
    const { result } = reply.body as KrakenResult;
    if (
      request.path === '/0/private/QueryOrders' &&
      Object.keys(result ?? {}).some((id) => isHidden(numberOf(id)))
    )
      return { ...reply, body: { error: ['EOrder:Unknown order'] } };
    const visible = withRows(request, reply, (rows) =>
      rows.filter(([id, row]) => !isHidden(numberOf(row.ordertxid ?? id))),
    );
    return visible ?? reply;
  },
  mixUp: (request, reply, random) =>
    withRows(request, reply, (rows) => (rows.length < 2 ? undefined : shuffled(rows, random))),
};

export const DIALECTS: Readonly<Record<Exchange, Dialect>> = { binance, kraken };

function shuffled<T>(rows: readonly T[], random: Random): T[] {
  const mixed = [...rows];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
