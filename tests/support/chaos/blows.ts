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
  pending = undefined;
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

/** A session of Postgres: statements without an answer, whether it is in a transaction, and where its answers are at. */
type Session = { outstanding: number; isInTransaction: boolean; rest: Buffer };

const sessions = new Map<Socket, Session>();
const READY = 0x5a;

/** Follows a session by the `ReadyForQuery` that ends each answer. */
function hear(session: Session, data: Buffer): void {
  let rest = Buffer.concat([session.rest, data]);
  while (rest.length >= 5) {
    const end = 1 + rest.readInt32BE(1);
    if (rest.length < end) break;
    if (rest[0] === READY) {
      session.outstanding = Math.max(0, session.outstanding - 1);
      session.isInTransaction = rest.toString('latin1', 5, 6) !== 'I';
    }
    rest = rest.subarray(end);
  }
  session.rest = rest;
}

/** The blow that falls once its statement is answered, before the client has seen the answer. */
let pending: { blow: Blow; socket: Socket } | undefined;

function sessionOf(socket: Socket): Session {
  const known = sessions.get(socket);
  if (known) return known;
  const session = { outstanding: 0, isInTransaction: false, rest: Buffer.alloc(0) };
  sessions.set(socket, session);
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'close') sessions.delete(socket);
    if (event !== 'data') return emit(event, ...args);
    hear(session, args[0] as Buffer);
    return (
      (pending?.socket === socket && session.outstanding === 0 && land(pending.blow)) || emit(event, ...args)
    );
  };
  return session;
}

/** Lets a blow fall at an answer; returns whether the client must not see it. */
function land(blow: Blow): boolean {
  const socket = pending?.socket;
  pending = undefined;
  if (blow.what === 'kill') die();
  if (blow.what === 'cut') return socket?.destroy() !== undefined;
  if (isBusy()) state.hasFallen = false;
  else stall('statement');
  return false;
}

/** Whether standing still would hold locks, or leave open when a statement was done. */
const isBusy = () =>
  [...sessions.values()].some(({ outstanding, isInTransaction }) => outstanding > 0 || isInTransaction);

function isDue(blow: Blow, text: string): boolean {
  if (state.hasFallen || (blow.what === 'cut' && isHttp(text))) return false;
  // Who is stopped inside a transaction keeps its locks, and everybody waits until the database ends it.
  if (blow.what === 'stall' && isBusy()) return false;
  const count = blow.from === 'any' ? state.writes : state.sinceOrder;
  return count >= blow.at;
}

function count(text: string, added: number): void {
  state.writes += added;
  if (ORDER_LINE.test(text) && state.sinceOrder < 0) state.sinceOrder = 0;
  else if (state.sinceOrder >= 0) state.sinceOrder += added;
}

const die = () => process.kill(process.pid, 'SIGKILL');

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
  const text = headOf(bytesOf(data));
  state.hasFallen = true;
  if (blow.when === 'after' && !isHttp(text)) {
    pending = { blow, socket };
    return write.apply(socket, args);
  }
  const written = blow.when === 'after' ? write.apply(socket, args) : undefined;
  if (blow.what === 'kill') die();
  if (blow.what === 'stall') {
    stall(kindOf(text));
    return blow.when === 'after' ? written : write.apply(socket, args);
  }
  socket.destroy();
  process.nextTick(done);
  return undefined;
}

const headOf = (bytes: Buffer) => bytes.toString('latin1', 0, 40);

inner._writeGeneric = function counted(...args) {
  if (this.connecting || this.remotePort === undefined) return write.apply(this, args);
  const bytes = bytesOf(args[1]);
  const text = headOf(bytes);
  const added = isHttp(text) ? 1 : countStatements(bytes);
  count(text, added);
  const { blow } = state;
  const isStruck = blow !== null && isDue(blow, text);
  if (!isHttp(text)) sessionOf(this).outstanding += added;
  return isStruck ? strike(blow, this, args) : write.apply(this, args);
};
