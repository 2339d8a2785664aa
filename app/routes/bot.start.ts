import { startRequest } from '../schemas/bots.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { restartBot, startBot } from '../services/bots.server.ts';
import { toBotJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    input: startRequest,
    status: 201,
    run: async ({ deps, user, input }) => {
      const bot =
        'bot_run_id' in input
          ? await restartBot(deps, user.id, input.bot_run_id)
          : await startBot(deps, user.id, input);
      return toBotJson({ bot, openOrders: [] });
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
