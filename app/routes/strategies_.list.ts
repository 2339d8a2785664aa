import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { toStrategyJson } from '../services/rest-shapes.ts';
import { listStrategies } from '../services/strategies.server.ts';

const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps }) => ({ strategies: (await listStrategies(deps)).map(toStrategyJson) }),
  }),
});

export const loader = route.loader;
export const action = route.action;
