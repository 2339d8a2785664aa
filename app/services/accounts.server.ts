import type { Deps } from '../../jobs/deps.ts';
import type { SignInInput, SignUpInput } from '../schemas/accounts.ts';
import type { UserView } from '../schemas/views.ts';
import type { WebSettings } from '../context.server.ts';

type Registration = WebSettings['registration'];

/** Returns who may sign up now: `first` (nobody is there yet: becomes admin), or what REGISTRATION says. */
export declare function findSignUpMode(
  deps: Deps,
  registration: Registration,
): Promise<'first' | Registration>;
/** Creates an account. Refuses with 403 (closed, bad invitation), 409 (repeated e-mail), 422 (weak password). */
export declare function signUp(deps: Deps, input: SignUpInput, registration: Registration): Promise<UserView>;
/** Returns the user whose e-mail and password these are. Refuses with 401, or 429 after too many failures. */
export declare function signIn(deps: Deps, input: SignInInput, clientIp: string): Promise<UserView>;
/** Replaces the password and ends all other sessions. Refuses with 422 when the current one is wrong. */
export declare function changePassword(
  deps: Deps,
  userId: string,
  input: { current: string; password: string; keepSessionOf?: Request },
): Promise<void>;
/** Creates the first user as admin where nobody is there yet (ADMIN_EMAIL, ADMIN_PASSWORD). */
export declare function ensureAdmin(
  deps: Deps,
  credentials: { email: string; password: string },
): Promise<void>;
