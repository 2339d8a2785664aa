import type { FieldError } from '../schemas/views.ts';

const STATUS = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  refused: 422,
  too_many: 429,
  unavailable: 503,
} as const;

export type AppErrorCode = keyof typeof STATUS;

/** A refusal that the user is told about: the message says what was found and what to do, and holds no secret. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly status: number;
  readonly errors: FieldError[];
  readonly retryAfterS: number | undefined;
  constructor(
    code: AppErrorCode,
    message: string,
    options: { errors?: FieldError[]; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = STATUS[code];
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

/** Returns the refusal of one field: 422 with the message both as the whole and at its path. */
export function refuseField(path: string, message: string): AppError {
  return new AppError('refused', message, { errors: [{ path, message }] });
}

/** What a page shows of a refusal, next to the form that was refused. */
export type Refusal = { status: number; message: string; errors: FieldError[] };

/** Waits for a service and returns its refusal as data: for form actions. Anything but an `AppError` passes through. */
export async function attempt<T>(
  work: Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; refusal: Refusal }> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ok: false,
      refusal: { status: error.status, message: error.message, errors: error.errors },
    };
  }
}
