import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUpInput } from '../../../app/schemas/accounts.ts';
import {
  changePassword,
  ensureAdmin,
  findSignUpMode,
  signIn,
  signUp,
} from '../../../app/services/accounts.server.ts';
import { AppError } from '../../../app/services/app-error.ts';
import {
  createInvitation,
  listInvitations,
  revokeInvitation,
} from '../../../app/services/invitations.server.ts';
import { findSessionUser } from '../../../app/services/sessions.server.ts';
import { cookieOf, countRows, createUser, PASSWORD, startWeb, type Web } from '../../support/web.ts';

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error('The work was not refused.', { cause: error });
  return error;
}

describe('the first sign-up', () => {
  it('makes one admin of two who sign up at the same moment', async () => {
    const web = await startWeb();
    expect(await findSignUpMode(web.deps, 'closed')).toBe('first');
    const both = await Promise.all(
      ['ann@example.org', 'bob@example.org'].map((email) => createUser(web, email)),
    );
    expect(both.map((user) => user.role).sort()).toEqual(['admin', 'trader']);
    expect(await findSignUpMode(web.deps, 'closed')).toBe('closed');
    await web.stop();
  });

  it('lets only one of two in when invitations are needed', async () => {
    const web = await startWeb();
    const results = await Promise.allSettled(
      ['ann@example.org', 'bob@example.org'].map((email) =>
        signUp(web.deps, { email, password: PASSWORD }, 'invite'),
      ),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await countRows(web, 'users')).toBe(1);
    await web.stop();
  });

  it('is not needed where the environment names an admin, and changes nothing at the next start', async () => {
    const web = await startWeb();
    await ensureAdmin(web.deps, { email: 'Root@Example.org', password: PASSWORD });
    await ensureAdmin(web.deps, { email: 'other@example.org', password: PASSWORD });
    const admin = await signIn(web.deps, { email: 'root@example.org', password: PASSWORD }, '192.0.2.9');
    expect(admin.role).toBe('admin');
    expect(await countRows(web, 'users')).toBe(1);
    await web.stop();
  });

  it('refuses a weak password of the environment', async () => {
    const web = await startWeb();
    const refusal = await refusalOf(ensureAdmin(web.deps, { email: 'root@example.org', password: 'short' }));
    expect(refusal.message).toContain('at least 10 characters');
    expect(await countRows(web, 'users')).toBe(0);
    await web.stop();
  });
});

describe('accounts', () => {
  let web: Web;
  let adminId: string;
  beforeAll(async () => {
    web = await startWeb();
    adminId = (await createUser(web, 'admin@example.org')).id;
  });
  afterAll(() => web.stop());

  it.each([
    ['admin@example.org', 'conflict'],
    ['ADMIN@Example.ORG', 'conflict'],
  ])('refuse a repeated e-mail in any case: %s', async (email, code) => {
    const before = await countRows(web, 'users');
    const input = signUpInput.parse({ email, password: PASSWORD });
    const refusal = await refusalOf(signUp(web.deps, input, 'open'));
    expect(refusal.code).toBe(code);
    expect(refusal.errors).toEqual([{ path: 'email', message: refusal.message }]);
    expect(await countRows(web, 'users')).toBe(before);
  });

  it.each([
    ['too short', 'a@example.org', 'short'],
    ['no e-mail', 'nonsense', PASSWORD],
    ['an e-mail with a NUL', 'a\0b@example.org', PASSWORD],
  ])('take no sign-up that is %s', (_what, email, password) => {
    expect(signUpInput.safeParse({ email, password }).success).toBe(false);
  });

  it.each([
    ['the e-mail itself', 'longname@example.org', 'LongName@example.org'],
    ['a common one', 'someone@example.org', 'Password123'],
    ['two characters repeated', 'someone@example.org', 'ababababab'],
  ])('refuse %s as a password', async (_what, email, password) => {
    const before = await countRows(web, 'users');
    expect((await refusalOf(signUp(web.deps, { email, password }, 'open'))).status).toBe(422);
    expect(await countRows(web, 'users')).toBe(before);
  });

  it('keep a password only as an argon2id hash', async () => {
    const [row] = await web.database.sql<{ passwordHash: string }[]>`
      select password_hash as "passwordHash" from users where id = ${adminId}`;
    expect(row?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(web.logged()).not.toContain(PASSWORD);
  });

  it('refuse everybody while sign-up is closed', async () => {
    const refusal = await refusalOf(
      signUp(web.deps, { email: 'late@example.org', password: PASSWORD }, 'closed'),
    );
    expect(refusal.status).toBe(403);
  });

  it('sign in with the right password in any case of the e-mail, and say the same of a wrong password as of no account', async () => {
    const signInAs = (email: string, password: string) => signIn(web.deps, { email, password }, '192.0.2.2');
    expect((await signInAs('Admin@Example.org', PASSWORD)).id).toBe(adminId);
    const wrong = await refusalOf(signInAs('admin@example.org', 'not the password'));
    const unknown = await refusalOf(signInAs('nobody@example.org', PASSWORD));
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.message).toBe(unknown.message);
  });

  it('are guarded against guessing: the eleventh failure is told to wait, even with the right password', async () => {
    const user = await createUser(web);
    const attempt = (password: string) => signIn(web.deps, { email: user.email, password }, '192.0.2.3');
    const guesses = await Promise.all(Array.from({ length: 12 }, () => refusalOf(attempt('wrong password'))));
    expect(guesses.map((guess) => guess.status).sort()).toEqual([
      ...Array.from({ length: 10 }, () => 401),
      429,
      429,
    ]);
    const refusal = await refusalOf(attempt(PASSWORD));
    expect(refusal.status).toBe(429);
    expect(refusal.retryAfterS).toBeGreaterThan(800);
    expect((await signIn(web.deps, { email: user.email, password: PASSWORD }, '198.51.100.7')).id).toBe(
      user.id,
    );
  });

  it('forget failures after a success', async () => {
    const user = await createUser(web);
    const attempt = (password: string) => signIn(web.deps, { email: user.email, password }, '192.0.2.4');
    for (let round = 0; round < 3; round++) {
      for (let guess = 0; guess < 5; guess++) await refusalOf(attempt('wrong password'));
      expect((await attempt(PASSWORD)).id).toBe(user.id);
    }
  });

  it('end all other sessions and all tokens when the password changes', async () => {
    const user = await createUser(web);
    const [here, elsewhere] = [await cookieOf(web, user), await cookieOf(web, user)];
    const request = (headers: Record<string, string>) =>
      new Request('http://localhost/settings', { headers });
    const change = (current: string) =>
      changePassword(web.deps, user, { current, password: 'another horse entirely', request: request(here) });
    expect((await refusalOf(change('not the password'))).errors[0]?.path).toBe('current');
    await change(PASSWORD);
    expect((await findSessionUser(request(here), web.context()))?.id).toBe(user.id);
    expect(await findSessionUser(request(elsewhere), web.context())).toBeUndefined();
  });
});

