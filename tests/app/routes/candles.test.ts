import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as page from '../../../app/routes/_app.candles.tsx';
import * as exportRoute from '../../../app/routes/candles_.export.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { cookieOf, countRows, createUser, startWeb, type Web } from '../../support/web.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const START_MS = Date.UTC(2024, 0, 1);
const row = (index: number) => `${START_MS + index * 300_000},10,12.5,9,11,${index}`;
const csv = (rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;

let web: Web;
let trader: UserView;
let admin: UserView;

beforeAll(async () => {
  web = await startWeb();
  // The first to sign up administers the server.
  admin = await createUser(web);
  trader = await createUser(web);
});
afterAll(() => web.stop());
beforeEach(async () => {
  await web.database.sql`truncate candles, candle_series, candle_downloads`;
});

type Answer = { status: number; location: string | null; body: Record<string, unknown> };

async function post(by: UserView | null, body: BodyInit): Promise<Answer> {
  const headers = { ...(by ? await cookieOf(web, by) : {}), Host: 'localhost' };
  const request = new Request('http://localhost/candles', { method: 'POST', headers, body });
  const args = { request, params: {}, context: web.context() };
  const answer: unknown = await page.action(args).catch((thrown: unknown) => thrown);
  if (answer instanceof Response)
    return { status: answer.status, location: answer.headers.get('Location'), body: {} };
  const { data, init } = answer as { data: Record<string, unknown>; init: { status?: number } | null };
  return { status: init?.status ?? 200, location: null, body: data };
}

function upload(
  by: UserView | null,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
) {
  const { name = 'BINANCE_BTC-USDT_5m.csv', ...rest } = fields;
  const form = new FormData();
  for (const [field, value] of Object.entries({
    exchange: '',
    symbol: '',
    timeframe: '',
    intent: 'upload',
    ...rest,
  }))
    form.append(field, value);
  form.append('file', new File([content], name));
  return post(by, form);
}

const load = async (by: UserView) =>
  page.loader({
    request: new Request('http://localhost/candles', { headers: await cookieOf(web, by) }),
    params: {},
    context: web.context(),
  });

async function download(query: Record<string, string>, by: UserView | null = trader): Promise<unknown> {
  const url = `http://localhost/candles/export?${new URLSearchParams(query).toString()}`;
  const request = new Request(url, { headers: by ? await cookieOf(web, by) : {} });
  return exportRoute
    .loader({ request, params: {}, context: web.context() })
    .catch((thrown: unknown) => thrown);
}

describe('an uploaded candle file', () => {
  it('is stored, listed with what is missing, and exported as it was', async () => {
    const rows = [row(0), row(1), row(5)];
    const { status, body } = await upload(admin, gzipSync(csv(rows)), { name: 'BINANCE_BTC-USDT_5m.csv.gz' });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        done: {
          title: '3 candles of BTC/USDT 5m (Binance) stored.',
          details: ['3 candles missing in 1 gap.'],
        },
      },
    });
    expect((await load(trader)).series).toEqual([
      {
        venue: 'binance',
        venueName: 'Binance',
        symbol: 'BTC/USDT',
        timeframe: '5m',
        firstTime: '2024-01-01T00:00:00.000Z',
        lastTime: '2024-01-01T00:25:00.000Z',
        count: 3,
        missing: 3,
      },
    ]);
    const answer = (await download({ exchange: 'binance', symbol: 'BTC/USDT', timeframe: '5m' })) as Response;
    expect(answer.headers.get('content-disposition')).toContain('BINANCE_BTC-USDT_5m.csv.gz');
    expect(gunzipSync(await answer.arrayBuffer()).toString()).toBe(csv(rows));
  });

  it('is refused with the lines that are wrong, and mended where that is ticked', async () => {
    const content = csv([row(1), row(0), '1,2', row(2)]);
    const refused = await upload(admin, content);
    expect(refused.status).toBe(422);
    expect(refused.body['message']).toMatch(/^Refused: .* Nothing was stored\.$/);
    expect(refused.body['errors']).toEqual([
      { path: 'file', message: `Line 3: timestamp ${START_MS} after ${START_MS + 300_000}` },
      { path: 'file', message: 'Line 4: 2 columns where the header has 6: "1,2"' },
    ]);
    expect(await countRows(web, 'candles')).toBe(0);
    expect(await upload(admin, content, { disorder: 'on', impossible: 'on' })).toMatchObject({ status: 200 });
    expect(await countRows(web, 'candles')).toBe(3);
  });

  it('must say what it holds, by its name or by the form', async () => {
    const unnamed = { name: 'candles.csv' };
    expect((await upload(admin, csv([row(0)]), unnamed)).body['errors']).toMatchObject([
      { path: 'exchange' },
    ]);
    const named = { ...unnamed, exchange: 'kraken' };
    expect((await upload(admin, csv([row(0)]), named)).body['errors']).toMatchObject([{ path: 'symbol' }]);
    const paired = { ...named, symbol: 'eth/usd' };
    expect((await upload(admin, csv([row(0)]), paired)).body['errors']).toMatchObject([
      { path: 'timeframe' },
    ]);
    expect((await upload(admin, csv([row(0), row(1)]), paired)).status).toBe(200);
    expect((await load(admin)).series).toMatchObject([
      { venue: 'kraken', symbol: 'ETH/USD', timeframe: '5m' },
    ]);
  });

  it('keeps candles out that are not over, or do not fit the timeframe', async () => {
    const nowMs = Math.floor(web.clock.nowMs / 300_000) * 300_000;
    const open = await upload(admin, csv([`${nowMs},10,12,9,11,1`]));
    expect(open.body['message']).toContain('is not over yet');
    expect((await upload(admin, csv([row(1)]), { timeframe: '1h' })).body['message']).toContain(
      'multiple of 1h',
    );
    expect(await countRows(web, 'candles')).toBe(0);
  });

  it('may be missing, too large or no candle file, and the page says so', async () => {
    expect(await upload(admin, '', { name: '' })).toMatchObject({
      status: 422,
      body: { message: 'Choose a file first.' },
    });
    const large = await upload(admin, new Uint8Array(65_000_000).fill(10));
    expect(large).toMatchObject({ status: 413, body: { message: 'The file is larger than 64 MB.' } });
    expect((await upload(admin, gzipSync(csv([row(0)])).subarray(0, 30))).body['message']).toContain(
      'is cut off',
    );
    const wide = `${HEADER}\n${'1,1,1,1,1,1\n'.repeat(10)}${'\n'.repeat(100)}`;
    expect((await upload(admin, wide)).status).toBe(422);
  });

  it('is an admin’s to bring, since all bots read what is stored', async () => {
    expect((await upload(trader, csv([row(0)]))).status).toBe(404);
    expect((await upload(null, csv([row(0)]))).location).toContain('/login');
    expect((await load(trader)).mayImport).toBe(false);
    expect(await countRows(web, 'candles')).toBe(0);
  });
});

