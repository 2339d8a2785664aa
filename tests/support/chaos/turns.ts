/**
 * Lets a worker talk to one server at a time. Which of several answers comes first is a matter of real time, and with it
 * all that a process does next; where only one can come, what it does follows from what it was told.
 *
 * Whoever wants to ask something waits for its turn: first come, first served. A turn is over once the answer was handed to
 * who asked, and the process has come to rest after it.
 */

const waiting: (() => void)[] = [];
let isTaken = false;

/** Has `begin` called once it is its turn; `endTurn` must follow. */
export function takeTurn(begin: () => void): void {
  waiting.push(begin);
  advance();
}

export function endTurn(): void {
  isTaken = false;
  advance();
}

function advance(): void {
  if (isTaken) return;
  const next = waiting.shift();
  if (!next) return;
  isTaken = true;
  next();
}

/** More than any client passes through between an answer and what it asks next. */
const ROUNDS_TO_REST = 6;

/** Has `act` called once the process has done all that it can do without an answer from elsewhere. */
export function atRest(act: () => void): void {
  let left = ROUNDS_TO_REST;
  const pass = () => {
    left -= 1;
    if (left < 0) act();
    else setImmediate(pass);
  };
  pass();
}

/** Does some work within one turn. What comes of it is handed over once everything else rests. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  await new Promise<void>(takeTurn);
  try {
    return await work();
  } finally {
    await new Promise<void>(atRest);
    atRest(endTurn);
  }
}
