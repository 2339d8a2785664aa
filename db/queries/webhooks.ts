import { and, eq, isNull, sql } from 'drizzle-orm';
import type { BotMode, BotStatus } from '../../jobs/trading/types.ts';
import type { Db } from '../client.ts';
import { botRuns } from '../schema/bots.ts';
import { webhooks } from '../schema/webhooks.ts';

type Sealed = { encrypted: string; iv: string };

/** A bot's address for signals. The secret is sealed for (owner = user id, row = webhook id, field `secret`). */
export type Webhook = {
  id: string;
  botRunId: string;
  userId: string;
  secret: Sealed;
  revealedAtMs: number | null;
  wrongProofs: number;
  lastWrongProofAtMs: number | null;
};

type Row = typeof webhooks.$inferSelect;

const toWebhook = (row: Row): Webhook => ({
  id: row.id,
  botRunId: row.botRunId,
  userId: row.userId,
  secret: { encrypted: row.encryptedSecret, iv: row.ivSecret },
  revealedAtMs: row.revealedAt?.getTime() ?? null,
  wrongProofs: row.wrongProofs,
  lastWrongProofAtMs: row.lastWrongProofAt?.getTime() ?? null,
});

export type NewWebhook = Pick<Webhook, 'id' | 'botRunId' | 'userId' | 'secret'>;

/** Stores a bot's address; one that has one keeps it. */
export async function insertWebhook(db: Db, { secret, ...webhook }: NewWebhook): Promise<void> {
  await db
    .insert(webhooks)
    .values({ ...webhook, encryptedSecret: secret.encrypted, ivSecret: secret.iv })
    .onConflictDoNothing();
}

const ofOwner = (userId: string, botRunId: string) =>
  and(eq(webhooks.botRunId, botRunId), eq(webhooks.userId, userId));

export async function findWebhookOfBot(
  db: Db,
  userId: string,
  botRunId: string,
): Promise<Webhook | undefined> {
  const [row] = await db.select().from(webhooks).where(ofOwner(userId, botRunId));
  return row && toWebhook(row);
}

/** A webhook with what of its bot decides on a signal. */
export type AddressedBot = {
  webhook: Webhook;
  bot: {
    name: string;
    mode: BotMode;
    status: BotStatus;
    parameters: Record<string, unknown>;
    haltReason: string | null;
  };
};

/** Returns what an address leads to, whoever asks: the sender has yet to prove itself. */
export async function findAddressedBot(db: Db, webhookId: string): Promise<AddressedBot | undefined> {
  const { name, mode, status, parameters, haltReason } = botRuns;
  const [row] = await db
    .select({ webhook: webhooks, bot: { name, mode, status, parameters, haltReason } })
    .from(webhooks)
    .innerJoin(botRuns, eq(botRuns.id, webhooks.botRunId))
    .where(eq(webhooks.id, webhookId));
  return row && { webhook: toWebhook(row.webhook), bot: row.bot };
}

/** Notes that the secret was shown; returns whether it had not been. */
export async function markRevealed(db: Db, webhookId: string, atMs: number): Promise<boolean> {
  const rows = await db
    .update(webhooks)
    .set({ revealedAt: new Date(atMs) })
    .where(and(eq(webhooks.id, webhookId), isNull(webhooks.revealedAt)))
    .returning({ id: webhooks.id });
  return rows.length > 0;
}

/** Puts another secret in place of a webhook's; the old one proves nothing from then on. */
export async function renewSecret(db: Db, webhookId: string, to: { secret: Sealed; atMs: number }) {
  const { encrypted, iv } = to.secret;
  await db
    .update(webhooks)
    .set({
      encryptedSecret: encrypted,
      ivSecret: iv,
      revealedAt: new Date(to.atMs),
      wrongProofs: 0,
      lastWrongProofAt: null,
    })
    .where(eq(webhooks.id, webhookId));
}

/** Counts a post with a wrong secret or signature. */
export async function countWrongProof(db: Db, webhookId: string, atMs: number): Promise<void> {
  await db
    .update(webhooks)
    .set({ wrongProofs: sql`least(${webhooks.wrongProofs} + 1, 1000000)`, lastWrongProofAt: new Date(atMs) })
    .where(eq(webhooks.id, webhookId));
}

/** A bot's orders are named by whole seconds (`clientOrderId`): its signals lie so far apart. */
const APART_MS = 1_000;

/**
 * Lets one signal of a webhook in at a time, until the transaction ends, and returns the moment that it is to be named by:
 * now, or a second after the newest one.
 */
export async function lockTurn(tx: Db, webhookId: string, nowMs: number): Promise<number> {
  const [row] = await tx
    .select({ last: webhooks.lastActsAt })
    .from(webhooks)
    .where(eq(webhooks.id, webhookId))
    .for('update');
  return Math.max(nowMs, (row?.last?.getTime() ?? -Infinity) + APART_MS);
}

/** Notes what the newest accepted signal is named by. */
export async function takeTurn(tx: Db, webhookId: string, actsAtMs: number): Promise<void> {
  await tx
    .update(webhooks)
    .set({ lastActsAt: new Date(actsAtMs) })
    .where(eq(webhooks.id, webhookId));
}
