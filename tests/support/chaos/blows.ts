/**
 * Counts the statements and requests that a worker writes to sockets and ends it, or cuts a database connection, at the one it was told.
 * Loaded before everything else in a worker.
 */
import { Socket } from 'node:net';
import type { Blow } from './protocol.ts';

type Chunk = string | Uint8Array | { chunk: string | Uint8Array }[];
type WriteArguments = [isMany: boolean, data: Chunk, encoding: string, done: () => void];
type Write = (this: Socket, ...args: WriteArguments) => unknown;
type Inner = { _writeGeneric: Write };

const ORDER_LINE = 'POST /api/v3/order';
/** How long a database gets to finish the statement whose connection is about to be cut, so that runs replay. */
const FINISH_MS = 30;

const state = { blow: null as Blow | null, writes: 0, sinceOrder: -1, hasFallen: false };

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

function isDue(blow: Blow, text: string): boolean {
  if (state.hasFallen || (blow.what === 'cut' && isHttp(text))) return false;
  const count = blow.from === 'any' ? state.writes : state.sinceOrder;
  return count >= blow.at;
}

function count(text: string, bytes: Buffer): void {
  const added = isHttp(text) ? 1 : countStatements(bytes);
  state.writes += added;
  if (text.startsWith(ORDER_LINE) && state.sinceOrder < 0) state.sinceOrder = 0;
  else if (state.sinceOrder >= 0) state.sinceOrder += added;
}

const die = () => process.kill(process.pid, 'SIGKILL');
const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const inner = Socket.prototype as unknown as Inner;
const write = inner._writeGeneric;

inner._writeGeneric = function counted(...args) {
  const [, data, , done] = args;
  if (this.connecting || this.remotePort === undefined) return write.apply(this, args);
  const bytes = bytesOf(data);
  const text = bytes.toString('latin1', 0, 40);
  count(text, bytes);
  const { blow } = state;
  if (!blow || !isDue(blow, text)) return write.apply(this, args);
  state.hasFallen = true;
  if (blow.when === 'after') write.apply(this, args);
  if (blow.what === 'kill') die();
  if (blow.when === 'after') pause(FINISH_MS);
  this.destroy();
  if (blow.when === 'before') process.nextTick(done);
  return undefined;
};
