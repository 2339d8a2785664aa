import { findBotRun } from '../../db/queries/bots.ts';
import { listActiveKillSwitches, listOrdersSince, type KillScope } from '../../db/queries/kill-switches.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { KillSwitchView } from '../schemas/risk.ts';
import { notFound, requireId } from './ids.ts';
import { toKillSwitchView } from './kill-results.ts';

const SCOPES: Record<KillScope, string> = {
  bot: 'this bot',
  account: 'all bots of its account',
  all: 'everything',
};

/** Returns the kill switches that are on over a bot, with what each achieved for it. Throws 404 for another user's bot. */
export async function listBotSwitches(
  deps: Deps,
  userId: string,
  botRunId: string,
): Promise<KillSwitchView[]> {
  const bot = await findBotRun(deps.db, userId, requireId(botRunId, 'bot'));
  if (!bot) throw notFound('bot');
  const active = await listActiveKillSwitches(deps.db, userId);
  const covering = active.filter(({ botRunIds }) => botRunIds.includes(bot.id));
  return Promise.all(
    covering.map(async (pulled) =>
      toKillSwitchView(pulled, {
        bots: [bot],
        orders: await listOrdersSince(deps.db, [bot.id], pulled.pulledAt.getTime()),
        targetName: SCOPES[pulled.scope],
      }),
    ),
  );
}
