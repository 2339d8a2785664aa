import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as keyRoute from '../../../app/routes/exchange_.keys.$id.ts';
import * as keysRoute from '../../../app/routes/exchange.keys.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { startBot, stopBot } from '../../../app/services/bots.server.ts';
import { findSealedKey } from '../../../db/queries/exchange-keys.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import { call, countRows, createUser, startWeb, tokenOf, type Answer, type Web } from '../../support/web.ts';

const SECRETS = { api_key: 'AKIA-key-of-a-trader-9f3c', api_secret: 'the-secret-of-a-trader' };

describe('exchange keys over REST', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;
  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    headers = await tokenOf(web, user);
  });
  afterAll(() => web.stop());
  beforeEach(() => {
    web.exchange.account = {};
  });

  const add = (body: Record<string, unknown>): Promise<Answer> =>
    call(web, keysRoute, { method: 'POST', headers, body: { exchange: 'binance', ...SECRETS, ...body } });
  const remove = (id: string, by = headers) => call(web, keyRoute, { method: 'DELETE', headers: by, id });
  const refuse = (kind: ConstructorParameters<typeof ExchangeError>[0], message: string) => {
    web.exchange.account = { fetchBalances: () => Promise.reject(new ExchangeError(kind, message)) };
  };

  it('are tried at the exchange, sealed, and answered with a hint only', async () => {
    const { status, json } = await add({ label: 'main' });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      exchange: 'binance',
      label: 'main',
      key_hint: '9f3c',
      permissions: { read: true, trade: true, withdraw: false },
      sandbox: false,
      created_at: expect.stringMatching(/Z$/) as string,
      warning: null,
    });
    expect(web.exchange.tried.at(-1)).toEqual({
      venue: 'binance',
      credentials: { apiKey: SECRETS.api_key, apiSecret: SECRETS.api_secret },
      sandbox: false,
    });
    const stored = JSON.stringify(await web.database.sql`select * from exchange_keys`);
    for (const secret of Object.values(SECRETS)) {
      expect(stored).not.toContain(secret);
      expect(web.logged()).not.toContain(secret);
    }
    const sealed = await findSealedKey(web.deps.db, user.id, String(json['id']));
    const open = (field: string) => ({ owner: user.id, row: String(json['id']), field });
    expect(web.deps.vault.open(sealed!.apiKey, open('api_key'))).toBe(SECRETS.api_key);
    expect(web.deps.vault.open(sealed!.apiSecret, open('api_secret'))).toBe(SECRETS.api_secret);
  });

  it.each(['auth', 'rejected'] as const)('that the exchange refuses (%s) are not stored', async (kind) => {
    refuse(kind, 'Invalid API-key, IP, or permissions for action.');
    const before = await countRows(web, 'exchange_keys');
    const { status, json } = await add({ label: kind });
    expect(status).toBe(422);
    expect(json['detail']).toBe('Binance refused this key: Invalid API-key, IP, or permissions for action.');
    expect(json['errors']).toEqual([{ path: 'api_key', message: json['detail'] }]);
    expect(await countRows(web, 'exchange_keys')).toBe(before);
  });

  it.each(['transient', 'rate-limited', 'unknown-outcome'] as const)(
    'that could not be tried (%s) are stored with unknown permissions',
    async (kind) => {
      refuse(kind, 'No answer.');
      const { status, json } = await add({ label: kind });
      expect(status).toBe(201);
      expect(json).toMatchObject({
        permissions: null,
        warning: expect.stringContaining('not known to work') as string,
      });
    },
  );

  it('are answered within 10 s when the exchange never answers', async () => {
    web.exchange.account = { fetchBalances: () => new Promise(() => undefined) };
    const began = Date.now();
    const { status, json } = await add({ label: 'silent' });
    expect(status).toBe(201);
    expect(json['permissions']).toBeNull();
    expect(Date.now() - began).toBeLessThan(9_500);
  });

  it('that may withdraw are stored with a warning', async () => {
    web.exchange.account = {
      fetchPermissions: () => Promise.resolve({ read: true, trade: true, withdraw: true }),
    };
    const { status, json } = await add({ label: 'risky' });
    expect(status).toBe(201);
    expect(json['warning']).toContain('may withdraw');
  });

  it('work where the exchange does not say what they may do', async () => {
    web.exchange.account = { fetchPermissions: () => Promise.reject(new ExchangeError('rejected', 'No.')) };
    expect((await add({ label: 'mute' })).json).toMatchObject({ permissions: null, warning: null });
  });

  it.each([
    [{ exchange: 'nowhere' }, 422, 'exchange'],
    [{ exchange: 'demo' }, 422, 'exchange'],
    [{ exchange: 'okx' }, 422, 'passphrase'],
    [{ exchange: 'kraken', sandbox: true }, 422, 'sandbox'],
    [{ label: 'main' }, 409, 'label'],
    [{ label: 'x'.repeat(61) }, 422, 'label'],
    [{ label: 'a\0b' }, 422, 'label'],
    [{ api_key: '' }, 422, 'api_key'],
    [{ api_key: 5 }, 400, 'api_key'],
    [{ api_secret: undefined }, 400, 'api_secret'],
    [{ sandbox: 'perhaps' }, 400, 'sandbox'],
  ])('are refused when the form says %j', async (body, expected, path) => {
    const before = await countRows(web, 'exchange_keys');
    const { status, json, headers: sent } = await add(body);
    expect(status).toBe(expected);
    expect(sent.get('Content-Type')).toBe('application/problem+json');
    expect((json['errors'] as { path: string }[]).map((error) => error.path)).toContain(path);
    expect(await countRows(web, 'exchange_keys')).toBe(before);
  });

  it('get numbered labels where none is given', async () => {
    const labels = [(await add({})).json['label'], (await add({})).json['label']];
    expect(labels).toEqual(['Binance', 'Binance 2']);
  });

  it('are listed for their owner alone', async () => {
    const other = await createUser(web);
    const theirs = await tokenOf(web, other);
    const list = (id: string, by: Record<string, string>) => call(web, keyRoute, { headers: by, id });
    const mine = await list(user.id, headers);
    expect((mine.json['keys'] as unknown[]).length).toBeGreaterThan(3);
    expect(JSON.stringify(mine.json)).not.toContain(SECRETS.api_secret);
    expect((await list(other.id, theirs)).json).toEqual({ keys: [] });
    expect((await list(user.id, theirs)).status).toBe(404);
    expect((await list('nonsense', theirs)).status).toBe(404);
  });

  it('are deleted by their owner alone, and once', async () => {
    const id = String((await add({ label: 'short-lived' })).json['id']);
    const theirs = await tokenOf(web, await createUser(web));
    const foreign = await remove(id, theirs);
    const nothing = await remove(randomUUID(), theirs);
    expect(foreign).toMatchObject({ status: 404, json: nothing.json });
    expect((await remove('nonsense')).status).toBe(404);
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
  });

  it('cannot be deleted while a bot trades with them', async () => {
    const id = String((await add({ label: 'in use' })).json['id']);
    const bot = await startBot(web.deps, user.id, {
      strategy: 'RSI_CROSS',
      symbol: 'BTC/USDT',
      timeframe: '5m',
      mode: 'live',
      exchange_key_id: id,
      initial_balance: '1000',
      exchange: undefined,
      name: undefined,
      sizing: undefined,
      risk: undefined,
    });
    expect((await remove(id)).json['detail']).toBe('A bot trades with this key. Stop it first.');
    await stopBot(web.deps, user.id, { bot_run_id: bot.id });
    expect((await remove(id)).status).toBe(409);
    await web.database.sql`update bot_runs set status = 'STOPPED' where id = ${bot.id}`;
    expect((await remove(id)).status).toBe(204);
  });
});
