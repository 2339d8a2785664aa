/**
 * Counts the statements and requests that a worker writes to sockets and ends it, stops it for a while, or cuts a database
 * connection, at the one it was told. Loaded before everything else in a worker.
 */
import { readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { STALL_FD, type Blow, type StalledAt } from './protocol.ts';

type Chunk = string | Uint8Array | { chunk: string | Uint8Array }[];
type WriteArguments = [isMany: boolean, data: Chunk, encoding: string, done: () => void];
type Write = (this: Socket, ...args: WriteArguments) => unknown;
type Inner = { _writeGeneric: Write };

const ORDER_LINE = /^POST \/(api\/v3\/order|0\/private\/AddOrder)\b/;
/** How long a database gets to finish the statement whose connection is about to be cut, so that runs replay. */
const FINISH_MS = 30;

const state = { blow: null as Blow | null, writes: 0, sinceOrder: -1, hasFallen: false };
type WakeListener = (nowMs: number) => void;
const wake: { listener: WakeListener } = { listener: () => undefined };

/** Arms a blow for the step that begins, or none. */
export function beginStep(blow: Blow | null): void {
  Object.assign(state, { blow, writes: 0, sinceOrder: -1, hasFallen: false });
}

/** Disarms, and returns what happened since `beginStep`. */
export function endStep(): { writes: number; hasFallen: boolean } {
  const { writes, hasFallen } = state;
  state.blow = null;
  return { writes, hasFallen };
}

/** Has `listener` called with the time once the process goes on after a stop, before anything else. */
export function onWake(listener: WakeListener): void {
  wake.listener = listener;
}

function bytesOf(data: Chunk): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data as Uint8Array);
  return Buffer.concat(data.map(({ chunk }) => Buffer.from(chunk as Uint8Array)));
}

const [QUERY, SYNC] = [0x51, 0x53];

/** How many statements a write hands to Postgres: messages may share a write or not, as the moment has it. */
function countStatements(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at + 5 <= bytes.length && bytes[at] !== 0; at += 1 + bytes.readInt32BE(at + 1))
    if (bytes[at] === QUERY || bytes[at] === SYNC) count += 1;
  return count;
}

const isHttp = (text: string) => /^(GET|POST|PUT|DELETE) \//.test(text);

/** Sockets to Postgres whose session was last heard of inside a transaction. */
const inTransaction = new Set<Socket>();
const heard = new WeakSet<Socket>();

/** Follows a session's state by the `ReadyForQuery` that ends each answer. */
function listen(socket: Socket): void {
  if (heard.has(socket)) return;
  heard.add(socket);
  socket.prependListener('data', (data: Buffer) => {
    const end = data.toString('latin1', Math.max(0, data.length - 6));
    if (end === 'Z\0\0\0\u0005I') inTransaction.delete(socket);
    else if (end.startsWith('Z\0\0\0\u0005')) inTransaction.add(socket);
  });
  socket.once('close', () => inTransaction.delete(socket));
}

function isDue(blow: Blow, text: string): boolean {
  if (state.hasFallen || (blow.what === 'cut' && isHttp(text))) return false;
  // Who is stopped inside a transaction keeps its locks, and everybody waits until the database ends it.
  if (blow.what === 'stall' && inTransaction.size > 0) return false;
  const count = blow.from === 'any' ? state.writes : state.sinceOrder;
  return count >= blow.at;
}

function count(text: string, bytes: Buffer): void {
  const added = isHttp(text) ? 1 : countStatements(bytes);
  state.writes += added;
  if (ORDER_LINE.test(text) && state.sinceOrder < 0) state.sinceOrder = 0;
  else if (state.sinceOrder >= 0) state.sinceOrder += added;
}

const die = () => process.kill(process.pid, 'SIGKILL');
const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Stops this process here until it is told to go on, and what time it is by then. */
function stall(at: StalledAt): void {
  writeSync(STALL_FD, at);
  process.kill(process.pid, 'SIGSTOP');
  const text = Buffer.alloc(32);
  wake.listener(Number(text.toString('latin1', 0, readSync(STALL_FD, text))));
}

function kindOf(text: string): StalledAt {
  if (ORDER_LINE.test(text)) return 'order';
  return isHttp(text) ? 'request' : 'statement';
}

const inner = Socket.prototype as unknown as Inner;
const write = inner._writeGeneric;

/** Writes before or after the blow falls, or not at all where the connection is gone by then. */
function strike(blow: Blow, socket: Socket, args: WriteArguments): unknown {
  const [, data, , done] = args;
  state.hasFallen = true;
  const written = blow.when === 'after' ? write.apply(socket, args) : undefined;
  if (blow.what === 'kill') die();
  if (blow.what === 'stall') {
    stall(kindOf(headOf(bytesOf(data))));
    return blow.when === 'after' ? written : write.apply(socket, args);
  }
  if (blow.when === 'after') pause(FINISH_MS);
  socket.destroy();
  if (blow.when === 'before') process.nextTick(done);
  return undefined;
}

const headOf = (bytes: Buffer) => bytes.toString('latin1', 0, 40);

inner._writeGeneric = function counted(...args) {
  if (this.connecting || this.remotePort === undefined) return write.apply(this, args);
  const bytes = bytesOf(args[1]);
  const text = headOf(bytes);
  if (!isHttp(text)) listen(this);
  count(text, bytes);
  const { blow } = state;
  return blow && isDue(blow, text) ? strike(blow, this, args) : write.apply(this, args);
};
