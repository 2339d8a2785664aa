import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as resultPage from '../../../app/routes/_app.optimizations.$optimizationId.tsx';
import * as listPage from '../../../app/routes/_app.optimizations._index.tsx';
import * as trialsRoute from '../../../app/routes/optimizations_.$id.trials.ts';
import { toBotQuery, toCheckQuery } from '../../../app/components/optimization-queries.ts';
import { startBacktestInput } from '../../../app/schemas/backtests.ts';
import { startBacktest } from '../../../app/services/backtests.server.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { runOptimization } from '../../../jobs/handlers/run-optimization.ts';
import { cookieOf, createUser, startWeb, type Web } from '../../support/web.ts';

let web: Web;
let trader: UserView;
let stranger: UserView;

beforeAll(async () => {
  web = await startWeb();
  trader = await createUser(web);
  stranger = await createUser(web);
});
afterAll(() => web.stop());

const FORM = {
  exchange: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  from: '2025-01-01',
  last_day: '2025-04-30',
  initial_balance: '10000',
  stake: 'all',
  fee: '0.1',
  slippage: '0',
  strategy: 'RSI_CROSS',
  'vary.rsi_period': '6..14:4',
  'vary.oversold': '25..40:5',
  'vary.overbought': '',
  sampler: 'random',
  objective: 'sharpe',
  tries: '40',
  min_trades: '3',
  hold_out: '30',
  walk_steps: '2',
};

const PERIOD = {
  exchange: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  from: '2025-01-01',
  to: '2025-05-01',
};

type Answer = { status: number; location: string; body: Record<string, unknown> };

async function post(by: UserView, fields: Record<string, string>, id?: string): Promise<Answer> {
  const { action } = id === undefined ? listPage : resultPage;
  const headers = { ...(await cookieOf(web, by)), Host: 'localhost' };
  const body = new URLSearchParams(fields);
  const request = new Request('http://localhost/optimizations', { method: 'POST', headers, body });
  const params = id === undefined ? {} : { optimizationId: id };
  const answer: unknown = await action({ request, params, context: web.context() }).catch(
    (thrown: unknown) => thrown,
  );
  if (answer instanceof Response)
    return { status: answer.status, location: answer.headers.get('Location') ?? '', body: {} };
  const { data, init } = answer as { data: Record<string, unknown>; init: { status?: number } | null };
  return { status: init?.status ?? 200, location: '', body: data };
}

async function start(fields: Partial<typeof FORM> = {}): Promise<string> {
  const { location, body } = await post(trader, { ...FORM, ...fields });
  const [, id = ''] = /^\/optimizations\/([0-9a-f-]{36})$/.exec(location) ?? [];
  if (id === '') throw new Error(JSON.stringify(body));
  return id;
}
const refusalOf = async (fields: Partial<Record<string, string>>) => {
  const { status, body } = await post(trader, { ...FORM, ...fields });
  return { status, paths: (body['errors'] as { path: string }[]).map(({ path }) => path) };
};
const requestOf = async (by: UserView, path: string) =>
  new Request(`http://localhost${path}`, { headers: await cookieOf(web, by) });
const load = async (by: UserView, id: string, query = '') =>
  resultPage.loader({
    request: await requestOf(by, `/optimizations/${id}${query}`),
    params: { optimizationId: id },
    context: web.context(),
  });
const work = (id: string) => runOptimization(web.deps, { optimizationId: id });
const trialsOf = async (by: UserView, id: string): Promise<unknown> =>
  trialsRoute
    .loader({ request: await requestOf(by, '/'), params: { id }, context: web.context() })
    .catch((thrown: unknown) => thrown);

