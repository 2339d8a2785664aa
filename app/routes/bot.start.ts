import { startRequest } from '../schemas/bots.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { restartBasket, startBasket } from '../services/baskets.server.ts';
import { restartBot, startBot } from '../services/bots.server.ts';
import { toBasketJson, toBotJson } from '../services/rest-shapes.ts';
import { publicOrigin, revealNewSecret, webhookUrl } from '../services/webhooks.server.ts';

const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    input: startRequest,
    status: 201,
    run: async ({ deps, context, user, input, request }) => {
      if ('bot_run_id' in input) {
        const bot = await restartBot(deps, user.id, input.bot_run_id);
        return toBotJson({ bot, openOrders: [] });
      }
      if ('basket_id' in input) return toBasketJson(await restartBasket(deps, user.id, input.basket_id));
      if ('symbols' in input) return toBasketJson(await startBasket(deps, user.id, input));
      const bot = await startBot(deps, user.id, input);
      const shown = await revealNewSecret(deps, user.id, bot);
      const url = shown && webhookUrl(publicOrigin(request, context), shown.webhookId);
      const webhook = shown && { webhook: { url, secret: shown.secret } };
      return { ...toBotJson({ bot, openOrders: [] }), ...webhook };
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
