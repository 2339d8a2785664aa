/** Follows a worker's sessions with Postgres, and lets one at a time ask something and have its answer (`turns.ts`). */
import { Socket } from 'node:net';
import { atRest, endTurn, takeTurn } from './turns.ts';

/** What an answer ends with: `ReadyForQuery`, or where only a description was asked for, that. */
type Answer = 'ready' | 'description';

export type Session = {
  socket: Socket;
  /** What Postgres has still to say, in this order. */
  expected: Answer[];
  isInTransaction: boolean;
  /** Its first answer ends the log-in. */
  isLoggedIn: boolean;
  hasTurn: boolean;
  /** What came of an answer that is not whole. */
  held: Buffer[];
  rest: Buffer;
};

/** Asked when an answer is whole, before the client sees it; returns whether it must not see it. */
export type AnswerListener = (session: Session) => boolean;

const sessions = new Map<Socket, Session>();
const listening: { onAnswer: AnswerListener } = { onAnswer: () => false };

export function onAnswer(listener: AnswerListener): void {
  listening.onAnswer = listener;
}

export const sessionOf = (socket: Socket): Session | undefined => sessions.get(socket);

/** Whether standing still would hold locks, or leave open when a statement was done. */
export const isBusy = () =>
  [...sessions.values()].some(
    ({ expected, isInTransaction, isLoggedIn }) => isInTransaction || (isLoggedIn && expected.length > 0),
  );

/** Resolves once the process has seen the end of every session that it had: for one whose sessions were all cut. */
export function allGone(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const isOpen = [...sessions.values()].some(({ isLoggedIn }) => isLoggedIn);
      if (isOpen) setImmediate(look);
      else atRest(resolve);
    };
    look();
  });
}

const [QUERY, SYNC, FLUSH] = [0x51, 0x53, 0x48];

/** Returns what Postgres will answer to what is written: messages may share a write or not, as the moment has it. */
export function readQuestions(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at + 5 <= bytes.length && bytes[at] !== 0; at += 1 + bytes.readInt32BE(at + 1)) {
    if (bytes[at] === QUERY || bytes[at] === SYNC) answers.push('ready');
    if (bytes[at] === FLUSH) answers.push('description');
  }
  return answers;
}

const [READY, ROWS, NO_ROWS, FAILURE] = [0x5a, 0x54, 0x6e, 0x45];

function hear(session: Session, data: Buffer): void {
  let rest = Buffer.concat([session.rest, data]);
  while (rest.length >= 5) {
    const end = 1 + rest.readInt32BE(1);
    if (rest.length < end) break;
    note(session, rest);
    rest = rest.subarray(end);
  }
  session.rest = rest;
}

function note(session: Session, message: Buffer): void {
  const [kind = 0] = message;
  const { expected } = session;
  if (kind === READY) {
    session.isInTransaction = message.toString('latin1', 5, 6) !== 'I';
    session.isLoggedIn = true;
    if (expected[0] === 'ready') expected.shift();
  }
  if (expected[0] === 'description' && [ROWS, NO_ROWS, FAILURE].includes(kind)) expected.shift();
}

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

function follow(socket: Socket): Session {
  const session: Session = {
    socket,
    expected: ['ready'],
    isInTransaction: false,
    isLoggedIn: false,
    hasTurn: false,
    held: [],
    rest: Buffer.alloc(0),
  };
  sessions.set(socket, session);
  const emit = socket.emit.bind(socket) as Emit;
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'data') return receive(session, args[0] as Buffer, emit);
    if (event === 'end' || event === 'close') handOver(session, emit);
    if (event === 'close') {
      sessions.delete(socket);
      session.expected = [];
      settle(session);
    }
    return emit(event, ...args);
  };
  return session;
}

/** Holds an answer back until it is whole; what nobody asked for, and the words of a log-in, pass. */
function receive(session: Session, data: Buffer, emit: Emit): boolean {
  const isPassed = !session.isLoggedIn || (session.expected.length === 0 && session.held.length === 0);
  hear(session, data);
  if (isPassed) {
    const isHeard = emit('data', data);
    settle(session);
    return isHeard;
  }
  session.held.push(data);
  if (session.expected.length === 0)
    atRest(() => {
      if (session.held.length > 0 && !listening.onAnswer(session)) handOver(session, emit);
      settle(session);
    });
  return true;
}

function handOver(session: Session, emit: Emit): void {
  const whole = Buffer.concat(session.held.splice(0));
  if (whole.length > 0) emit('data', whole);
}

/** Ends a session's turn, unless it goes on asking. */
function settle(session: Session): void {
  atRest(() => {
    if (!session.hasTurn || session.expected.length > 0 || session.held.length > 0) return;
    session.hasTurn = false;
    endTurn();
  });
}

/** Writes a session's questions once it is its turn; what asks nothing is written at once. */
export function writeInTurn(session: Session, questions: Answer[], write: () => void): void {
  const ask = () => {
    write();
    session.expected.push(...questions);
  };
  if (session.hasTurn || questions.length === 0) {
    ask();
    return;
  }
  takeTurn(() => {
    session.hasTurn = true;
    ask();
    if (session.socket.destroyed) {
      session.expected = [];
      settle(session);
    }
  });
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;

/** The port of `connect(port, …)`, `connect(options)`, and of both as Node hands them on. */
function portOf(args: unknown[]): number {
  const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  return Number(typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first);
}

/** Has every session with the database on `port` take turns, its log-in included. */
export function takeTurnsAt(port: number): void {
  const prototype = Socket.prototype as unknown as { connect: Connect };
  const { connect } = prototype;
  prototype.connect = function connectInTurn(...args) {
    if (portOf(args) !== port) return connect.apply(this, args);
    const session = follow(this);
    takeTurn(() => {
      session.hasTurn = true;
      if (this.destroyed) session.expected = [];
      else connect.apply(this, args);
      settle(session);
    });
    return this;
  };
}
