import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as botStart from '../../../app/routes/bot.start.ts';
import * as webhooks from '../../../app/routes/webhooks.$id.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import {
  findWebhookView,
  renewWebhookSecret,
  revealSecret,
  sendTestSignal,
} from '../../../app/services/webhooks.server.ts';
import { createVault, type Sealed } from '../../../jobs/vault.ts';
import { resealAll } from '../../../scripts/reseal.ts';
import { btcUsdt } from '../../support/markets.ts';
import { call, countRows, createUser, startWeb, tokenOf, type Answer, type Web } from '../../support/web.ts';

const PAPER = {
  strategy: 'WEBHOOK',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  mode: 'paper',
  exchange: 'binance',
};

type Started = { botRunId: string; id: string; secret: string };

describe('a webhook', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;
  let bot: Started;
  beforeAll(async () => {
    web = await startWeb();
    web.exchange.markets = [btcUsdt()];
    user = await createUser(web);
    headers = await tokenOf(web, user);
  });
  afterAll(() => web.stop());
  beforeEach(async () => {
    bot = await start();
  });

  const begin = (params: object = {}, by = headers) =>
    call(web, botStart, { method: 'POST', headers: by, body: { ...PAPER, params } });
  const start = async (params: object = {}): Promise<Started> => {
    const { json } = await begin(params);
    const { url, secret } = json['webhook'] as { url: string; secret: string };
    return { botRunId: String(json['bot_run_id']), id: url.split('/').at(-1) ?? '', secret };
  };
  const post = (body: unknown, { id = bot.id, by = {} }: { id?: string; by?: Record<string, string> } = {}) =>
    call(web, webhooks, { method: 'POST', body, id, headers: by });
  const say = (signal: object, to = bot) => post({ secret: to.secret, ...signal }, { id: to.id });
  const signals = (of = bot) => web.database.sql<Record<string, unknown>[]>`
    select * from webhook_signals where bot_run_id = ${of.botRunId} order by received_at, acts_at`;
  const jobs = async () => {
    const rows = await web.database.sql<{ data: { signalId: string } }[]>`
      select data from pgboss.job where name = 'act-on-signal'`;
    return rows.map(({ data }) => data.signalId);
  };
  const expectProblem = (answer: Answer, status: number, detail: RegExp) => {
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    expect([answer.status, answer.json['status'], answer.json['detail']]).toEqual([
      status,
      status,
      expect.stringMatching(detail),
    ]);
  };

  it('is made with its bot: the start says its address and its secret, this once', async () => {
    const { status, json } = await begin();
    expect(status).toBe(201);
    expect(json['webhook']).toEqual({
      url: expect.stringMatching(/^http:\/\/localhost\/webhooks\/[0-9a-f-]{36}$/) as string,
      secret: expect.stringMatching(/^whs_[\w-]{43}$/) as string,
    });
    expect(JSON.stringify(json)).not.toContain(`/webhooks/${String(json['bot_run_id'])}`);
    await expect(revealSecret(web.deps, user.id, String(json['bot_run_id']))).rejects.toMatchObject({
      status: 409,
    });
    const rsi = await call(web, botStart, {
      method: 'POST',
      headers,
      body: { ...PAPER, strategy: 'RSI_CROSS' },
    });
    expect(rsi.json).not.toHaveProperty('webhook');
  });

  it('says its address under the public origin of the server', async () => {
    const options = {
      method: 'POST',
      headers,
      body: PAPER,
      settings: { origin: 'https://bots.example.org' },
    };
    const { json } = await call(web, botStart, options);
    expect((json['webhook'] as { url: string }).url).toMatch(/^https:\/\/bots\.example\.org\/webhooks\//);
  });

  it.each([
    ['application/json', { action: 'buy' }, 'BUY'],
    ['text/plain', { action: 'BUY', price: 'NaN', comment: 'long "entry"\n now' }, 'BUY'],
    ['text/plain; charset=utf-8', { action: ' Sell ', price: '50000.5', reason: 'RSI fell' }, 'SELL'],
    ['application/json', { action: 'close', id: 17, more: { of: ['this'] } }, 'SELL'],
  ])('takes a signal sent as %s: %j', async (type, signal, action) => {
    const by = { 'Content-Type': type };
    const { status, json } = await post(JSON.stringify({ secret: bot.secret, ...signal }), { by });
    expect([status, json]).toEqual([
      202,
      { signal_id: expect.any(String) as string, duplicate: false, test: false },
    ]);
    const [row] = await signals();
    expect(row).toMatchObject({ id: json['signal_id'], action, outcome: 'pending' });
    expect(await jobs()).toContain(json['signal_id']);
  });

  it('takes the same key once, however often and with whatever it comes', async () => {
    const id = randomUUID();
    const first = await say({ action: 'buy', id });
    const again = await Promise.all([say({ action: 'buy', id }), say({ action: 'sell', id })]);
    web.clock.nowMs += 3_600_000;
    const late = await say({ action: 'buy', id });
    for (const { status, json } of [...again, late])
      expect([status, json]).toEqual([200, { ...first.json, duplicate: true }]);
    expect(await signals()).toMatchObject([{ id: first.json['signal_id'], key: `id:${id}`, repeats: 3 }]);
    expect((await jobs()).filter((each) => each === first.json['signal_id'])).toHaveLength(1);
  });

  it('takes many posts of one key at once as one', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => say({ action: 'buy', id: 'x' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(11).fill(200), 202]);
    expect(await signals()).toHaveLength(1);
  });

  it('takes the same words as one signal within the maximum age, and as another after it', async () => {
    await say({ action: 'buy' });
    web.clock.nowMs += 60_000;
    expect((await say({ action: 'buy' })).status).toBe(200);
    expect((await say({ action: 'sell' })).status).toBe(202);
    web.clock.nowMs += 10_001;
    expect((await say({ action: 'buy' })).status).toBe(202);
    expect(await signals()).toHaveLength(3);
  });

  it('takes the same key for another bot, and the same words with another time', async () => {
    const other = await start();
    const id = 'shared';
    expect([
      (await say({ action: 'buy', id })).status,
      (await say({ action: 'buy', id }, other)).status,
    ]).toEqual([202, 202]);
    const at = (ms: number) => say({ action: 'buy', time: web.clock.nowMs - ms });
    expect([(await at(1)).status, (await at(2)).status, (await at(1)).status]).toEqual([202, 202, 200]);
  });

  it.each([
    ['a wrong secret', (s: string) => ({ action: 'buy', secret: `${s}x` })],
    ['no secret', () => ({ action: 'buy' })],
    ['a secret that is no text', (s: string) => ({ action: 'buy', secret: [s] })],
    ['nothing else right either', () => ({ action: 5, time: 'never' })],
  ])('refuses %s with 401, as an address that leads nowhere does', async (_what, body) => {
    const answers = await Promise.all(
      [bot.id, randomUUID(), bot.botRunId, 'x', ''].map((id) => post(body(bot.secret), { id })),
    );
    for (const answer of answers) expectProblem(answer, 401, /no such address, or the secret/);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1);
    expect(await signals()).toEqual([]);
    const view = await findWebhookView(web.deps, user.id, { botRunId: bot.botRunId, base: 'http://x' });
    expect(view).toMatchObject({ wrongProofs: 1, signals: [] });
  });

  it('takes as many signals a minute as its owner chose', async () => {
    const slow = await start({ signals_per_minute: 2 });
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push(await say({ action: 'buy', id: n }, slow));
    expect(codes.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(Number(codes[2]?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await signals(slow)).toHaveLength(2);
    expect((await say({ action: 'buy' })).status).toBe(202);
  });

  it.each([
    ['too old', -60_001, /60 s old; at most 60 s/],
    ['hours old', -3 * 3_600_000, /3 hours old/],
    ['from too far ahead', 10_001, /from 10 s ahead/],
  ])('refuses a signal that is %s with 422, and takes it with a right time', async (_what, byMs, detail) => {
    const at = (ms: number) =>
      say({ action: 'buy', id: 'k', time: new Date(web.clock.nowMs + ms).toISOString() });
    expectProblem(await at(byMs), 422, detail);
    expect(await signals()).toMatchObject([{ outcome: 'refused', key: null }]);
    expect((await at(byMs > 0 ? 10_000 : -60_000)).status).toBe(202);
  });

  it.each([
    ['{"action":"buy"', 400],
    ['buy', 400],
    ['["buy"]', 400],
    ['null', 400],
    ['', 400],
    [`{"action":"buy","comment":"${'x'.repeat(8_000)}"}`, 413],
  ])('refuses a body that cannot be read, whatever the address (case %#)', async (body, status) => {
    for (const id of [bot.id, randomUUID()]) expectProblem(await post(body, { id }), status, /./);
  });

  it.each([
    [{}, 400],
    [{ action: 1 }, 400],
    [{ action: 'long' }, 422],
    [{ action: 'buy', time: 'yesterday' }, 422],
    [{ action: 'buy', time: 1_700_000_000 }, 422],
    [{ action: 'buy', id: 'x'.repeat(201) }, 422],
    [{ action: 'buy', id: 'a\u0000b' }, 422],
    [{ action: 'buy', id: { a: 1 } }, 400],
  ])('refuses %j from the right sender with %i', async (signal, status) => {
    expectProblem(await say(signal), status, /./);
    expect(await signals()).toEqual([]);
  });

  it.each(['STOPPED', 'STOPPING', 'HALTED', 'ERROR'])(
    'refuses a signal with 409 while its bot is %s',
    async (status) => {
      await web.database
        .sql`update bot_runs set status = ${status}, halt_reason = 'Lost 5 %.' where id = ${bot.botRunId}`;
      const said =
        status === 'HALTED'
          ? /is halted: Lost 5 %\. Nothing was done/
          : new RegExp(`does not run \\(${status}\\)`);
      expectProblem(await say({ action: 'sell', id: 'k' }), 409, said);
      expect(await signals()).toMatchObject([{ outcome: 'refused', key: null }]);
      await web.database.sql`update bot_runs set status = 'RUNNING' where id = ${bot.botRunId}`;
      expect((await say({ action: 'sell', id: 'k' })).status).toBe(202);
    },
  );

  it('serves nothing but posts', async () => {
    expect((await call(web, webhooks, { id: bot.id })).status).toBe(405);
  });

  describe('that wants signatures', () => {
    let signed: Started;
    beforeEach(async () => {
      signed = await start({ authentication: 'hmac' });
    });
    const sign = (text: string) => createHmac('sha256', signed.secret).update(text).digest('hex');
    const send = (body: string, by: Record<string, string>) => post(body, { id: signed.id, by });
    const body = (more: object = {}) => JSON.stringify({ action: 'buy', time: web.clock.nowMs, ...more });

    it('takes a body signed in X-Signature', async () => {
      expect((await send(body(), { 'X-Signature': sign(body()) })).status).toBe(202);
      const other = body({ id: 1 });
      expect((await send(other, { 'X-Signature': `sha256=${sign(other)}` })).status).toBe(202);
    });

    it('takes a body signed with its X-Timestamp, which counts as its time', async () => {
      const at = (ms: number) => {
        const timestamp = String(web.clock.nowMs + ms);
        const plain = '{"action":"buy"}';
        return send(plain, { 'X-Timestamp': timestamp, 'X-Signature': sign(`${timestamp}.${plain}`) });
      };
      expect([(await at(0)).status, (await at(0)).status, (await at(-1)).status]).toEqual([202, 200, 202]);
      expectProblem(await at(-61_000), 422, /61 s old/);
    });

    it('refuses what is not signed, or signed otherwise', async () => {
      const text = body();
      const wrong = [
        {},
        { 'X-Signature': sign(`${text} `) },
        { 'X-Signature': createHmac('sha256', 'x').update(text).digest('hex') },
        { 'X-Signature': sign(text), 'X-Timestamp': String(web.clock.nowMs) },
      ];
      for (const by of wrong) expectProblem(await send(text, by), 401, /signature/);
      expectProblem(await send(body({ secret: signed.secret }), {}), 401, /signature/);
      expect(await signals(signed)).toEqual([]);
    });

    it('refuses one that does not say when it was sent: it could be played again later', async () => {
      const text = '{"action":"buy","id":"1"}';
      expectProblem(await send(text, { 'X-Signature': sign(text) }), 422, /must say when/);
    });
  });

  it('writes down a test and does nothing else, even while the bot is stopped', async () => {
    await web.database.sql`update bot_runs set status = 'STOPPED' where id = ${bot.botRunId}`;
    const { status, json } = await say({ action: 'sell', test: true });
    expect([status, json['test']]).toEqual([200, true]);
    await sendTestSignal(web.deps, user.id, bot.botRunId);
    const rows = await signals();
    expect(rows.map((row) => row['outcome'])).toEqual(['test', 'test']);
    const done = await jobs();
    expect(rows.filter(({ id }) => done.includes(String(id)))).toEqual([]);
  });

  it('is its owner’s alone', async () => {
    const other = await createUser(web);
    const { botRunId } = bot;
    for (const work of [revealSecret, renewWebhookSecret, sendTestSignal])
      await expect(work(web.deps, other.id, botRunId)).rejects.toMatchObject({ status: 404 });
    expect(await findWebhookView(web.deps, other.id, { botRunId, base: 'http://x' })).toBeNull();
    expect((await say({ action: 'buy' })).status).toBe(202);
  });

  it('forgets its old secret with the new one', async () => {
    const old = bot.secret;
    bot.secret = await renewWebhookSecret(web.deps, user.id, bot.botRunId);
    expect((await say({ action: 'buy' })).status).toBe(202);
    expect((await say({ action: 'sell', secret: old })).status).toBe(401);
    await expect(revealSecret(web.deps, user.id, bot.botRunId)).rejects.toMatchObject({ status: 409 });
  });

  it('keeps its secret out of every table, job, view and line of the log', async () => {
    await say({ action: 'buy', comment: 'kept', extra: bot.secret });
    await say({ action: 'nonsense' });
    await post({ action: 'buy', secret: `${bot.secret}x` });
    await web.database.sql`update bot_runs set status = 'STOPPED' where id = ${bot.botRunId}`;
    await say({ action: 'buy', id: 2 });
    const rows = await web.database.sql`select * from webhooks, webhook_signals`;
    const queued = await web.database.sql`select data, output from pgboss.job`;
    const view = await findWebhookView(web.deps, user.id, { botRunId: bot.botRunId, base: 'http://x' });
    const kept = JSON.stringify([rows, queued, view]) + web.logged();
    expect(kept).toContain('kept');
    expect(kept).not.toContain(bot.secret.slice(4));
    expect(await countRows(web, 'webhooks')).toBeGreaterThan(0);
  });

  it('has its secret sealed anew with the others', async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const at = { owner: user.id, row: bot.id, field: 'secret' };
    const { encrypted, iv } = createVault({ current: first, retired: [] }).seal(bot.secret, at);
    await web.database
      .sql`update webhooks set encrypted_secret = ${encrypted}, iv_secret = ${iv} where id = ${bot.id}`;
    const vault = createVault({ current: second, retired: [first] });
    const { unopened } = await resealAll(web.database.sql, vault, () => undefined);
    expect(unopened).not.toContain(bot.id);
    const rows = await web.database.sql<Sealed[]>`
      select encrypted_secret as encrypted, iv_secret as iv from webhooks where id = ${bot.id}`;
    const sealed = rows[0] ?? { encrypted: '', iv: '' };
    expect([vault.needsReseal(sealed), vault.open(sealed, at)]).toEqual([false, bot.secret]);
    // What no key here opens is refused like a wrong secret, and said in the log alone.
    expectProblem(await say({ action: 'buy' }), 401, /no such address/);
    expect(web.logged()).toContain('what proves signals does not open');
  });

  it('refuses floods of wrong secrets, and never the right one among them', async () => {
    const wrong = () => post({ action: 'buy', secret: 'guess' });
    const answers = [];
    for (let n = 0; n < 70; n += 1) answers.push(await wrong());
    expect(answers.at(-1)?.status).toBe(429);
    expect(Number(answers.at(-1)?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await post({ action: 'buy', secret: 'guess' }, { id: randomUUID() })).status).toBe(429);
    expect((await say({ action: 'buy' })).status).toBe(202);
  });
});
