import type { AppContext } from '../context.server.ts';
import type { UserView } from '../schemas/views.ts';

/** Starts a session and returns the `Set-Cookie` value that carries it. */
export declare function startSession(request: Request, context: AppContext, userId: string): Promise<string>;
/** Ends the request's session, if any, and returns the `Set-Cookie` value that removes the cookie. */
export declare function endSession(request: Request, context: AppContext): Promise<string>;
/** Returns the signed-in user; throws a redirect to `/login?next=…`, or 403 for a form post from another origin. */
export declare function requireUser(request: Request, context: AppContext): Promise<UserView>;
/** Like `requireUser`; anyone but an admin gets 404. */
export declare function requireAdmin(request: Request, context: AppContext): Promise<UserView>;
/** Returns the signed-in user, or `undefined`. Throws 403 for a form post from another origin (use it in /login, /signup actions too). */
export declare function optionalUser(request: Request, context: AppContext): Promise<UserView | undefined>;