describe('a download from the page', () => {
  const wish = {
    intent: 'download',
    exchange: 'demo',
    symbol: 'btc/usdt',
    timeframe: '1h',
    from: '2024-01-01',
    to: '2024-01-02',
  };
  const start = (by: UserView | null, change: Record<string, string> = {}) =>
    post(by, new URLSearchParams({ ...wish, ...change }));

  it('runs as a job of whole days, seen by its owner alone', async () => {
    expect(await start(trader)).toMatchObject({ status: 302, location: '/candles' });
    expect((await load(trader)).downloads).toMatchObject([
      {
        symbol: 'BTC/USDT',
        status: 'running',
        progress: 0,
        fromTime: '2024-01-01T00:00:00.000Z',
        toTime: '2024-01-03T00:00:00.000Z',
      },
    ]);
    expect((await load(admin)).downloads).toEqual([]);
    expect(await start(admin)).toMatchObject({ status: 409 });
    const [job] = await web.database.sql`select data from pgboss.job where name = 'download-candles'`;
    expect(job?.['data']).toMatchObject({ step: 0 });
  });

  it('can be called off by its owner alone', async () => {
    await start(trader, { symbol: 'ETH/USDT' });
    const id = (await load(trader)).downloads[0]?.id ?? '';
    const callOff = (by: UserView) => post(by, new URLSearchParams({ intent: 'cancel', download_id: id }));
    const notTheirs = post(admin, new URLSearchParams({ intent: 'cancel', download_id: id }));
    expect((await notTheirs).location).toBeNull();
    expect((await load(trader)).downloads).toMatchObject([{ status: 'running' }]);
    expect(await callOff(trader)).toMatchObject({ location: '/candles' });
    expect((await load(trader)).downloads).toMatchObject([{ status: 'canceled' }]);
  });

  it.each([
    [{ exchange: 'nyse' }, 'exchange'],
    [{ symbol: 'NO/SUCH' }, 'symbol'],
    [{ symbol: 'BTCUSDT' }, 'symbol'],
    [{ exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1s' }, 'timeframe'],
    [{ from: '2024-01-03' }, 'to'],
    [{ from: '2024-02-31' }, 'from'],
    [{ from: '2999-01-01', to: '2999-01-02' }, 'from'],
  ])('is refused for %j', async (change, path) => {
    const { status, body } = await start(trader, change);
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ path }]);
    expect(await countRows(web, 'candle_downloads')).toBe(0);
  });
});

describe('an export', () => {
  it('is for those who are signed in, and of what is stored', async () => {
    const query = { exchange: 'binance', symbol: 'BTC/USDT', timeframe: '5m' };
    expect(((await download(query, null)) as Response).headers.get('Location')).toContain('/login');
    expect(await download(query)).toMatchObject({ init: { status: 404 } });
    expect(((await download({ exchange: 'binance' })) as Response).status).toBe(422);
  });
});
