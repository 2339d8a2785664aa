import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { resumeOptimization, readOptimization } from '../services/optimizations.server.ts';

/** What programs get at `/optimizations/{id}/resume`. Lets one go on that was called off or failed. One that is done stays as it is. */
const route = apiRoute({
  POST: endpoint({
    scope: 'trade',
    run: async ({ deps, user, id }) => {
      await resumeOptimization(deps, user.id, id);
      return readOptimization(deps, user.id, id);
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
