import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { getBotStatus } from '../services/bots.server.ts';
import { toBotJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user, id }) => toBotJson(await getBotStatus(deps, user.id, id)),
  }),
});

export const loader = route.loader;
export const action = route.action;
