import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as faces and fault rules see it. `raw` is what was signed: query and body as they came. */
export type SimRequest = {
  method: string;
  path: string;
  query: string;
  body: string;
  params: Readonly<Record<string, string>>;
  headers: IncomingMessage['headers'];
};

export type SimReply = { status: number; body: unknown; headers?: Record<string, string> };

/** One protocol in front of the engine. */
export type Face = { handle(request: SimRequest): SimReply };

/**
 * What a test lets go wrong with a request. `drop-request`: the connection ends before anything is done; `drop-reply`:
 * after it was done; `truncate`: the reply's second half is missing; `reply`: another reply in place of handling, or
 * after it with `isHandled`; `delay`: answers later, once `after` is over; `hold`: is handled later, as if the request had been long on its way.
 */
export type Fault =
  | { type: 'drop-request' }
  | { type: 'drop-reply' }
  | { type: 'truncate' }
  | { type: 'reply'; status: number; body?: string; headers?: Record<string, string>; isHandled?: boolean }
  | { type: 'delay'; ms: number; after?: Promise<unknown> }
  | { type: 'hold'; ms: number };

export type FaultRule = (request: SimRequest) => Fault | undefined;
export type LoggedRequest = SimRequest & { timeMs: number; status: number | 'dropped' };

export type FaceServer = {
  url: string;
  requests: LoggedRequest[];
  setFault: (rule: FaultRule | undefined) => void;
  stop: () => Promise<void>;
};

export async function serveFace(face: Face, options: { now(): number; port?: number }): Promise<FaceServer> {
  const requests: LoggedRequest[] = [];
  let rule: FaultRule | undefined;
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const fault = rule?.(request);
    const entry: LoggedRequest = { ...request, timeMs: options.now(), status: 'dropped' };
    requests.push(entry);
    await wait(fault, 'hold');
    const reply = isHandled(fault) ? face.handle(request) : undefined;
    if (fault?.type.startsWith('drop')) return void outgoing.destroy();
    await wait(fault, 'delay');
    entry.status = send(outgoing, fault?.type === 'reply' ? toText(fault) : printed(reply, fault));
  }
  // A client never finds a connection gone, unless a fault has it so.
  server.keepAliveTimeout = 0;
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    setFault: (next) => {
      rule = next;
    },
    stop: () => close(server),
  };
}

async function wait(fault: Fault | undefined, type: 'delay' | 'hold'): Promise<void> {
  if (fault?.type !== type) return;
  if (fault.type === 'delay') await fault.after;
  await new Promise((resolve) => setTimeout(resolve, fault.ms));
}

function isHandled(fault: Fault | undefined): boolean {
  return fault?.type !== 'drop-request' && (fault?.type !== 'reply' || fault.isHandled === true);
}

type TextReply = { status: number; text: string; headers: Record<string, string> };

function toText({ status, body = '', headers = {} }: Extract<Fault, { type: 'reply' }>): TextReply {
  return { status, text: body, headers };
}

function printed(reply: SimReply | undefined, fault: Fault | undefined): TextReply {
  const { status, body, headers = {} } = reply ?? { status: 500, body: {} };
  const whole = JSON.stringify(body);
  return {
    status,
    headers,
    text: fault?.type === 'truncate' ? whole.slice(0, Math.floor(whole.length / 2)) : whole,
  };
}

function send(outgoing: ServerResponse, { status, text, headers }: TextReply): number {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(text);
  return status;
}

async function readRequest(incoming: IncomingMessage): Promise<SimRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const query = url.search.slice(1);
  const params = Object.fromEntries([...new URLSearchParams(query), ...new URLSearchParams(body)]);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query,
    body,
    params,
    headers: incoming.headers,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
