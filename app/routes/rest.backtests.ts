import { startBacktestInput } from '../schemas/backtests.ts';
import { apiRoute, endpoint } from '../services/api-route.server.ts';
import { toBacktestJson } from '../services/backtest-json.ts';
import { listBacktests, startBacktest } from '../services/backtests.server.ts';

const NEWEST = 200;

/** What programs get at `/backtests` (see `json-paths.ts`). */
const route = apiRoute({
  GET: endpoint({
    scope: 'read',
    run: async ({ deps, user }) => {
      const { backtests } = await listBacktests(deps, user.id, { page: 1, size: NEWEST });
      return { backtests: backtests.map(toBacktestJson) };
    },
  }),
  POST: endpoint({
    scope: 'trade',
    input: startBacktestInput,
    status: 202,
    run: async ({ deps, user, input }) => toBacktestJson(await startBacktest(deps, user.id, input)),
  }),
});

export const loader = route.loader;
export const action = route.action;
