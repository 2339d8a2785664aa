import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import type { z } from 'zod';
import type { Deps } from '../../jobs/deps.ts';
import type { AppContext } from '../context.server.ts';
import type { Scope } from '../schemas/accounts.ts';
import type { UserView } from '../schemas/views.ts';
import { AppError } from './app-error.ts';
import { parseInput, readJson } from './api-input.ts';
import { requireApiUser } from './api-tokens.server.ts';
import { refusalToProblem, toProblem } from './problem.ts';

type Call<User, Input> = {
  deps: Deps;
  context: AppContext;
  user: User;
  input: Input;
  /** The last part of the path, where the route has one. */
  id: string;
  request: Request;
};

type Endpoint = { methodStatus: number; run(args: Args): Promise<unknown> };
type Args = LoaderFunctionArgs | ActionFunctionArgs;
type Method = 'GET' | 'POST' | 'DELETE';

type Spec<S extends z.ZodType> = {
  /** What a JSON body (POST) or the query (GET) must look like; absent: neither is read. */
  input?: S;
  /** Status of a success, unless the answer is a `Response`; 204 sends no body. */
  status?: number;
};

/** An endpoint for signed-in callers whose token has the scope. */
export function endpoint<S extends z.ZodType>(
  spec: Spec<S> & { scope: Scope; run(call: Call<UserView, z.output<S>>): Promise<unknown> },
): Endpoint {
  return {
    methodStatus: spec.status ?? 200,
    async run(args) {
      const user = await requireApiUser(args.request, args.context, spec.scope);
      const input = await readInput(args.request, spec.input);
      return spec.run({
        deps: args.context.deps,
        context: args.context,
        user,
        input,
        id: args.params['id'] ?? '',
        request: args.request,
      });
    },
  };
}

/** An endpoint for anybody. */
export function publicEndpoint<S extends z.ZodType>(
  spec: Spec<S> & { run(call: Call<undefined, z.output<S>>): Promise<unknown> },
): Endpoint {
  return {
    methodStatus: spec.status ?? 200,
    async run({ request, context, params }) {
      const input = await readInput(request, spec.input);
      const id = params['id'] ?? '';
      return spec.run({ deps: context.deps, context, user: undefined, input, id, request });
    },
  };
}

async function readInput<S extends z.ZodType>(request: Request, schema: S | undefined): Promise<z.output<S>> {
  if (!schema) return undefined as z.output<S>;
  const isQuery = request.method === 'GET' || request.method === 'HEAD';
  const raw = isQuery ? Object.fromEntries(new URL(request.url).searchParams) : await readJson(request);
  return parseInput(schema, raw);
}

/**
 * Makes a Remix resource route of endpoints: parse, authorise, call one service, answer in JSON. Every refusal is RFC 9457;
 * what nobody expected is logged and answered with 500 and no details.
 */
export function apiRoute(endpoints: Partial<Record<Method, Endpoint>>) {
  const handle = async (args: Args): Promise<Response> => {
    const response = await answer(endpoints, args);
    return withCors(response, args.request, args.context);
  };
  return { loader: handle, action: handle };
}

async function answer(endpoints: Partial<Record<Method, Endpoint>>, args: Args): Promise<Response> {
  const { method } = args.request;
  const allow = [...Object.keys(endpoints), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { Allow: allow } });
  const found = endpoints[(method === 'HEAD' ? 'GET' : method) as Method];
  if (!found)
    return toProblem(405, `${method} is not served here. Use one of: ${allow}.`, {
      headers: { Allow: allow },
    });
  try {
    const result = await found.run(args);
    return result instanceof Response ? result : toJson(found.methodStatus, result);
  } catch (error) {
    if (error instanceof AppError) return refusalToProblem(error);
    args.context.deps.log.error(
      { err: error, method, path: new URL(args.request.url).pathname },
      'request failed',
    );
    return toProblem(
      500,
      'Something went wrong here, and was logged. Nothing is known to be wrong with the request.',
    );
  }
}

function toJson(status: number, body: unknown): Response {
  const headers = { 'Cache-Control': 'no-store' };
  if (status === 204) return new Response(null, { status, headers });
  return Response.json(body, { status, headers });
}

/** Lets scripts of the configured origins call with a token; never with the cookie. */
function withCors(response: Response, request: Request, { settings }: AppContext): Response {
  const origin = request.headers.get('Origin');
  response.headers.append('Vary', 'Origin');
  if (origin === null || !settings.corsOrigins.includes(origin)) return response;
  response.headers.set('Access-Control-Allow-Origin', origin);
  response.headers.set('Access-Control-Expose-Headers', 'Retry-After');
  if (request.method !== 'OPTIONS') return response;
  response.headers.set('Access-Control-Allow-Methods', response.headers.get('Allow') ?? '');
  response.headers.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
  response.headers.set('Access-Control-Max-Age', '600');
  return response;
}
