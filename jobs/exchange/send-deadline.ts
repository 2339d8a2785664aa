import { AsyncLocalStorage } from 'node:async_hooks';
import { ExchangeError } from './errors.ts';

const deadline = new AsyncLocalStorage<number>();

/** Runs `work`; none of its requests leaves after `atMs`, however long they wait for their turn. */
export function sendingBefore<T>(atMs: number | undefined, work: () => Promise<T>): Promise<T> {
  return atMs === undefined ? work() : deadline.run(atMs, work);
}

/**
 * Throws a `transient` error, nothing having been done, when the request at hand has waited past its deadline. Called last
 * before a request leaves.
 */
export function checkDeadline(nowMs: number): void {
  const atMs = deadline.getStore();
  if (atMs === undefined || nowMs <= atMs) return;
  throw new ExchangeError('transient', 'It waited too long for its turn among the requests of this account.');
}
