import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from '../../db/client.ts';
import { AppError } from './app-error.ts';

const SIGN_IN_WINDOW_S = 900;
const FAILURES_PER_ACCOUNT = 10;
const FAILURES_PER_ADDRESS = 100;
const CALLS_PER_MINUTE = 1_200;
const TEST_MESSAGES = 10;
const TEST_WINDOW_S = 600;
const WRONG_PROOFS_PER_MINUTE = 60;

type Limits = {
  account: RateLimiterMemory;
  address: RateLimiterMemory;
  calls: RateLimiterMemory;
  tests: RateLimiterMemory;
  /** Signals of each webhook; how many are let in is its owner's choice. */
  signals: RateLimiterMemory;
  proofs: RateLimiterMemory;
  /** The last sign-in under way by key: they take turns, so that guesses sent all at once are counted one by one. */
  turns: Map<string, Promise<unknown>>;
};

/** One set of counters per process: what a memory counts needs no table, and an attack pays argon2's price anyway. */
const limitsByDb = new WeakMap<Db, Limits>();

function limitsOf(db: Db): Limits {
  const known = limitsByDb.get(db);
  if (known) return known;
  const made = {
    account: new RateLimiterMemory({ points: FAILURES_PER_ACCOUNT, duration: SIGN_IN_WINDOW_S }),
    address: new RateLimiterMemory({ points: FAILURES_PER_ADDRESS, duration: SIGN_IN_WINDOW_S }),
    calls: new RateLimiterMemory({ points: CALLS_PER_MINUTE, duration: 60 }),
    tests: new RateLimiterMemory({ points: TEST_MESSAGES, duration: TEST_WINDOW_S }),
    signals: new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 }),
    proofs: new RateLimiterMemory({ points: WRONG_PROOFS_PER_MINUTE, duration: 60 }),
    turns: new Map<string, Promise<unknown>>(),
  };
  limitsByDb.set(db, made);
  return made;
}

function tooMany(what: string, msBeforeNext: number): AppError {
  const retryAfterS = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  const wait =
    retryAfterS < 120 ? `${String(retryAfterS)} s` : `${String(Math.ceil(retryAfterS / 60))} minutes`;
  return new AppError('too_many', `${what} Try again in ${wait}.`, { retryAfterS });
}

async function requireRoom(limiter: RateLimiterMemory, key: string): Promise<void> {
  const used = await limiter.get(key);
  if (used && used.consumedPoints >= limiter.points)
    throw tooMany('Too many failed attempts.', used.msBeforeNext);
}

async function inTurn<T>(
  turns: Map<string, Promise<unknown>>,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const mine = (turns.get(key) ?? Promise.resolve()).then(work, work);
  turns.set(key, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === mine) turns.delete(key);
  }
}

/**
 * Returns what `attempt` returns; `undefined` counts as a failed sign-in of this e-mail from this address. Throws 429 once
 * there were ten within 15 minutes (or a hundred from the address). A success clears the account's count.
 */
export async function limitSignIns<T>(
  db: Db,
  who: { email: string; clientIp: string },
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const { account, address, turns } = limitsOf(db);
  const key = `${who.email.toLowerCase()} ${who.clientIp}`;
  return inTurn(turns, key, async () => {
    await requireRoom(account, key);
    await requireRoom(address, who.clientIp);
    const result = await attempt();
    if (result === undefined) {
      await account.penalty(key);
      await address.penalty(who.clientIp);
    } else {
      await account.delete(key);
    }
    return result;
  });
}

/** Counts one call of a token or session; throws 429 beyond 1,200 a minute. */
export function limitCalls(db: Db, caller: string): Promise<void> {
  return consume(limitsOf(db).calls, caller, 'Too many calls: 1,200 a minute are served.');
}

/** Counts one test message of a user; throws 429 beyond ten in ten minutes. */
export function limitTestMessages(db: Db, userId: string): Promise<void> {
  return consume(limitsOf(db).tests, userId, 'Ten test messages went out within ten minutes.');
}

/** Counts one signal of a webhook; throws 429 beyond `perMinute`. */
export async function limitSignals(db: Db, webhookId: string, perMinute: number): Promise<void> {
  const { consumedPoints, msBeforeNext } = await limitsOf(db).signals.consume(webhookId);
  if (consumedPoints > perMinute)
    throw tooMany(`This address takes ${String(perMinute)} signals a minute.`, msBeforeNext);
}

/**
 * Counts one post with a wrong secret from an address; throws 429 beyond 60 a minute. Nobody whose secret is right is
 * counted or kept out, whatever others at the same address do: there is nothing to guess in 256 random bits.
 */
export function limitWrongProofs(db: Db, clientIp: string): Promise<void> {
  return consume(limitsOf(db).proofs, clientIp, 'Too many posts with a wrong secret or signature.');
}

async function consume(limiter: RateLimiterMemory, key: string, refusal: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw tooMany(refusal, error.msBeforeNext);
    throw error;
  }
}
