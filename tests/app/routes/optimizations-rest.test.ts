import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asksForJson } from '../../../app/json-paths.ts';
import * as listRoute from '../../../app/routes/rest.optimizations.ts';
import * as oneRoute from '../../../app/routes/rest_.optimizations.$id.ts';
import * as cancelRoute from '../../../app/routes/rest_.optimizations.$id_.cancel.ts';
import * as resumeRoute from '../../../app/routes/rest_.optimizations.$id_.resume.ts';
import * as trialsRoute from '../../../app/routes/rest_.optimizations.$id_.trials.ts';
import { runOptimization } from '../../../jobs/handlers/run-optimization.ts';
import { call, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const WISH = {
  strategy: 'RSI_CROSS',
  exchange: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  from: '2025-01-01',
  to: '2025-05-01',
  ranges: { rsi_period: { from: 6, to: 14, step: 4 }, oversold: [25, 30, 35], overbought: '65..75:5' },
  params: { smoothing: 'wilder' },
  tries: 10,
  min_trades: 3,
  walk_steps: 2,
  seed: 'abc',
};

let web: Web;
let headers: Record<string, string>;
let strangers: Record<string, string>;

beforeAll(async () => {
  web = await startWeb();
  headers = await tokenOf(web, await createUser(web));
  strangers = await tokenOf(web, await createUser(web));
});
afterAll(() => web.stop());

const post = (change: Record<string, unknown> = {}, by = headers) =>
  call(web, listRoute, { method: 'POST', headers: by, body: { ...WISH, ...change } });
const get = (id: string, by = headers) => call(web, oneRoute, { headers: by, id });
const remove = (id: string, by = headers) => call(web, oneRoute, { method: 'DELETE', headers: by, id });
const cancel = (id: string, by = headers) => call(web, cancelRoute, { method: 'POST', headers: by, id });
const resume = (id: string, by = headers) => call(web, resumeRoute, { method: 'POST', headers: by, id });
const work = (id: string) => runOptimization(web.deps, { optimizationId: id });

async function start(change: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await post(change);
  expect([status, json['detail']]).toEqual([202, undefined]);
  return String(json['optimization_id']);
}
const refusalOf = async (change: Record<string, unknown>) => {
  const { status, json } = await post(change);
  const errors = (json['errors'] ?? []) as { path: string }[];
  return [status, ...errors.map(({ path }) => path)];
};

describe('optimisations by REST', () => {
  it('start, and answer with what was asked until there is a result', async () => {
    const id = await start();
    expect((await get(id)).json).toMatchObject({
      optimization_id: id,
      status: 'queued',
      tried: 0,
      total: 10,
      strategy: 'RSI_CROSS',
      exchange: 'demo',
      ranges: ['rsi_period=6..14:4', 'oversold=25|30|35', 'overbought=65..75:5', 'smoothing=wilder'],
      hold_out: 0.3,
      seed: 'abc',
      sampler: 'tpe',
      result: null,
    });
    await work(id);
    const { json } = await get(id);
    expect(json).toMatchObject({ status: 'done', tried: 10, best: { score: expect.any(Number) as number } });
    const result = json['result'] as Record<string, unknown>;
    expect(result).toMatchObject({
      tried: 10,
      deflated_sharpe: { trials: 10 },
      look_ahead: { differing: 0 },
      warm_up: { differing: 0 },
      walk_forward: { summary: { steps: 2 } },
    });
    const [best] = result['best'] as { params: object; out_of_sample: { max_drawdown: number } }[];
    expect(Object.keys(best!.params).sort()).toEqual(['overbought', 'oversold', 'rsi_period']);
    expect(best!.out_of_sample.max_drawdown).toBeGreaterThanOrEqual(0);
    await remove(id);
  }, 60_000);

  it('list every tried set, a page at a time, as the same seed tries them again', async () => {
    const [one, two] = [await start(), await start()];
    await work(one);
    await work(two);
    const trialsOf = (id: string, query: Record<string, string> = {}, by = headers) =>
      call(web, trialsRoute, { headers: by, id, query });
    const first = (await trialsOf(one, { limit: '6' })).json;
    expect(first).toMatchObject({ next_cursor: '6' });
    const rest = (await trialsOf(one, { limit: '6', cursor: '6' })).json;
    expect(rest).toMatchObject({ next_cursor: null });
    const trials = [first, rest].flatMap(
      (page) => page['trials'] as { number: number; score: number | null }[],
    );
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await trialsOf(two)).json['trials']).toEqual(trials);
    expect((await trialsOf(one, { limit: 'none' })).status).toBe(400);
    expect((await trialsOf(one, {}, strangers)).status).toBe(404);
    await Promise.all([remove(one), remove(two)]);
  }, 60_000);

  it('are called off, resumed and removed by their owner alone', async () => {
    const id = await start();
    for (const act of [get, cancel, resume, remove])
      expect(await act(id, strangers)).toMatchObject({ status: 404 });
    expect(await cancel(id)).toMatchObject({ status: 200, json: { status: 'canceled' } });
    expect(await resume(id)).toMatchObject({ status: 200, json: { status: 'queued' } });
    const ids = async (by: Record<string, string>) =>
      (
        (await call(web, listRoute, { headers: by })).json['optimizations'] as { optimization_id: string }[]
      ).map(({ optimization_id }) => optimization_id);
    expect(await ids(headers)).toEqual([id]);
    expect(await ids(strangers)).toEqual([]);
    expect((await remove(id)).status).toBe(204);
    expect((await get(id)).status).toBe(404);
    expect((await get('no-id')).status).toBe(404);
  });

  it('name the field that is wrong', async () => {
    expect(await refusalOf({ ranges: { speed: [1, 2] } })).toEqual([422, 'vary.speed']);
    expect(await refusalOf({ ranges: { rsi_period: {} } })).toEqual([422, 'ranges.rsi_period']);
    expect(await refusalOf({ tries: 'many', timeframe: '7m' })).toEqual([422, 'tries', 'timeframe']);
    expect(await refusalOf({ hold_out: 2 })).toEqual([422, 'hold_out']);
    expect(await refusalOf({ trails: 5 })).toEqual([422, '']);
    expect(await refusalOf({ tries: 9_000, sampler: 'random' })).toEqual([422, 'tries']);
    expect(await refusalOf({ strategy: 'REBALANCE', ranges: {}, params: {} })).toEqual([422, 'strategy']);
  });

  it('check one set where nothing varies, of a strategy that needs parameters too', async () => {
    const broken = await post({ strategy: 'RULES', ranges: {}, params: { entry: 'buy low' } });
    expect(broken.status).toBe(422);
    const params = { take_profit_pct: 3, start: 'rsi_below', rsi_level: 50 };
    const id = await start({ strategy: 'DCA', ranges: {}, params });
    await work(id);
    expect((await get(id)).json).toMatchObject({
      status: 'done',
      result: {
        tried: 1,
        look_ahead: { by: 'orders', checked: 20, differing: 0 },
        warm_up: { by: 'orders', checked: expect.any(Number) as number, differing: 0 },
      },
    });
    await remove(id);
  }, 60_000);

  it('need the scope to trade, and are led to from the path of the page', async () => {
    const reader = await tokenOf(web, await createUser(web), ['read']);
    expect((await post({}, reader)).status).toBe(403);
    expect((await call(web, listRoute, { headers: reader })).status).toBe(200);
    expect((await post({}, {})).status).toBe(401);
    expect(asksForJson({ method: 'POST', headers: { 'content-type': 'application/json' } })).toBe(true);
  });
});