describe('the optimisation pages', () => {
  it('offer a form that is ready to be sent, with values to search around the defaults', async () => {
    const { values, fields, strategies } = await listPage.loader({
      request: await requestOf(trader, '/optimizations'),
      params: {},
      context: web.context(),
    });
    expect(fields.map(({ name }) => name)).toContain('rsi_period');
    expect(values).toMatchObject({ strategy: 'RSI_CROSS', 'vary.rsi_period': '8..28:2' });
    expect(strategies.map(({ name }) => name)).toContain('BREAKOUT');
    const { location } = await post(trader, { ...values, timeframe: '4h' });
    const id = location.split('/').at(-1) ?? '';
    const { optimization } = await load(trader, id);
    expect(optimization).toMatchObject({ status: 'queued', name: 'RSI cross on BTC/USDT 4h' });
    expect(optimization.total).toBeGreaterThan(50);
    await post(trader, { intent: 'delete' }, id);
  });

  it('show the best beside what was held out, two parameters as a map, and all sets as CSV', async () => {
    const id = await start();
    await work(id);
    const { optimization, result } = await load(trader, id);
    expect(optimization).toMatchObject({ status: 'done', tried: 12, total: 12, candles: 2_880 });
    expect(result!.outcome.verdict?.deflated?.trials).toBe(12);
    expect(result!.outcome.walk?.steps).toHaveLength(2);
    expect(result!.heat).toMatchObject({ x: 'rsi_period', y: 'oversold' });
    expect(result!.heat!.map.rows).toHaveLength(4);
    expect((await load(trader, id, '?x=oversold&y=rsi_period')).result!.heat!.map.rows).toHaveLength(3);
    const file = await trialsOf(trader, id);
    const lines = (await (file as Response).text()).trim().split('\n');
    expect(lines[0]).toMatch(/^number,rsi_period,oversold,score,totalReturn,/);
    expect(lines).toHaveLength(13);
  }, 60_000);

  it('check the one set where nothing varies, whatever it came to', async () => {
    const id = await start({ 'vary.rsi_period': '7', 'vary.oversold': '', min_trades: '5000' });
    await work(id);
    const { optimization, result } = await load(trader, id);
    expect(optimization).toMatchObject({ status: 'done', tried: 1, total: 1 });
    expect(optimization.name).toBe('Check of RSI cross on BTC/USDT 1h');
    expect(result!.heat).toBeNull();
    expect(result!.outcome.best).toHaveLength(1);
    expect(result!.outcome.verdict).toMatchObject({
      lookAhead: { checked: 150, differing: 0 },
      warmUp: { checked: 150, differing: 0 },
      deflated: { trials: 1, expectedMaxSharpe: 0 },
    });
    expect(result!.outcome.verdict?.tradeOrder?.bands.length).toBeGreaterThan(10);
  }, 60_000);

  it('check a backtest with its own parameters and rules, as its page offers', async () => {
    const table = [
      { after_candles: 0, profit_pct: '4' },
      { after_candles: 60, profit_pct: '1' },
    ];
    const asked = { ...PERIOD, strategy: 'RULES', risk: { roi_table: table }, initial_balance: '500' };
    const backtest = await startBacktest(web.deps, trader.id, startBacktestInput.parse(asked));
    const { values } = await listPage.loader({
      request: await requestOf(trader, `/optimizations?${toCheckQuery(backtest)}`),
      params: {},
      context: web.context(),
    });
    const { location, body } = await post(trader, values);
    expect(body).toEqual({});
    const id = location.split('/').at(-1) ?? '';
    await work(id);
    const { optimization, result } = await load(trader, id);
    expect(optimization).toMatchObject({
      status: 'done',
      strategy: 'RULES',
      initialBalance: '500',
      risk: { roi_table: table },
      plan: { tries: 1 },
    });
    expect(result!.outcome.verdict!.lookAhead).toMatchObject({ checked: 150, differing: 0 });
    const bot = new URLSearchParams(toBotQuery(optimization, result!.outcome.best[0]!.values));
    expect(bot.get('risk.roi_table')).toBe('0: 4, 60: 1');
    expect(JSON.parse(bot.get('params.entry') ?? '')).toEqual(backtest.params['entry']);
  }, 60_000);

  it('show nothing of it to anybody else, who can end, resume and remove nothing', async () => {
    const id = await start();
    const refusal = await load(stranger, id).catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({ init: { status: 404 } });
    expect(await trialsOf(stranger, id)).toMatchObject({ init: { status: 404 } });
    for (const intent of ['cancel', 'resume', 'delete'])
      expect(await post(stranger, { intent }, id)).toMatchObject({ status: 404 });
    expect((await load(trader, id)).optimization.status).toBe('queued');
    await post(trader, { intent: 'delete' }, id);
  });

  it('end, resume and remove one', async () => {
    const id = await start();
    await post(trader, { intent: 'cancel' }, id);
    await work(id);
    expect((await load(trader, id)).optimization).toMatchObject({ status: 'canceled', tried: 0 });
    await post(trader, { intent: 'resume' }, id);
    expect((await load(trader, id)).optimization.status).toBe('queued');
    await work(id);
    expect((await load(trader, id)).optimization).toMatchObject({ status: 'done', tried: 12 });
    expect((await post(trader, { intent: 'delete' }, id)).location).toBe('/optimizations');
    expect(await load(trader, id).catch((thrown: unknown) => thrown)).toMatchObject({
      init: { status: 404 },
    });
  }, 60_000);

  it('say which field is wrong', async () => {
    expect(await refusalOf({ 'vary.rsi_period': '30..5' })).toEqual({
      status: 422,
      paths: ['vary.rsi_period'],
    });
    expect(await refusalOf({ 'vary.no_such': '1..5' })).toEqual({ status: 422, paths: ['vary.no_such'] });
    expect(await refusalOf({ 'vary.oversold': '50', 'vary.overbought': '50' })).toEqual({
      status: 422,
      paths: ['vary'],
    });
    expect((await refusalOf({ tries: 'many' })).paths).toEqual(['tries']);
    expect((await refusalOf({ tries: '5001' })).paths).toEqual(['tries']);
    expect((await refusalOf({ sampler: 'tpe', tries: '2001' })).paths).toEqual(['tries']);
    expect((await refusalOf({ objective: 'luck' })).paths).toEqual(['objective']);
    expect((await refusalOf({ strategy: 'NO_SUCH' })).paths).toEqual(['strategy']);
    expect((await refusalOf({ symbol: 'BTC/USDT, ETH/USDT' })).paths).toEqual(['symbol']);
    expect((await refusalOf({ timeframe: '1m', from: '2023-01-01' })).paths).toEqual(['from']);
    expect((await refusalOf({ last_day: '2025-01-01' })).paths).toEqual(['walk_steps']);
    expect((await refusalOf({ exchange: 'binance', fetch_missing: 'false' })).paths).toEqual(['symbol']);
  });

  it('let nobody queue more than three', async () => {
    const ids = [await start(), await start(), await start()];
    const { status, body } = await post(trader, FORM);
    expect(status).toBe(409);
    expect(body['message']).toContain('3 of your optimisations');
    for (const id of ids) await post(trader, { intent: 'delete' }, id);
  });
});
