import { ExchangeError } from './errors.ts';
import { toRetryAfterMs } from './exchange-reply.ts';
import type { AccountGateway, MarketDataGateway } from './gateway.ts';
import { pauseOfStatus, pauseOfWords } from './pause-length.ts';
import { readWeight, type Weight } from './weight.ts';

/** What is known of one account (its id), or of a venue's public side (`venue:<exchange id>`). */
export type HealthFacts = {
  latencyMs?: number;
  weight?: Weight;
  clockOffsetMs?: number;
  okAtMs?: number;
  error?: { atMs: number; message: string };
};

export type Subject = { key: string; venue: string };

/** Where all processes keep what they know of accounts and venues. */
export type HealthStore = {
  /** Until when whom may not be called, of all bans that stand at `nowMs`. */
  listBans(nowMs: number): Promise<ReadonlyMap<string, number>>;
  /** Resolves once every other process can see it. A longer ban is never shortened. */
  ban(subject: Subject, ban: { untilMs: number; reason: string; atMs: number }): Promise<void>;
  note(subject: Subject, facts: HealthFacts): Promise<void>;
};

/** Stands at the door of a connection: asked before each request, told of each reply. */
export type Traffic = {
  /** Throws `ExchangeError('rate-limited')` while requests may not leave. */
  beforeSend(): Promise<void>;
  onReply(reply: { status: number; headers: Headers; tookMs: number }): Promise<void>;
  /** The venue asked for a pause in words alone. Resolves once every other process can see it. */
  onLimited(words: string): Promise<void>;
};

export type BanGuard = {
  traffic(subject: Subject): Traffic;
  /** The account, refusing every call while the account is shut out, and noting how its calls go. */
  guardAccount(gateway: AccountGateway, subject: Subject): AccountGateway;
  /** Market data, noting how calls go. What is in memory is served during a ban too; `traffic` keeps requests in. */
  guardMarketData(gateway: MarketDataGateway, subject: Subject): MarketDataGateway;
};

export type BanGuardOptions = {
  store: HealthStore;
  clock: { now(): number };
  /** What could not be written down: the calls go on. */
  onError: (error: unknown) => void;
};

/** A ban made by another process is seen after at most this. */
const REFRESH_MS = 250;
/** A venue that asks for more is asked again then. */
const LONGEST_BAN_MS = 3 * 86_400_000;
/** What a process sees of a subject is written down at most this often. */
const NOTE_EVERY_MS = 3_000;
const LATENCIES = 21;

/** Keeps every process from calling an account or venue that asked for a pause, until that has passed. */
export function createBanGuard(options: BanGuardOptions): BanGuard {
  const bans = createBanMemory(options);
  const notebook = createNotebook(options);
  const noted = async <T>(subject: Subject, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ExchangeError && isVenuesFault(error))
        notebook.note(subject, { error: { atMs: options.clock.now(), message: error.message } });
      throw error;
    }
  };
  return {
    traffic: (subject) => createTraffic(subject, { ...options, bans, notebook }),
    guardAccount: (gateway, subject) =>
      aroundEach(gateway, (call) =>
        noted(subject, async () => {
          await bans.requireFree(subject);
          return call();
        }),
      ),
    guardMarketData: (gateway, subject) => ({
      ...aroundEach(gateway, (call) => noted(subject, call)),
      fetchCandles: (query) =>
        noted(subject, async () => {
          const candles = await gateway.fetchCandles(query);
          notebook.note(subject, { clockOffsetMs: await gateway.clockOffsetMs() });
          return candles;
        }),
    }),
  };
}

/** A refusal of one order says nothing of the account, and our own pause nothing that is not known. */
function isVenuesFault(error: ExchangeError): boolean {
  return error.kind !== 'rejected' && error.kind !== 'insufficient-funds' && !(error.cause instanceof Paused);
}

/** Marks the errors that this guard itself throws. */
class Paused extends Error {}

