import { randomUUID } from 'node:crypto';
import { findBotRun, type BotRun } from '../../db/queries/bots.ts';
import { listSignals, type ListedSignal } from '../../db/queries/webhook-signals.ts';
import {
  findWebhookOfBot,
  insertWebhook,
  markRevealed,
  renewSecret,
  type Webhook,
} from '../../db/queries/webhooks.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../../jobs/deps.ts';
import { toWebhookParams, WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import { VaultError } from '../../jobs/vault.ts';
import type { AppContext } from '../context.server.ts';
import type { BotView } from '../schemas/views.ts';
import type { SignalView, WebhookView } from '../schemas/webhook-views.ts';
import { AppError } from './app-error.ts';
import { iso, isoOrNull } from './bot-views.ts';
import { notFound, requireId } from './ids.ts';
import { limitSignals } from './rate-limits.server.ts';
import { insertTest } from './take-signal.server.ts';
import { makeSecret, openSecret } from './webhook-secret.ts';

const SIGNALS = 20;

/** Gives a new bot its address, with a secret that nobody has seen. */
export async function createWebhook(
  { vault }: Pick<Deps, 'vault'>,
  tx: Db,
  { id: botRunId, userId }: Pick<BotRun, 'id' | 'userId'>,
): Promise<void> {
  const id = randomUUID();
  const { sealed } = makeSecret(vault, { id, userId });
  await insertWebhook(tx, { id, userId, botRunId, secret: sealed });
}

/** Returns where signals are posted to. `base` is the public origin of this server. */
export function webhookUrl(base: string, webhookId: string): string {
  return new URL(`/webhooks/${webhookId}`, base).href;
}

/** Returns this server's origin, as its callers know it. */
export function publicOrigin(request: Request, { settings }: Pick<AppContext, 'settings'>): string {
  return settings.origin ?? new URL(request.url).origin;
}

async function getWebhook(deps: Deps, userId: string, botRunId: string): Promise<Webhook> {
  const webhook = await findWebhookOfBot(deps.db, userId, requireId(botRunId, 'bot'));
  if (!webhook) throw notFound('webhook');
  return webhook;
}

/** Returns the address and the secret of a bot, once: 409 when it was shown before, 404 for another user's bot. */
export async function revealSecret(
  deps: Deps,
  userId: string,
  botRunId: string,
): Promise<{ webhookId: string; secret: string }> {
  const webhook = await getWebhook(deps, userId, botRunId);
  const secret = tryOpen(deps, webhook);
  if (!(await markRevealed(deps.db, webhook.id, deps.clock.now())))
    throw new AppError('conflict', 'The secret was shown before. Make a new one to see it.');
  return { webhookId: webhook.id, secret };
}

/** Returns what `revealSecret` does for a bot just started that acts on posted signals; `undefined` for another. */
export async function revealNewSecret(
  deps: Deps,
  userId: string,
  { id, strategy }: Pick<BotView, 'id' | 'strategy'>,
): Promise<{ webhookId: string; secret: string } | undefined> {
  return strategy === WEBHOOK ? revealSecret(deps, userId, id) : undefined;
}

function tryOpen({ vault }: Deps, webhook: Webhook): string {
  try {
    return openSecret(vault, webhook);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new AppError(
      'conflict',
      'The secret does not open with the current ENCRYPTION_KEY. Make a new one.',
    );
  }
}

/** Puts a new secret in place of a bot's, and returns it: shown this once. The old one is refused from then on. */
export async function renewWebhookSecret(deps: Deps, userId: string, botRunId: string): Promise<string> {
  const webhook = await getWebhook(deps, userId, botRunId);
  const { secret, sealed } = makeSecret(deps.vault, webhook);
  await renewSecret(deps.db, webhook.id, { secret: sealed, atMs: deps.clock.now() });
  return secret;
}

/** Writes a signal marked as a test to a bot's list: nothing else happens. */
export async function sendTestSignal(deps: Deps, userId: string, botRunId: string): Promise<void> {
  const webhook = await getWebhook(deps, userId, botRunId);
  const bot = await findBotRun(deps.db, userId, webhook.botRunId);
  if (!bot) throw notFound('bot');
  await limitSignals(deps.db, webhook.id, toWebhookParams(bot.parameters).signals_per_minute);
  const nowMs = deps.clock.now();
  await insertTest(deps.db, {
    botRunId: bot.id,
    key: null,
    action: 'BUY',
    receivedAtMs: nowMs,
    sentAtMs: nowMs,
    actsAtMs: nowMs,
    price: null,
    reason: 'sent from this page',
    outcome: 'test',
    detail: '',
  });
}

/** Returns what a bot's page shows of its address; `null` for a bot that has none. `base` is this server's origin. */
export async function findWebhookView(
  deps: Deps,
  userId: string,
  { botRunId, base }: { botRunId: string; base: string },
): Promise<WebhookView | null> {
  const id = requireId(botRunId, 'bot');
  const webhook = await findWebhookOfBot(deps.db, userId, id);
  const bot = webhook && (await findBotRun(deps.db, userId, id));
  if (!bot) return null;
  const params = toWebhookParams(bot.parameters);
  const signals = await listSignals(deps.db, userId, { botRunId: id, limit: SIGNALS });
  return {
    url: webhookUrl(base, webhook.id),
    authentication: params.authentication,
    maximumAgeS: params.maximum_age_s,
    signalsPerMinute: params.signals_per_minute,
    canReveal: webhook.revealedAtMs === null,
    wrongProofs: webhook.wrongProofs,
    lastWrongProofAt: isoOrNull(webhook.lastWrongProofAtMs),
    signals: signals.map(toView),
  };
}

function toView(signal: ListedSignal): SignalView {
  const { id, receivedAtMs, action, outcome, detail, reason, price, repeats, order } = signal;
  const receivedAt = iso(receivedAtMs);
  return { id, receivedAt, action, outcome, detail, reason, price: price?.toFixed() ?? null, repeats, order };
}
