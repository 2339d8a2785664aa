import { createHash } from 'node:crypto';
import { countRepeat, insertSignal, releaseKey, type NewSignal } from '../../db/queries/webhook-signals.ts';
import {
  countWrongProof,
  findAddressedBot,
  lockTurn,
  takeTurn,
  type AddressedBot,
} from '../../db/queries/webhooks.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../../jobs/deps.ts';
import { PRIORITY } from '../../jobs/queues.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { toWebhookParams, type WebhookParams } from '../../jobs/trading/strategies/webhook.ts';
import { VaultError } from '../../jobs/vault.ts';
import { sentTime, signalInput, type SignalInput } from '../schemas/webhooks.ts';
import { parseInput, parseJson } from './api-input.ts';
import { AppError, refuseField } from './app-error.ts';
import { isId } from './ids.ts';
import { limitSignals, limitWrongProofs } from './rate-limits.server.ts';
import { isSameSecret, isSigned } from './signal-proof.ts';
import { openDecoy, openSecret } from './webhook-secret.ts';

/** A post to a webhook, as it came. */
export type Post = {
  webhookId: string;
  body: Buffer;
  signature: string | null;
  timestamp: string | null;
  clientIp: string;
};

/** What the sender is told: whether the signal was taken now, had been taken before, or was a test. */
export type Taken = { signalId: string; isDuplicate: boolean; isTest: boolean };

/** Clocks differ a little: a signal may come from so far ahead. */
const MAX_AHEAD_MS = 10_000;
const NOWHERE = '00000000-0000-0000-0000-000000000000';

/**
 * Takes a posted signal: written with the job that acts on it in one transaction, once however often it comes. Throws 400
 * for what is no JSON; 401 for a wrong secret or signature and for an address that leads nowhere, which are not told apart;
 * 429 beyond the bot's own limit; 409 while the bot does not run; 422 for a signal that is too old, or is none.
 */
export async function takeSignal(deps: Deps, post: Post): Promise<Taken> {
  const nowMs = deps.clock.now();
  const { secret, ...rest } = readObject(post.body);
  const { webhook, bot } = await requireProof(deps, post, secret);
  const params = toWebhookParams(bot.parameters);
  await limitSignals(deps.db, webhook.id, params.signals_per_minute);
  const input = readSignal(rest, params, post.timestamp);
  const taking = { webhook, bot, params, input, nowMs, key: keyOf(rest, input) };
  const taken = await deps.db.transaction((tx) => take(deps, tx, taking));
  if (taken instanceof AppError) throw taken;
  return taken;
}

function readObject(body: Buffer): Record<string, unknown> {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new AppError('malformed', 'Give a JSON object.');
  return json as Record<string, unknown>;
}

/** Both proofs are always tried, whatever the bot wants and whether there is one: all of it takes the same time. */
async function requireProof(deps: Deps, post: Post, given: unknown): Promise<AddressedBot> {
  const addressed = await findAddressedBot(deps.db, isId(post.webhookId) ? post.webhookId : NOWHERE);
  const secret = open(deps, addressed);
  const proofs = { secret: isSameSecret(given, secret), hmac: isSigned(post, secret) };
  if (addressed && proofs[toWebhookParams(addressed.bot.parameters).authentication]) return addressed;
  await limitWrongProofs(deps.db, post.clientIp);
  await countWrongProof(deps.db, addressed?.webhook.id ?? NOWHERE, deps.clock.now());
  const detail = 'There is no such address, or the secret or signature is wrong. Nothing was done.';
  throw new AppError('unauthenticated', detail);
}

function open({ vault, log }: Deps, addressed: AddressedBot | undefined): string {
  if (!addressed) return openDecoy(vault);
  try {
    return openSecret(vault, addressed.webhook);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    log.error({ botRunId: addressed.webhook.botRunId, err: error }, 'what proves signals does not open');
    return openDecoy(vault);
  }
}

type Signal = SignalInput & { sentAtMs: number | null };

/** A signature holds for ever, so what is signed must say when. */
function readSignal(rest: object, { authentication }: WebhookParams, timestamp: string | null): Signal {
  const input = parseInput(signalInput, rest);
  if (authentication === 'secret') return { ...input, sentAtMs: input.time ?? null };
  const signedAtMs = timestamp === null ? input.time : parseInput(sentTime, timestamp);
  if (signedAtMs === undefined)
    throw refuseField('time', 'A signed signal must say when it was sent: give a time, or X-Timestamp.');
  return { ...input, sentAtMs: signedAtMs };
}