/** Returns a gateway each of whose calls goes through `around`. */
function aroundEach<G extends object>(gateway: G, around: (call: () => Promise<unknown>) => unknown): G {
  const entries = Object.entries(gateway).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value] as const;
    const method = value as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => around(() => method.apply(gateway, args))] as const;
  });
  return Object.fromEntries(entries) as G;
}

type BanMemory = {
  requireFree(subject: Subject): Promise<void>;
  add(subject: Subject, ban: { untilMs: number; reason: string }): Promise<void>;
};

function createBanMemory({ store, clock }: BanGuardOptions): BanMemory {
  const bans = new Map<string, number>();
  let readAtMs = -Infinity;
  let reading: Promise<void> | undefined;

  const keep = (key: string, untilMs: number) => bans.set(key, Math.max(untilMs, bans.get(key) ?? 0));
  const read = async () => {
    const startedAtMs = performance.now();
    for (const [key, untilMs] of bans) if (untilMs <= clock.now()) bans.delete(key);
    for (const [key, untilMs] of await store.listBans(clock.now())) keep(key, untilMs);
    readAtMs = startedAtMs;
  };
  const refresh = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    async requireFree({ key, venue }) {
      if (performance.now() - readAtMs > REFRESH_MS) {
        await refresh().catch((error: unknown) => {
          const words = `${venue}: not called, since it could not be looked up whether it asked for a pause.`;
          throw new ExchangeError('transient', words, { cause: error });
        });
      }
      const leftMs = (bans.get(key) ?? 0) - clock.now();
      if (leftMs <= 0) return;
      const until = new Date(clock.now() + leftMs).toISOString().slice(11, 19);
      const words = `${venue} asked for a pause: nothing is sent to it before ${until} UTC.`;
      throw new ExchangeError('rate-limited', words, { retryAfterMs: leftMs, cause: new Paused() });
    },
    async add(subject, ban) {
      keep(subject.key, ban.untilMs);
      await store.ban(subject, { ...ban, atMs: clock.now() });
    },
  };
}

type Notebook = { note(subject: Subject, facts: HealthFacts): void };

/** Collects facts, and writes them down for each subject every few seconds. */
function createNotebook({ store, onError }: BanGuardOptions): Notebook {
  const waiting = new Map<string, { subject: Subject; facts: HealthFacts }>();
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    timer = undefined;
    for (const { subject, facts } of waiting.values()) store.note(subject, facts).catch(onError);
    waiting.clear();
  };
  return {
    note(subject, facts) {
      const known = waiting.get(subject.key)?.facts;
      waiting.set(subject.key, { subject, facts: { ...known, ...facts } });
      timer ??= setTimeout(write, NOTE_EVERY_MS).unref();
    },
  };
}

type TrafficParts = BanGuardOptions & { bans: BanMemory; notebook: Notebook };

function createTraffic(subject: Subject, { bans, notebook, clock, onError }: TrafficParts): Traffic {
  const latencies: number[] = [];
  const pause = async (asked: { ms: number; reason: string } | undefined) => {
    if (!asked) return;
    const untilMs = clock.now() + Math.min(asked.ms, LONGEST_BAN_MS);
    await bans.add(subject, { untilMs, reason: asked.reason }).catch(onError);
  };
  return {
    beforeSend: () => bans.requireFree(subject),
    async onReply({ status, headers, tookMs }) {
      latencies.push(tookMs);
      if (latencies.length > LATENCIES) latencies.shift();
      const weight = readWeight(subject.venue, headers, clock.now());
      const isOk = status < 400;
      notebook.note(subject, {
        latencyMs: median(latencies),
        ...(weight ? { weight } : {}),
        ...(isOk ? { okAtMs: clock.now() } : {}),
      });
      const retryAfterMs = toRetryAfterMs(headers.get('retry-after'));
      await pause(pauseOfStatus(subject.venue, { status, retryAfterMs }));
    },
    onLimited: (words) => pause(pauseOfWords(subject.venue, words, clock.now())),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
