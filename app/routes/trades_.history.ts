import { tradesQuery } from '../schemas/reports.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { listTrades } from '../services/reports.server.ts';
import { toTradesJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    input: tradesQuery,
    run: async ({ deps, user, input }) => toTradesJson(await listTrades(deps, user.id, input)),
  }),
});

export const loader = route.loader;
export const action = route.action;
