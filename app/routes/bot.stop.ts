import { stopRequest } from '../schemas/bots.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { stopBasket } from '../services/baskets.server.ts';
import { stopBot } from '../services/bots.server.ts';

const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    input: stopRequest,
    run: async ({ deps, user, input }) => {
      if ('basket_id' in input) {
        const basket = await stopBasket(deps, user.id, input);
        return { basket_id: basket.id, status: basket.status };
      }
      const { id, status } = await stopBot(deps, user.id, input);
      return { bot_run_id: id, status };
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
