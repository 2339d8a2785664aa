/**
 * Sessions, and all that this project knows of Lucia (which is finished software): another library would change this
 * file alone. The cookie outlives the session on purpose: the database alone says when a session ends, so a session can
 * roll on in any request without a new cookie.
 */
import { Lucia, TimeSpan, type Adapter } from 'lucia';
import {
  deleteExpiredSessions,
  deleteSession,
  deleteUserSessions,
  findSession,
  insertSession,
  listSessions,
  updateSessionExpiry,
  type StoredSession,
} from '../../db/queries/sessions.ts';
import type { Db } from '../../db/client.ts';
import type { AppContext } from '../context.server.ts';
import type { UserView } from '../schemas/views.ts';
import { AppError } from './app-error.ts';
import { hashOpaqueToken } from './opaque-token.server.ts';
import { requireSameOrigin } from './same-origin.ts';

type NoAttributes = object;
type Account = { account: UserView };

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<NoAttributes, Account>;
    DatabaseUserAttributes: Account;
  }
}

const SESSION_DAYS = 30;
const COOKIE = 'session';

/** Lucia's ids are the cookie's values; the table holds their hashes. */
function adapterOn(db: Db): Adapter {
  const toSession = (id: string, stored: StoredSession) => ({
    id,
    userId: stored.userId,
    expiresAt: stored.expiresAt,
    attributes: {},
  });
  return {
    async getSessionAndUser(id) {
      const found = await findSession(db, hashOpaqueToken(id));
      if (!found) return [null, null];
      const { createdAtMs, ...user } = found.user;
      const account = { ...user, createdAt: new Date(createdAtMs).toISOString() };
      return [toSession(id, found.session), { id: user.id, attributes: { account } }];
    },
    async getUserSessions(userId) {
      const stored = await listSessions(db, userId);
      return stored.map((session) => toSession(session.idHash, session));
    },
    setSession: ({ id, userId, expiresAt }) =>
      insertSession(db, { idHash: hashOpaqueToken(id), userId, expiresAt }),
    updateSessionExpiration: (id, expiresAt) => updateSessionExpiry(db, hashOpaqueToken(id), expiresAt),
    deleteSession: (id) => deleteSession(db, hashOpaqueToken(id)),
    deleteUserSessions: (userId) => deleteUserSessions(db, userId),
    deleteExpiredSessions: () => deleteExpiredSessions(db, new Date()),
  };
}

function luciaOn(db: Db, isSecure: boolean) {
  return new Lucia<NoAttributes, Account>(adapterOn(db), {
    sessionExpiresIn: new TimeSpan(SESSION_DAYS, 'd'),
    sessionCookie: {
      name: COOKIE,
      expires: false,
      attributes: { secure: isSecure, sameSite: 'lax', path: '/' },
    },
    getUserAttributes: ({ account }) => ({ account }),
  });
}

/** True when the browser's side of the connection is TLS. */
function isSecure(request: Request, { settings }: AppContext): boolean {
  return new URL(settings.origin ?? request.url).protocol === 'https:' || request.url.startsWith('https:');
}

function readCookie(request: Request): string | undefined {
  const header = request.headers.get('Cookie') ?? '';
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === COOKIE && value) return value;
  }
  return undefined;
}

/** Starts a session and returns the `Set-Cookie` value that carries it. */
export async function startSession(request: Request, context: AppContext, userId: string): Promise<string> {
  const lucia = luciaOn(context.deps.db, isSecure(request, context));
  await lucia.deleteExpiredSessions();
  const session = await lucia.createSession(userId, {});
  return lucia.createSessionCookie(session.id).serialize();
}

/** Ends the request's session, if any, and returns the `Set-Cookie` value that removes the cookie. */
export async function endSession(request: Request, context: AppContext): Promise<string> {
  requireSameOrigin(request, context.settings.origin);
  const lucia = luciaOn(context.deps.db, isSecure(request, context));
  const id = readCookie(request);
  if (id !== undefined) await lucia.invalidateSession(id);
  return lucia.createBlankSessionCookie().serialize();
}

/** Ends all sessions of a user but the request's own. */
export function endOtherSessions(db: Db, userId: string, request: Request): Promise<void> {
  const id = readCookie(request);
  return deleteUserSessions(db, userId, id === undefined ? undefined : hashOpaqueToken(id));
}

/** Returns the user of the request's session, which rolls on: it ends 30 days after its last use. */
export async function findSessionUser(request: Request, context: AppContext): Promise<UserView | undefined> {
  const id = readCookie(request);
  if (id === undefined) return undefined;
  const { user } = await luciaOn(context.deps.db, isSecure(request, context)).validateSession(id);
  return user?.account;
}

/** Returns the signed-in user, if any. Throws 403 for a form post from another site's page. */
export async function optionalUser(request: Request, context: AppContext): Promise<UserView | undefined> {
  requireSameOriginPage(request, context);
  return findSessionUser(request, context);
}

/** Returns the signed-in user; throws a redirect to `/login?next=…`, or 403 for a form post from another site's page. */
export async function requireUser(request: Request, context: AppContext): Promise<UserView> {
  const user = await optionalUser(request, context);
  if (user) return user;
  const { pathname, search } = new URL(request.url);
  const next = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
  throw new Response(null, { status: 302, headers: { Location: `/login${next}` } });
}

/** Like `requireUser`; for anyone but an admin there is no such page. */
export async function requireAdmin(request: Request, context: AppContext): Promise<UserView> {
  const user = await requireUser(request, context);
  if (user.role !== 'admin') throw refusalPage(404, 'There is no such page.');
  return user;
}

function requireSameOriginPage(request: Request, context: AppContext): void {
  try {
    requireSameOrigin(request, context.settings.origin);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw refusalPage(error.status, error.message);
  }
}

/** What the error page is made of. */
function refusalPage(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
