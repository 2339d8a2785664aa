import { startOptimizationInput } from '../schemas/optimizations-json.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { toOptimizationJson } from '../services/optimization-json.ts';
import { startOptimization } from '../services/optimization-start.server.ts';
import { listOptimizations, readOptimization } from '../services/optimizations.server.ts';

/** What programs get at `/optimizations` (see `json-paths.ts`). */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user }) => ({
      optimizations: (await listOptimizations(deps, user.id)).map(toOptimizationJson),
    }),
  }),
  POST: endpoint({
    scope: 'trade',
    input: startOptimizationInput,
    status: 202,
    run: async ({ deps, user, input }) => {
      const { id } = await startOptimization(deps, user.id, input);
      return readOptimization(deps, user.id, id);
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
