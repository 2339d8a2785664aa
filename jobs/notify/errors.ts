/** A message did not go out. The text is fit for its owner's eyes and holds no secret; `isFinal`: trying again is of no use. */
export class NotifyError extends Error {
  readonly isFinal: boolean;
  constructor(message: string, { isFinal }: { isFinal: boolean }) {
    super(message);
    this.name = 'NotifyError';
    this.isFinal = isFinal;
  }
}

/** Returns the code of a failed connection or its cause (`ECONNREFUSED`), which holds no address and no secret. */
export function failureCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return failureCode(error.cause);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  ESOCKET: 'it cannot be reached',
  ECONNECTION: 'it cannot be reached',
  EDNS: 'its name could not be looked up',
};

/** Returns why a connection failed, in words. */
export function sayFailure(error: unknown): string {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return 'it did not answer within 5 s';
  const code = failureCode(error);
  return code === undefined ? 'the connection failed' : (WORDS[code] ?? `the connection failed (${code})`);
}
