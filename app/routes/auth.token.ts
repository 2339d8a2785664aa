import { tokenInput } from '../schemas/accounts.ts';
import { apiRoute, publicEndpoint } from '../services/api-route.server.ts';
import { issueToken } from '../services/api-tokens.server.ts';
import { toTokenJson } from '../services/rest-shapes.ts';

const route = apiRoute({
  POST: publicEndpoint({
    input: tokenInput,
    status: 201,
    run: async ({ deps, context, input }) => toTokenJson(await issueToken(deps, input, context.clientIp)),
  }),
});

export const loader = route.loader;
export const action = route.action;
