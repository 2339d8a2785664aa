import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { deleteOptimization, readOptimization } from '../services/optimizations.server.ts';

/** What programs get at `/optimizations/{id}`. DELETE calls off a running one, too. */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: ({ deps, user, id }) => readOptimization(deps, user.id, id),
  }),
  DELETE: endpoint({
    scope: 'trade',
    status: 204,
    run: ({ deps, user, id }) => deleteOptimization(deps, user.id, id),
  }),
});

export const loader = route.loader;
export const action = route.action;
