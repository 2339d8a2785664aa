import { readBytes } from '../services/api-input.ts';
import { apiRoute, publicEndpoint } from '../services/api-route.server.ts';
import { takeSignal } from '../services/take-signal.server.ts';

const BODY_LIMIT_BYTES = 8_000;

const route = apiRoute({
  POST: publicEndpoint({
    run: async ({ deps, context, id, request }) => {
      const body = await readBytes(request, BODY_LIMIT_BYTES);
      const { signalId, isDuplicate, isTest } = await takeSignal(deps, {
        webhookId: id,
        body,
        signature: request.headers.get('X-Signature'),
        timestamp: request.headers.get('X-Timestamp'),
        clientIp: context.clientIp,
      });
      const json = { signal_id: signalId, duplicate: isDuplicate, test: isTest };
      return Response.json(json, {
        status: isDuplicate || isTest ? 200 : 202,
        headers: { 'Cache-Control': 'no-store' },
      });
    },
  }),
});

export const loader = route.loader;
export const action = route.action;
