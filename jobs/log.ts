import { pino, stdSerializers, type Bindings, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

const SECRET_KEY =
  /pass(word|phrase)|secret|token|api_?key|authorization|cookie|encrypt|signature|session_?id|^iv_|^x-mbx-apikey$/i;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi;
const SECRET_PARAMETER =
  /\b(signature|api_?key|secret|token|password|passphrase|authorization)(["']?\s*[=:]\s*["']?)[^\s&"',}]+/gi;
const MAX_DEPTH = 6;
const HIDDEN = '[hidden]';

function redactText(text: string): string {
  return text.replace(URL_PASSWORD, `$1:${HIDDEN}@`).replace(SECRET_PARAMETER, `$1$2${HIDDEN}`);
}

function redactEntries(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, entry]: [string, unknown]) => {
    const isHidden = SECRET_KEY.test(key) && (typeof entry === 'string' || typeof entry === 'object');
    return [key, isHidden ? HIDDEN : redactAt(entry, depth + 1)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function isSerializable(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function redactAt(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) {
    const { type, message, stack } = stdSerializers.err(value);
    return redactEntries({ ...Object.fromEntries(Object.entries(value)), type, message, stack }, depth);
  }
  if (Array.isArray(value)) return value.map((entry) => redactAt(entry, depth + 1));
  if (isSerializable(value)) return redactAt(value.toJSON(), depth + 1);
  return redactEntries(value, depth);
}

/** Returns `value` as it may be written down: what its key or its form shows to be a secret is hidden. */
export function redact(value: unknown): unknown {
  return redactAt(value, 0);
}

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

function toPlainLine(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as { level: number; time: number; msg?: string };
  const clock = new Date(time).toISOString().slice(11, 19);
  const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  return `${clock} ${(LEVELS[level] ?? 'trace').padEnd(5)} ${msg ?? ''}${details}\n`;
}

/** A destination for people: one short line per record instead of JSON. */
export function toTerminal(stream: { write(text: string): unknown }): DestinationStream {
  return { write: (line: string) => void stream.write(toPlainLine(line)) };
}

/** Returns a logger whose records, messages included, hold no secret. Writes JSON lines to stdout unless told otherwise. */
export function createLog({ level, destination }: { level: string; destination?: DestinationStream }): Log {
  const log = pino(
    {
      level,
      base: null,
      serializers: { err: (error: unknown) => error },
      formatters: { log: (record) => redact(record) as Record<string, unknown> },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg)) as typeof args,
          );
        },
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called below on the logger that asks for a child
  const createChild = log.child;
  log.child = function (this: Log, bindings, options) {
    return createChild.call(this, redact(bindings) as Bindings, options);
  } as Log['child'];
  return log;
}
