/** Work that did not end in time. It may still end later; nobody waits for it any more. */
export class DeadlineError extends Error {
  constructor(ms: number) {
    super(`No answer within ${String(ms / 1_000)} s.`);
    this.name = 'DeadlineError';
  }
}

/** Returns what `work` resolves to; throws `DeadlineError` when that takes longer than `ms`. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DeadlineError(ms));
    }, ms);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
