import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserView } from '../../../app/schemas/views.ts';
import {
  endSession,
  findSessionUser,
  optionalUser,
  requireAdmin,
  requireUser,
  startSession,
} from '../../../app/services/sessions.server.ts';
import { cookieOf, createUser, startWeb, type Web } from '../../support/web.ts';

const DAY_MS = 86_400_000;

describe('sessions', () => {
  let web: Web;
  let admin: UserView;
  let user: UserView;
  beforeAll(async () => {
    web = await startWeb();
    admin = await createUser(web);
    user = await createUser(web);
  });
  afterAll(() => web.stop());

  const at = (url: string, init: RequestInit = {}) => new Request(url, init);
  const thrownBy = async (work: Promise<unknown>): Promise<Response> => {
    const thrown: unknown = await work.catch((error: unknown) => error);
    if (!(thrown instanceof Response)) throw new Error('No Response was thrown.', { cause: thrown });
    return thrown;
  };
  const hashOf = (cookie: Record<string, string>) =>
    createHash('sha256').update(cookie['Cookie']!.replace('session=', '')).digest('hex');

  it('come as a cookie that scripts and other sites cannot use', async () => {
    const cookie = await startSession(at('http://localhost/login'), web.context(), user.id);
    expect(cookie).toMatch(/^session=\w{40};/);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
    expect(cookie).toContain('Path=/');
    expect(cookie).not.toContain('Secure');
  });

  it.each([
    ['the public origin is https', 'http://localhost/login', 'https://bots.example.org'],
    ['the request came by https', 'https://bots.example.org/login', undefined],
  ])('are kept to TLS when %s', async (_when, url, origin) => {
    expect(await startSession(at(url), web.context({ origin }), user.id)).toContain('Secure');
  });

  it('are stored as a hash only', async () => {
    const cookie = await cookieOf(web, user);
    const rows = await web.database.sql<{ id: string }[]>`select id from sessions`;
    expect(rows.map((row) => row.id)).toContain(hashOf(cookie));
    expect(JSON.stringify(rows)).not.toContain(cookie['Cookie']!.replace('session=', ''));
    const asId = { Cookie: `session=${hashOf(cookie)}` };
    expect(await findSessionUser(at('http://localhost/', { headers: asId }), web.context())).toBeUndefined();
  });

  it('roll on when used in their second half', async () => {
    const headers = await cookieOf(web, user);
    const expiryAfter = async (daysLeft: number) => {
      const expiresAt = new Date(Date.now() + daysLeft * DAY_MS).toISOString();
      await web.database.sql`update sessions set expires_at = ${expiresAt} where id = ${hashOf(headers)}`;
      expect((await requireUser(at('http://localhost/', { headers }), web.context())).id).toBe(user.id);
      const [row] = await web.database.sql<{ at: string }[]>`
        select expires_at as at from sessions where id = ${hashOf(headers)}`;
      return Math.round((Date.parse(row!.at) - Date.now()) / DAY_MS);
    };
    expect(await expiryAfter(20)).toBe(20);
    expect(await expiryAfter(2)).toBe(30);
  });

  it('end when they expire', async () => {
    const headers = await cookieOf(web, user);
    await web.database
      .sql`update sessions set expires_at = now() - interval '1 second' where id = ${hashOf(headers)}`;
    expect(await findSessionUser(at('http://localhost/', { headers }), web.context())).toBeUndefined();
  });

  it('end at sign-out', async () => {
    const headers = await cookieOf(web, user);
    const cookie = await endSession(
      at('http://localhost/logout', { method: 'POST', headers }),
      web.context(),
    );
    expect(cookie).toContain('Max-Age=0');
    expect(await findSessionUser(at('http://localhost/', { headers }), web.context())).toBeUndefined();
  });

  it('send whoever has none to the sign-in page, and back afterwards', async () => {
    const response = await thrownBy(
      requireUser(at('http://localhost/trades?symbol=BTC/USDT'), web.context()),
    );
    expect(response.status).toBe(302);
    expect(response.headers.get('Location')).toBe('/login?next=%2Ftrades%3Fsymbol%3DBTC%2FUSDT');
  });

  it.each(['session=', 'session=nonsense', 'other=1; session=%00', 'session'])(
    'are not opened by the cookie %j',
    async (Cookie) => {
      expect(
        await optionalUser(at('http://localhost/', { headers: { Cookie } }), web.context()),
      ).toBeUndefined();
    },
  );

  it('show admin pages to admins alone', async () => {
    const open = async (who: UserView) =>
      requireAdmin(at('http://localhost/admin', { headers: await cookieOf(web, who) }), web.context());
    expect((await open(admin)).role).toBe('admin');
    expect((await thrownBy(open(user))).status).toBe(404);
  });

  it.each([
    ['another site', { Origin: 'https://evil.example' }, 403],
    ['a sandboxed frame', { Origin: 'null' }, 403],
    ['another port of this host', { Origin: 'http://localhost:4000' }, 403],
    ['another site without Origin', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['this site', { Origin: 'http://localhost' }, 200],
    ['this site behind TLS', { Origin: 'https://bots.example.org' }, 200],
    ['a program that is no browser', {}, 200],
  ])('take a form post of %s as they should', async (_who, headers, status) => {
    const cookie = await cookieOf(web, user);
    const request = at('http://localhost/bots', { method: 'POST', headers: { ...cookie, ...headers } });
    const result = await requireUser(request, web.context({ origin: 'https://bots.example.org' })).then(
      () => 200,
      (thrown: unknown) => (thrown as Response).status,
    );
    expect(result).toBe(status);
  });

  it('appear in no log line', async () => {
    const cookie = await cookieOf(web, user);
    expect(web.logged()).not.toContain(cookie['Cookie']!.replace('session=', ''));
  });
});
