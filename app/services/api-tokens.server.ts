import { findApiToken, insertApiToken, touchApiToken } from '../../db/queries/api-tokens.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { AppContext } from '../context.server.ts';
import { SCOPES, type Scope, type TokenInput } from '../schemas/accounts.ts';
import type { UserView } from '../schemas/views.ts';
import { signIn, toUserView } from './accounts.server.ts';
import { AppError } from './app-error.ts';
import { createOpaqueToken, hashOpaqueToken } from './opaque-token.server.ts';
import { limitCalls } from './rate-limits.server.ts';
import { requireSameOrigin } from './same-origin.ts';
import { findSessionUser } from './sessions.server.ts';

const TOKEN_DAYS = 90;
const DAY_MS = 86_400_000;

export type IssuedToken = { token: string; scopes: Scope[]; expiresAt: string; userId: string };

/** Signs in and issues a token for 90 days; all scopes where none are named. The token is shown this once. */
export async function issueToken(deps: Deps, input: TokenInput, clientIp: string): Promise<IssuedToken> {
  const user = await signIn(deps, input, clientIp);
  const token = createOpaqueToken('abt_');
  const scopes = [...new Set(input.scopes ?? SCOPES)];
  const expiresAt = new Date(deps.clock.now() + TOKEN_DAYS * DAY_MS);
  const name = input.name ?? 'API token';
  await insertApiToken(deps.db, {
    userId: user.id,
    name,
    tokenHash: hashOpaqueToken(token),
    scopes,
    expiresAt,
  });
  return { token, scopes, expiresAt: expiresAt.toISOString(), userId: user.id };
}

/**
 * Returns the caller by bearer token or session cookie. Throws 401 without a valid one, 403 when the token lacks the
 * scope or another site's page sent the cookie, 429 beyond the limit of calls.
 */
export async function requireApiUser(request: Request, context: AppContext, scope: Scope): Promise<UserView> {
  const authorization = request.headers.get('Authorization');
  if (authorization !== null) return requireTokenUser(context.deps, authorization, scope);
  const user = await findSessionUser(request, context);
  if (!user)
    throw new AppError(
      'unauthenticated',
      'Send "Authorization: Bearer <token>"; POST /auth/token gives one.',
    );
  requireSameOrigin(request, context.settings.origin);
  await limitCalls(context.deps.db, `user ${user.id}`);
  return user;
}

async function requireTokenUser(deps: Deps, authorization: string, scope: Scope): Promise<UserView> {
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  const now = new Date(deps.clock.now());
  const found = token === undefined ? undefined : await findApiToken(deps.db, hashOpaqueToken(token), now);
  if (!found)
    throw new AppError(
      'unauthenticated',
      'This token is unknown or has expired; POST /auth/token gives a new one.',
    );
  await limitCalls(deps.db, `token ${found.token.id}`);
  if (!found.token.scopes.includes(scope))
    throw new AppError('forbidden', `This token lacks the scope "${scope}" that the call needs.`);
  await touchApiToken(deps.db, found.token.id, now);
  return toUserView(found.user);
}
