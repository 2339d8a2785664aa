import { consumeInvitation, setInvitationUser } from '../../db/queries/invitations.ts';
import { deleteUserApiTokens } from '../../db/queries/api-tokens.ts';
import {
  findPasswordHash,
  findUserByEmail,
  hasUsers,
  insertUser,
  listUsers as listStoredUsers,
  lockSignUps,
  updatePasswordHash,
  type User,
} from '../../db/queries/users.ts';
import type { Db } from '../../db/client.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { WebSettings } from '../context.server.ts';
import { signUpInput, type SignInInput, type SignUpInput } from '../schemas/accounts.ts';
import type { UserView } from '../schemas/views.ts';
import { AppError, refuseField } from './app-error.ts';
import { hashOpaqueToken } from './opaque-token.server.ts';
import { hashPassword, requireStrongPassword, verifyPassword } from './passwords.server.ts';
import { limitSignIns } from './rate-limits.server.ts';
import { endOtherSessions } from './sessions.server.ts';

type Registration = WebSettings['registration'];

/** Returns a user as pages show one. */
export function toUserView({ id, email, role, createdAtMs }: User): UserView {
  return { id, email, role, createdAt: new Date(createdAtMs).toISOString() };
}

/** Returns everybody who has an account, oldest first. Admins only (the route checks with `requireAdmin`). */
export async function listUsers(deps: Deps): Promise<UserView[]> {
  return (await listStoredUsers(deps.db)).map(toUserView);
}

/** Returns who may sign up now: `first` (nobody is there yet: becomes admin), or what REGISTRATION says. */
export async function findSignUpMode(
  deps: Deps,
  registration: Registration,
): Promise<'first' | Registration> {
  return (await hasUsers(deps.db)) ? registration : 'first';
}

/**
 * Creates an account; the first one is the admin's, also when two come at once. Refuses with 403 (closed, or no valid
 * invitation), 409 (the e-mail has an account) or 422 (a weak password); nothing is stored then, no invitation used up.
 */
export async function signUp(deps: Deps, input: SignUpInput, registration: Registration): Promise<UserView> {
  requireStrongPassword(input.password, input.email);
  const mode = await findSignUpMode(deps, registration);
  if (mode === 'closed') throw closed();
  const passwordHash = await hashPassword(input.password);
  const user = await deps.db.transaction(async (tx) => {
    await lockSignUps(tx);
    const isFirst = !(await hasUsers(tx));
    const invitationId = isFirst ? undefined : await admit(tx, deps, { registration, invite: input.invite });
    const role = isFirst ? ('admin' as const) : ('trader' as const);
    const created = await insertUser(tx, { email: input.email, passwordHash, role });
    if (!created) throw emailTaken();
    if (invitationId !== undefined) await setInvitationUser(tx, invitationId, created.id);
    return created;
  });
  return toUserView(user);
}

/** Lets a later sign-up in by the rule in force; returns the invitation that it used. */
async function admit(
  tx: Db,
  deps: Deps,
  by: { registration: Registration; invite: string | undefined },
): Promise<string | undefined> {
  if (by.registration === 'closed') throw closed();
  if (by.registration === 'open') return undefined;
  const codeHash = hashOpaqueToken(by.invite ?? '');
  const invitationId = await consumeInvitation(tx, codeHash, new Date(deps.clock.now()));
  if (invitationId !== undefined) return invitationId;
  const message = by.invite
    ? 'That invitation is not valid: it was used, has expired, or was mistyped. Ask for a new one.'
    : 'Signing up here needs an invitation. Ask the person who runs this server for one.';
  throw new AppError('forbidden', message, { errors: [{ path: 'invite', message }] });
}

function closed(): AppError {
  return new AppError(
    'forbidden',
    'Nobody can sign up here at present. Ask the person who runs this server.',
  );
}

function emailTaken(): AppError {
  const message = 'There is an account with this e-mail. Sign in, or give another e-mail.';
  return new AppError('conflict', message, { errors: [{ path: 'email', message }] });
}

/**
 * Returns the user whose e-mail and password these are. Refuses with 401, in the same words and time whichever of the two
 * is wrong, and with 429 after ten failures in 15 minutes.
 */
export async function signIn(deps: Deps, input: SignInInput, clientIp: string): Promise<UserView> {
  const user = await limitSignIns(deps.db, { email: input.email, clientIp }, async () => {
    const found = await findUserByEmail(deps.db, input.email);
    return (await verifyPassword(found?.passwordHash, input.password)) ? found : undefined;
  });
  if (!user) throw new AppError('unauthenticated', 'E-mail and password do not match an account.');
  return toUserView(user);
}

/** Replaces the password; all other sessions and all API tokens end. Refuses with 422 when the current one is wrong. */
export async function changePassword(
  deps: Deps,
  user: UserView,
  input: { current: string; password: string; request: Request },
): Promise<void> {
  const isRight = await verifyPassword(await findPasswordHash(deps.db, user.id), input.current);
  if (!isRight) throw refuseField('current', 'That is not your current password.');
  requireStrongPassword(input.password, user.email);
  const passwordHash = await hashPassword(input.password);
  await deps.db.transaction(async (tx) => {
    await updatePasswordHash(tx, user.id, passwordHash);
    await endOtherSessions(tx, user.id, input.request);
    await deleteUserApiTokens(tx, user.id);
  });
}

/** Creates the admin of ADMIN_EMAIL and ADMIN_PASSWORD where nobody has an account yet; later it changes nothing. */
export async function ensureAdmin(
  deps: Deps,
  credentials: { email: string; password: string },
): Promise<void> {
  if (await hasUsers(deps.db)) return;
  const parsed = signUpInput.safeParse(credentials);
  if (!parsed.success)
    throw new AppError(
      'refused',
      `ADMIN_EMAIL, ADMIN_PASSWORD: ${parsed.error.issues[0]?.message ?? 'unusable'}`,
    );
  const { email, password } = parsed.data;
  requireStrongPassword(password, email);
  const passwordHash = await hashPassword(password);
  await deps.db.transaction(async (tx) => {
    await lockSignUps(tx);
    if (!(await hasUsers(tx))) await insertUser(tx, { email, passwordHash, role: 'admin' });
  });
}
