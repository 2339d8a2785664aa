/**
 * Counts the statements and requests that a worker writes to sockets and ends it, stops it for a while, or cuts a database
 * connection, at the one it was told. Loaded before everything else in a worker.
 */
import { createHash, type Hash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { STALL_FD, type Blow, type StalledAt, type StepReport } from './protocol.ts';
import { isBusy, onAnswer, readQuestions, sessionOf, writeInTurn, type Session } from './sessions.ts';

type Chunk = string | Uint8Array | { chunk: string | Uint8Array }[];
type WriteArguments = [isMany: boolean, data: Chunk, encoding: string, done: () => void];
type Write = (this: Socket, ...args: WriteArguments) => void;
type Inner = { _writeGeneric: Write };

const ORDER_LINE = /^POST \/(api\/v3\/order|0\/private\/AddOrder)\b/;
type State = { blow: Blow | null; writes: number; sinceOrder: number; hasFallen: boolean; words: Hash };
const atStart = (blow: Blow | null): State => {
  return { blow, writes: 0, sinceOrder: -1, hasFallen: false, words: createHash('sha256') };
};
const state = atStart(null);
type WakeListener = (nowMs: number) => void;
const wake: { listener: WakeListener } = { listener: () => undefined };

/** Arms a blow for the step that begins, or none. */
export function beginStep(blow: Blow | null): void {
  Object.assign(state, atStart(blow));
}

/** Disarms, and returns what happened since `beginStep`. */
export function endStep(): Omit<StepReport, 'error'> {
  const { writes, hasFallen, words } = state;
  state.blow = null;
  pending = undefined;
  return { writes, hasFallen, words: words.copy().digest('hex').slice(0, 8) };
}

/** Has `listener` called with the time once the process goes on after a stop, before anything else. */
export function onWake(listener: WakeListener): void {
  wake.listener = listener;
}

function bytesOf(data: Chunk): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data as Uint8Array);
  return Buffer.concat(data.map(({ chunk }) => Buffer.from(chunk as Uint8Array)));
}

const isHttp = (text: string) => /^(GET|POST|PUT|DELETE) \//.test(text);

/** The blow that falls once its statement is answered, before the client has seen the answer. */
let pending: { blow: Blow; socket: Socket } | undefined;

onAnswer(({ socket }) => pending?.socket === socket && land(pending.blow));

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
function strike(blow: Blow, socket: Socket, args: WriteArguments): void {
  const [, data, , done] = args;
  const text = headOf(bytesOf(data));
  const isAfter = blow.when === 'after';
  state.hasFallen = true;
  if (isAfter && !isHttp(text)) {
    pending = { blow, socket };
    write.apply(socket, args);
    return;
  }
  if (isAfter) write.apply(socket, args);
  if (blow.what === 'kill') die();
  if (blow.what === 'stall') {
    stall(kindOf(text));
    if (!isAfter) write.apply(socket, args);
    return;
  }
  socket.destroy();
  process.nextTick(done);
}

const headOf = (bytes: Buffer) => bytes.toString('latin1', 0, 40);

/** Counts a write when it is made, and has the blow fall on it that is due. */
function counted(socket: Socket, args: WriteArguments, statements: number): void {
  const bytes = bytesOf(args[1]);
  const text = headOf(bytes);
  count(text, isHttp(text) ? 1 : statements);
  note(socket, bytes);
  const { blow } = state;
  if (blow !== null && isDue(blow, text)) strike(blow, socket, args);
  else write.apply(socket, args);
}

/** Errors that are written down name the address that could not be reached, whose port is another in each run. */
const ADDRESS = /127\.0\.0\.1:\d+/g;

/** Of requests, what differs from run to run is left out: what follows the path, as times and signatures. */
function note(socket: Socket, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  if (isHttp(text)) state.words.update(/^[^? ]* [^? ]*/.exec(text)?.[0] ?? '');
  else if (sessionOf(socket)?.isLoggedIn) state.words.update(text.replace(ADDRESS, 'here'));
}

inner._writeGeneric = function struck(...args) {
  const isPassed = this.connecting || this.remotePort === undefined;
  const session = isPassed ? undefined : sessionOf(this);
  if (isPassed) write.apply(this, args);
  else if (session) askInTurn(session, args);
  else counted(this, args, 0);
};

function askInTurn(session: Session, args: WriteArguments): void {
  const questions = readQuestions(bytesOf(args[1]));
  const statements = questions.filter((question) => question === 'ready').length;
  writeInTurn(session, questions, () => counted(session.socket, args, statements));
}