describe('invitations', () => {
  let web: Web;
  let adminId: string;
  beforeAll(async () => {
    web = await startWeb();
    adminId = (await createUser(web, 'admin@example.org')).id;
  });
  afterAll(() => web.stop());

  const join = (email: string, invite?: string) =>
    signUp(web.deps, { email, password: PASSWORD, invite }, 'invite');

  it('let one person in once, and are not stored in the clear', async () => {
    const { code, invitation } = await createInvitation(web.deps, adminId, { note: 'for Ann' });
    expect(invitation).toMatchObject({ note: 'for Ann', status: 'open' });
    const stored = await web.database.sql`select * from invitations`;
    expect(JSON.stringify(stored)).not.toContain(code);
    expect((await join('ann@example.org', code)).role).toBe('trader');
    expect((await refusalOf(join('bob@example.org', code))).status).toBe(403);
    const [used] = await listInvitations(web.deps, adminId);
    expect(used).toMatchObject({ status: 'used', usedByEmail: 'ann@example.org' });
  });

  it('are not used up by a sign-up that is refused', async () => {
    const { code } = await createInvitation(web.deps, adminId, {});
    expect((await refusalOf(join('admin@example.org', code))).status).toBe(409);
    expect((await join('carl@example.org', code)).email).toBe('carl@example.org');
  });

  it('are asked for by name when one is missing', async () => {
    const refusal = await refusalOf(join('dora@example.org'));
    expect(refusal.errors[0]?.path).toBe('invite');
    expect(refusal.message).toContain('needs an invitation');
  });

  it('end after seven days, and when taken back', async () => {
    const late = await createInvitation(web.deps, adminId, {});
    const taken = await createInvitation(web.deps, adminId, {});
    await revokeInvitation(web.deps, adminId, taken.invitation.id);
    expect((await refusalOf(join('eve@example.org', taken.code))).status).toBe(403);
    web.clock.nowMs += 7 * 86_400_000 + 1;
    expect((await refusalOf(join('eve@example.org', late.code))).status).toBe(403);
    web.clock.nowMs = Date.now();
  });

  it('can be taken back by their maker alone', async () => {
    const other = await createUser(web);
    const { invitation } = await createInvitation(web.deps, adminId, {});
    for (const id of [invitation.id, 'nonsense'])
      expect((await refusalOf(revokeInvitation(web.deps, other.id, id))).status).toBe(404);
    expect(await listInvitations(web.deps, other.id)).toEqual([]);
  });
});
