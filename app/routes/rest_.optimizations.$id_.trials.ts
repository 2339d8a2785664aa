import { trialsQuery } from '../schemas/optimizations-json.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { listTriedSets } from '../services/optimizations.server.ts';

const A_PAGE = 200;

/** What programs get at `/optimizations/{id}/trials`: every set that was tried, a page at a time. */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    input: trialsQuery,
    run: ({ deps, user, id, input: { limit = A_PAGE, cursor = '0' } }) =>
      listTriedSets(deps, user.id, { id, limit, cursor: Number(cursor) }),
  }),
});

export const loader = route.loader;
export const action = route.action;
