import { randomBytes, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { takeSignal, type Taken } from '../../app/services/take-signal.server.ts';
import { makeSecret } from '../../app/services/webhook-secret.ts';
import { insertWebhook } from '../../db/queries/webhooks.ts';
import { botRuns, strategies } from '../../db/schema/bots.ts';
import { toWebhookParams, WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { Engine } from './engine.ts';

export type WebhookBot = {
  botRunId: string;
  webhookId: string;
  secret: string;
  /** Posts a signal with the bot's secret, as the web side takes it. */
  post(signal: Record<string, unknown>): Promise<Taken>;
};

/** Makes a stored bot one that acts on posted signals. */
export async function takePosts({ deps }: Pick<Engine, 'deps'>, botRunId: string): Promise<WebhookBot> {
  await deps.db.insert(strategies).values({ name: WEBHOOK, description: 'Posts' }).onConflictDoNothing();
  const [bot] = await deps.db
    .update(botRuns)
    .set({ strategy: WEBHOOK, parameters: toWebhookParams({}) })
    .where(eq(botRuns.id, botRunId))
    .returning();
  if (!bot) throw new Error(`no bot ${botRunId}`);
  const webhook = { id: randomUUID(), userId: bot.userId };
  const { secret, sealed } = makeSecret(deps.vault, webhook);
  await insertWebhook(deps.db, { ...webhook, botRunId, secret: sealed });
  const post = (signal: Record<string, unknown>) =>
    takeSignal(deps, {
      webhookId: webhook.id,
      body: Buffer.from(JSON.stringify({ secret, ...signal })),
      signature: null,
      timestamp: null,
      clientIp: '192.0.2.1',
    });
  return { botRunId, webhookId: webhook.id, secret, post };
}

/** A key of a signal that no other has. */
export const freshKey = () => randomBytes(8).toString('hex');
