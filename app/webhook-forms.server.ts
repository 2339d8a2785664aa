import { data, redirect } from '@remix-run/node';
import type { Deps } from '../jobs/deps.ts';
import type { ShownSecret } from './schemas/webhook-views.ts';
import { refuse } from './page.server.ts';
import { attempt } from './services/app-error.ts';
import { renewWebhookSecret, revealSecret, sendTestSignal } from './services/webhooks.server.ts';

const INTENTS = ['reveal-secret', 'renew-secret', 'test-signal'] as const;
type Intent = (typeof INTENTS)[number];

export const isWebhookIntent = (intent: string | undefined): intent is Intent =>
  INTENTS.some((each) => each === intent);

type Wish = { userId: string; botRunId: string; intent: Intent };

/** Does what a form of a bot's webhook asks for; a secret goes into the answer, this once. */
export async function actOnWebhook(deps: Deps, wish: Wish) {
  const result = await attempt(work(deps, wish));
  if (!result.ok) return refuse(result.refusal, {});
  if (result.value === null) return redirect(`/bots/${wish.botRunId}#signals`);
  const shown: ShownSecret = { secret: result.value };
  return data(shown, { headers: { 'Cache-Control': 'no-store' } });
}

async function work(deps: Deps, { userId, botRunId, intent }: Wish): Promise<string | null> {
  if (intent === 'reveal-secret') return (await revealSecret(deps, userId, botRunId)).secret;
  if (intent === 'renew-secret') return renewWebhookSecret(deps, userId, botRunId);
  await sendTestSignal(deps, userId, botRunId);
  return null;
}
