import { stopBotInput } from '../schemas/bots.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { stopBot } from '../services/bots.server.ts';

const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    input: stopBotInput,
    run: async ({ deps, user, input }) => {
      const { id, status } = await stopBot(deps, user.id, input);
      return { bot_run_id: id, status };
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
