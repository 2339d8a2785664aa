import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tokenRoute from '../../../app/routes/auth.token.ts';
import * as botStart from '../../../app/routes/bot.start.ts';
import * as botStop from '../../../app/routes/bot.stop.ts';
import * as keysRoute from '../../../app/routes/exchange.keys.ts';
import * as strategiesRoute from '../../../app/routes/strategies_.list.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { setStrategyEnabled, syncStrategies } from '../../../app/services/strategies.server.ts';
import {
  call,
  cookieOf,
  countRows,
  createUser,
  PASSWORD,
  startWeb,
  tokenOf,
  type Web,
} from '../../support/web.ts';

describe('the REST interface', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;
  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    headers = await tokenOf(web, user);
  });
  afterAll(() => web.stop());

  const list = (by: Record<string, string>) => call(web, strategiesRoute, { headers: by });

  it('issues a token for 90 days with all scopes, and stores its hash alone', async () => {
    const body = { email: user.email.toUpperCase(), password: PASSWORD, totp: '', name: 'script' };
    const { status, json } = await call(web, tokenRoute, { method: 'POST', body });
    expect(status).toBe(201);
    expect(json).toMatchObject({ scopes: ['read', 'trade', 'keys'], user_id: user.id });
    expect(json['token']).toMatch(/^abt_[\w-]{43}$/);
    const days = (Date.parse(String(json['expires_at'])) - web.clock.nowMs) / 86_400_000;
    expect(days).toBe(90);
    const stored = JSON.stringify(await web.database.sql`select * from api_tokens`);
    expect(stored).not.toContain(String(json['token']).slice(4));
    expect(web.logged()).not.toContain(String(json['token']).slice(4));
    expect((await list({ Authorization: `bearer ${String(json['token'])}` })).status).toBe(200);
  });

  it.each([
    [{ email: 'x@example.org', password: 'wrong password' }, 401],
    [{ email: 'x@example.org' }, 400],
    [{ email: 5, password: PASSWORD }, 400],
    [{ email: 'a\0b', password: PASSWORD }, 422],
    [{ email: 'x@example.org', password: PASSWORD, scopes: 'read' }, 400],
    [{ email: 'x@example.org', password: PASSWORD, scopes: ['everything'] }, 422],
    [{ email: 'x@example.org', password: PASSWORD, scopes: [] }, 422],
    ['{"email":', 400],
    ['[]', 400],
    ['null', 400],
    ['', 400],
    ['x'.repeat(100_001), 413],
  ])('refuses to issue a token for %j', async (body, expected) => {
    const before = await countRows(web, 'api_tokens');
    const { status, json, headers: sent } = await call(web, tokenRoute, { method: 'POST', body });
    expect(status).toBe(expected);
    expect(sent.get('Content-Type')).toBe('application/problem+json');
    expect(Object.keys(json).sort()).toEqual(['detail', 'errors', 'status', 'title', 'type']);
    expect(json['status']).toBe(expected);
    expect(await countRows(web, 'api_tokens')).toBe(before);
  });

  it('says when to come back after too many wrong passwords', async () => {
    const body = { email: 'guessed@example.org', password: 'wrong password' };
    for (let guess = 0; guess < 10; guess++) await call(web, tokenRoute, { method: 'POST', body });
    const { status, headers: sent } = await call(web, tokenRoute, { method: 'POST', body });
    expect(status).toBe(429);
    expect(Number(sent.get('Retry-After'))).toBeGreaterThan(0);
  });

  it.each([
    ['no token', {}],
    ['an unknown token', { Authorization: 'Bearer abt_nonsense' }],
    ['another scheme', { Authorization: 'Basic abc' }],
    ['an empty one', { Authorization: '' }],
  ])('needs a valid token: %s', async (_what, by) => {
    const { status, headers: sent } = await list(by);
    expect(status).toBe(401);
    expect(sent.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('refuses an expired token', async () => {
    const old = await tokenOf(web, user);
    expect((await list(old)).status).toBe(200);
    web.clock.nowMs += 90 * 86_400_000;
    expect((await list(old)).status).toBe(401);
    web.clock.nowMs = Date.now();
  });

  it('asks for the scope of each call', async () => {
    const readOnly = await tokenOf(web, user, ['read']);
    expect((await list(readOnly)).status).toBe(200);
    for (const route of [botStart, botStop, keysRoute]) {
      const { status, json } = await call(web, route, { method: 'POST', headers: readOnly, body: {} });
      expect(status).toBe(403);
      expect(json['detail']).toMatch(/lacks the scope "(trade|keys)"/);
    }
    expect((await list(await tokenOf(web, user, ['trade']))).status).toBe(403);
  });

  it('takes the session cookie too, but not from the page of another site', async () => {
    const cookie = await cookieOf(web, user);
    expect((await list(cookie)).status).toBe(200);
    const stop = (origin: string) =>
      call(web, botStop, {
        method: 'POST',
        headers: { ...cookie, Origin: origin },
        body: { bot_run_id: 'x' },
      });
    expect((await stop('https://evil.example')).status).toBe(403);
    expect((await stop('http://localhost')).status).toBe(404);
  });

  it('names the methods that a path serves', async () => {
    const { status, headers: sent } = await call(web, botStop, { method: 'PUT', headers, body: {} });
    expect(status).toBe(405);
    expect(sent.get('Allow')).toBe('POST, OPTIONS');
  });

  it('lets pages of the configured origins call with a token, others not', async () => {
    const settings = { corsOrigins: ['https://desk.example'] };
    const preflight = (Origin: string) =>
      call(web, botStart, { method: 'OPTIONS', headers: { Origin }, settings });
    const ours = await preflight('https://desk.example');
    expect(ours.status).toBe(204);
    expect(ours.headers.get('Access-Control-Allow-Origin')).toBe('https://desk.example');
    expect(ours.headers.get('Access-Control-Allow-Headers')).toContain('Authorization');
    expect(ours.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect((await preflight('https://evil.example')).headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('serves a token more than 600 calls a minute, and then says when to come back', async () => {
    const busy = await tokenOf(web, await createUser(web));
    const statuses = new Map<number, number>();
    for (let sent = 0; sent < 1_210; sent++) {
      const { status } = await list(busy);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [200, 1_200],
      [429, 10],
    ]);
    expect(Number((await list(busy)).headers.get('Retry-After'))).toBeGreaterThan(0);
  });

  it('answers a fault of its own without details, and logs it', async () => {
    const broken = {
      ...web,
      context: () => ({ ...web.context(), deps: { ...web.deps, db: undefined as never } }),
    };
    const { status, json } = await call(broken, strategiesRoute, { headers });
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain('undefined');
    expect(web.logged()).toContain('request failed');
  });

  it('lists strategies with a schema that a form can be made from', async () => {
    await setStrategyEnabled(web.deps, { name: 'RSI_CROSS', enabled: false });
    await syncStrategies(web.deps.db);
    const { json } = await list(headers);
    const [first] = json['strategies'] as Record<string, unknown>[];
    expect(first).toMatchObject({
      name: 'RSI_CROSS',
      enabled: false,
      params_schema: { properties: { rsi_period: { default: 14, minimum: 2, title: 'RSI period' } } },
    });
  });
});
