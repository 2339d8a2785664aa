import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { deleteKey, listKeys } from '../services/exchange-keys.server.ts';
import { requireOwnId } from '../services/ids.ts';
import { toKeyJson } from '../services/rest-shapes.ts';

/** GET: the id is a user's. DELETE: a key's. */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user, id }) => {
      const keys = await listKeys(deps, requireOwnId(id, user.id));
      return { keys: keys.map(toKeyJson) };
    },
  }),
  DELETE: endpoint({ scope: 'keys', status: 204, run: ({ deps, user, id }) => deleteKey(deps, user.id, id) }),
});

export const loader = route.loader;
export const action = route.action;
