/**
 * What went wrong, named by what the caller does about it.
 *
 * transient           nothing was done; try again with backoff
 * rate-limited        nothing was done; try again after `retryAfterMs`
 * rejected            the venue refused for good; tell the user why
 * insufficient-funds  the venue refused for want of balance; tell the user
 * auth                the key does not work; tell the user, do not retry until it is replaced
 * unknown-outcome     the request may have been carried out: look before doing anything again
 */
export type ExchangeErrorKind =
  'transient' | 'rate-limited' | 'rejected' | 'insufficient-funds' | 'auth' | 'unknown-outcome';

/** A failed call to a venue. The message is fit for a user's eyes and holds no secret. */
export class ExchangeError extends Error {
  readonly kind: ExchangeErrorKind;
  readonly retryAfterMs: number | undefined;
  constructor(
    kind: ExchangeErrorKind,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ExchangeError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}
