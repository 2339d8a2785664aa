import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { toBacktestJson } from '../services/backtest-json.ts';
import { deleteBacktest, getBacktest } from '../services/backtests.server.ts';

/** What programs get at `/backtests/{id}`. DELETE calls off a running one, too. */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user, id }) => toBacktestJson(await getBacktest(deps, user.id, id)),
  }),
  DELETE: endpoint({
    scope: 'trade',
    status: 204,
    run: ({ deps, user, id }) => deleteBacktest(deps, user.id, id),
  }),
});

export const loader = route.loader;
export const action = route.action;
