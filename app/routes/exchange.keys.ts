import { addKeyInput } from '../schemas/exchange-keys.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { addKey } from '../services/exchange-keys.server.ts';
import { toKeyJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  POST: endpoint({
    scope: 'keys',
    input: addKeyInput,
    status: 201,
    run: async ({ deps, user, input }) => toKeyJson(await addKey(deps, user.id, input)),
  }),
});

export const loader = route.loader;
export const action = route.action;
