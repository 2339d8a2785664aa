import { pnlQuery } from '../schemas/reports.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { getPnl } from '../services/reports.server.ts';
import { toPnlJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    input: pnlQuery,
    run: async ({ deps, user, input }) => toPnlJson(await getPnl(deps, user.id, input)),
  }),
});

export const loader = route.loader;
export const action = route.action;