type Key = { text: string; isOwn: boolean };

/** What makes two posts the same signal: the sender's own key, or all that they say but for the secret. */
function keyOf(rest: object, { id, sentAtMs }: Signal): Key {
  if (id !== undefined) return { text: `id:${id}`, isOwn: true };
  const said = JSON.stringify([rest, sentAtMs]);
  return { text: `body:${createHash('sha256').update(said).digest('hex')}`, isOwn: false };
}

type Taking = AddressedBot & { params: WebhookParams; input: Signal; nowMs: number; key: Key };

/** Returns a refusal rather than throwing it: what is refused is written down, too. */
async function take(deps: Deps, tx: Db, taking: Taking): Promise<Taken | AppError> {
  const { webhook, bot, params, input, nowMs, key } = taking;
  const { botRunId } = webhook;
  const actsAtMs = await lockTurn(tx, webhook.id, nowMs);
  const beforeMs = nowMs - params.maximum_age_s * 1_000 - MAX_AHEAD_MS;
  if (!key.isOwn) await releaseKey(tx, botRunId, { key: key.text, beforeMs });
  const repeated = await countRepeat(tx, botRunId, key.text);
  if (repeated !== undefined) return { signalId: repeated, isDuplicate: true, isTest: false };
  const signal = toNewSignal(taking, actsAtMs);
  const refusal = findRefusal(taking);
  if (refusal) {
    await insertSignal(tx, { ...signal, key: null, outcome: 'refused', detail: refusal.message });
    return refusal;
  }
  if (input.test) return { signalId: await insertTest(tx, signal), isDuplicate: false, isTest: true };
  const signalId = await insertSignal(tx, { ...signal, key: key.text });
  await takeTurn(tx, webhook.id, actsAtMs);
  const priority = input.action === 'SELL' ? PRIORITY.exit : PRIORITY[bot.mode];
  await deps.boss.enqueue(tx, 'act-on-signal', [{ payload: { signalId }, key: signalId, priority }]);
  return { signalId, isDuplicate: false, isTest: false };
}

function toNewSignal({ webhook, input, nowMs }: Taking, actsAtMs: number): NewSignal {
  return {
    botRunId: webhook.botRunId,
    key: null,
    action: input.action,
    receivedAtMs: nowMs,
    sentAtMs: input.sentAtMs,
    actsAtMs,
    price: input.price === undefined ? null : money(input.price),
    reason: input.reason === '' ? input.comment : input.reason,
    outcome: 'pending',
    detail: '',
  };
}

/** Writes a signal that is only a test: it is logged, and nothing follows from it. */
export function insertTest(tx: Db, signal: NewSignal): Promise<string> {
  return insertSignal(tx, { ...signal, key: null, outcome: 'test', detail: 'A test: nothing was done.' });
}

function findRefusal({ bot, params, input, nowMs }: Taking): AppError | undefined {
  const age = input.sentAtMs === null ? undefined : sayAge(input.sentAtMs, nowMs, params.maximum_age_s);
  if (age !== undefined) return refuseField('time', age);
  if (input.test || bot.status === 'RUNNING') return undefined;
  const why =
    bot.status === 'HALTED' ? `is halted: ${bot.haltReason ?? ''}` : `does not run (${bot.status}).`;
  return new AppError('conflict', `${bot.name} ${why} Nothing was done.`);
}

/** Returns why a signal's time is refused: a sentence. */
function sayAge(sentAtMs: number, nowMs: number, maximumAgeS: number): string | undefined {
  const ageMs = nowMs - sentAtMs;
  if (ageMs > maximumAgeS * 1_000)
    return `The signal is ${sayLength(ageMs)} old; at most ${String(maximumAgeS)} s are allowed.`;
  if (ageMs >= -MAX_AHEAD_MS) return undefined;
  return `The signal comes from ${sayLength(-ageMs)} ahead: the sender's clock, or this server's, is wrong.`;
}

/** From so many of it on, a unit gives way to the next. */
const UNITS = [
  { ms: 86_400_000, name: 'days' },
  { ms: 3_600_000, name: 'hours' },
  { ms: 60_000, name: 'minutes' },
];

function sayLength(ms: number): string {
  const unit = UNITS.find((each) => ms >= 2 * each.ms);
  return unit ? `${String(Math.floor(ms / unit.ms))} ${unit.name}` : `${String(Math.round(ms / 1_000))} s`;
}
