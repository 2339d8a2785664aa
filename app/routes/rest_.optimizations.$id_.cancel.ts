import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { cancelOptimization, readOptimization } from '../services/optimizations.server.ts';

/** What programs get at `/optimizations/{id}/cancel`. Calls it off; what was tried is kept. One that has ended stays as it is. */
const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    run: async ({ deps, user, id }) => {
      await cancelOptimization(deps, user.id, id);
      return readOptimization(deps, user.id, id);
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
