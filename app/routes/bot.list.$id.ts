import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { listBotStatuses } from '../services/bots.server.ts';
import { requireOwnId } from '../services/ids.ts';
import { toBotJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user, id }) => {
      const bots = await listBotStatuses(deps, requireOwnId(id, user.id));
      return { bots: bots.map(toBotJson) };
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
