import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FormRefusal } from '../../../app/components/form-values.ts';
import { asksForJson } from '../../../app/json-paths.ts';
import * as reportPage from '../../../app/routes/_app.backtests.$backtestId.tsx';
import * as comparePage from '../../../app/routes/_app.backtests.compare.tsx';
import * as listPage from '../../../app/routes/_app.backtests._index.tsx';
import * as fileRoute from '../../../app/routes/backtests_.$id.$file.ts';
import * as listRoute from '../../../app/routes/rest.backtests.ts';
import * as oneRoute from '../../../app/routes/rest_.backtests.$id.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { handlerOf } from '../../../jobs/handlers/registry.ts';
import type { BacktestReport, MetricsReport, SymbolReport } from '../../../jobs/trading/backtest/report.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { listStrategies } from '../../../jobs/trading/strategies/registry.ts';
import { btcUsdt } from '../../support/markets.ts';
import { call, cookieOf, countRows, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const WISH = {
  strategy: 'RSI_CROSS',
  exchange: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  from: '2024-01-01',
  to: '2024-07-01',
};

let web: Web;
let trader: UserView;
let stranger: UserView;
let headers: Record<string, string>;

beforeAll(async () => {
  web = await startWeb();
  trader = await createUser(web);
  stranger = await createUser(web);
  headers = await tokenOf(web, trader);
});
afterAll(() => web.stop());
beforeEach(async () => {
  await web.database.sql`truncate backtests cascade`;
  await web.database.sql`delete from pgboss.job where name = 'run-backtest'`;
});

const post = (change: Record<string, unknown> = {}, by = headers) =>
  call(web, listRoute, { method: 'POST', headers: by, body: { ...WISH, ...change } });
const get = (id: string, by = headers) => call(web, oneRoute, { headers: by, id });
const work = () => web.deps.boss.drain('run-backtest', handlerOf(web.deps, 'run-backtest'));
async function workAll(): Promise<void> {
  while ((await work()) > 0);
}

const WEIGHTED = {
  strategy: 'REBALANCE',
  symbol: undefined,
  symbols: ['BTC/USDT', 'ETH/USDT'],
  params: { weights: 'BTC/USDT:50, ETH/USDT:30', drift_points: 0.5 },
};

async function start(change: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await post(change);
  expect(status).toBe(202);
  return String(json['backtest_id']);
}

async function fetchFile(id: string, file: string, by = headers): Promise<Response> {
  const request = new Request(`http://localhost/backtests/${id}/${file}`, { headers: by });
  const answer: unknown = await fileRoute
    .loader({ request, params: { id, file }, context: web.context() })
    .catch((thrown: unknown) => thrown);
  if (answer instanceof Response) return answer;
  return new Response(null, { status: (answer as { init: { status: number } }).init.status });
}

describe('POST /backtests', () => {
  it('enqueues a backtest with the defaults of the command, which GET follows to its end', async () => {
    const { status, json } = await post();
    expect(status).toBe(202);
    expect(json).toMatchObject({
      status: 'queued',
      symbols: ['BTC/USDT'],
      from: '2024-01-01T00:00:00.000Z',
      to: '2024-07-01T00:00:00.000Z',
      fee: '0.001',
      slippage: '0',
      initial_balance: '1000',
      stake: 'all',
      lot_size: null,
      params: { rsi_period: 14 },
      metrics: null,
    });
    expect(await work()).toBe(1);
    const done = await get(String(json['backtest_id']));
    expect(done.json).toMatchObject({ status: 'done', progress: 1, error: null, candles: 182 * 24 });
    expect(done.json['metrics']).toMatchObject({ initial_balance: 1000 });
  });

  it.each(listStrategies().filter(({ name }) => !['WEBHOOK', 'REBALANCE'].includes(name)))(
    'runs $title with its own defaults to an end',
    async ({ name }) => {
      const id = await start({ strategy: name, to: '2024-03-01' });
      await work();
      expect((await get(id)).json).toMatchObject({ status: 'done', candles: 60 * 24, error: null });
    },
  );

  it('holds several symbols at target weights', async () => {
    const id = await start(WEIGHTED);
    await work();
    const { json } = await get(id);
    expect(json).toMatchObject({ status: 'done', candles: 2 * 182 * 24, params: { min_trade: 10 } });
    const { trades } = json['metrics'] as { trades: number };
    expect(trades).toBeGreaterThan(2);
    expect(json['look_ahead']).toMatchObject({ by: 'orders', checked: 20, acting: 20, differing: 0 });
    expect(json['warm_up']).toMatchObject({ by: 'orders', checked: 0, differing: 0 });
  });

  it('takes several symbols, rules, and the steps of the market', async () => {
    const id = await start({
      symbol: undefined,
      symbols: ['BTC/USDT', 'ETH/USDT'],
      max_open_positions: 1,
      risk: { stop_loss_pct: '3', stop_on_exchange: true },
      market_rules: true,
    });
    expect((await get(id)).json).toMatchObject({ risk: { stop_loss_pct: '3' }, lot_size: '0.0001' });
    await work();
    const { json } = await get(id);
    expect(json).toMatchObject({ status: 'done', candles: 2 * 182 * 24, max_open_positions: 1 });
    const parts = json['by_symbol'] as SymbolReport[];
    const { trades, fees, net_profit } = json['metrics'] as MetricsReport;
    expect(parts.map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(parts.every((part) => part.trades > 5 && part.detail === null)).toBe(true);
    const sum = (pick: (part: SymbolReport) => number) =>
      parts.reduce((total, part) => total + pick(part), 0);
    expect(sum((part) => part.trades)).toBe(trades);
    expect(sum((part) => part.fees)).toBeCloseTo(fees, 6);
    expect(sum((part) => part.net_profit)).toBeCloseTo(net_profit, 0);
    const files = (await (await fetchFile(id, 'trades.csv')).text()).trim().split('\n').slice(1);
    expect(files.filter((line) => line.startsWith('ETH/USDT,'))).toHaveLength(parts[1]!.trades);
  });

  it('takes finer candles, says where they were, and fills stops and targets by them', async () => {
    const change = { to: '2024-02-01', risk: { stop_loss_pct: '0.5', take_profit_pct: '0.5' } };
    const coarse = await start(change);
    const fine = await start({ ...change, detail_timeframe: '1m' });
    await workAll();
    const { json } = await get(fine);
    expect(json).toMatchObject({
      ...{ detail_timeframe: '1m', candles: 31 * 24, candle_source: { computed: 31 * 24 * 61 } },
      by_symbol: [
        {
          detail: {
            ...{ candles: 31 * 24 * 60, step_ms: 60_000, covered: 1 },
            ...{ from: '2024-01-01T00:00:00.000Z', to: '2024-01-31T23:59:00.000Z' },
          },
        },
      ],
    });
    expect(json['metrics']).not.toEqual((await get(coarse)).json['metrics']);
  });

  it('sizes entries as a bot does where its sizing is given', async () => {
    const id = await start({ sizing: { type: 'equity_fraction', value: '0.25' } });
    await work();
    const { json } = await get(id);
    expect(json).toMatchObject({ sizing: { type: 'equity_fraction', value: '0.25' }, status: 'done' });
    const report = (await (await fetchFile(id, 'report.json')).json()) as BacktestReport;
    const [first] = report.trades;
    const spent = first!.entry_price * first!.quantity;
    expect(spent).toBeGreaterThan(240);
    expect(spent).toBeLessThan(255);
  });

  it('takes a fee of its own for orders that rest, and pays it', async () => {
    const grid = { strategy: 'GRID', to: '2024-02-01', fee: '0.002' };
    const feesOf = async (change: Record<string, unknown>) => {
      const id = await start({ ...grid, ...change });
      await work();
      const { fee, maker_fee, metrics } = (await get(id)).json;
      return { fee, maker_fee, paid: (metrics as { fees: number }).fees };
    };
    const dear = await feesOf({});
    const cheap = await feesOf({ maker_fee: '0' });
    expect([dear, cheap]).toMatchObject([
      { fee: '0.002', maker_fee: '0.002' },
      { fee: '0.002', maker_fee: '0' },
    ]);
    expect(cheap.paid).toBeLessThan(dear.paid / 2);
  });

  it.each([
    ['strategy', { strategy: 'NO_SUCH' }, 422],
    ['strategy', { strategy: 'WEBHOOK' }, 422],
    ['params.rsi_period', { params: { rsi_period: 1 } }, 422],
    ['symbol', { symbol: 'NO/SUCH' }, 422],
    ['symbol', { symbol: undefined }, 400],
    ['symbol', { symbol: 'BTC/USDT, ETH/BTC' }, 422],
    ['symbol', { symbol: 'BTC/USDT, ETH/USDT', strategy: 'GRID' }, 422],
    ['risk.stop_loss_pct', { strategy: 'GRID', risk: { stop_loss_pct: '3' } }, 422],
    ['stake', { stake: '10', sizing: { type: 'quote_amount', value: '10' } }, 422],
    ['symbol', { ...WEIGHTED, symbols: ['BTC/USDT'] }, 422],
    ['stake', { ...WEIGHTED, stake: '10' }, 422],
    ['params.weights', { ...WEIGHTED, params: {} }, 422],
    ['detail_timeframe', { detail_timeframe: '1m' }, 422],
    ['detail_timeframe', { detail_timeframe: '1h', risk: { stop_loss_pct: '3' } }, 422],
    ['detail_timeframe', { timeframe: '5m', detail_timeframe: '3m', risk: { stop_loss_pct: '3' } }, 422],
    ['detail_timeframe', { detail_timeframe: '1s', risk: { stop_loss_pct: '3' } }, 422],
    ['timeframe', { timeframe: '7m' }, 422],
    ['timeframe', { timeframe: '1s' }, 422],
    ['to', { to: '2023-01-01' }, 422],
    ['from', { from: '2050-01-01', to: '2050-02-01' }, 422],
    ['from', { from: 'yesterday' }, 422],
    ['fee', { fee: '-1' }, 422],
    ['maker_fee', { maker_fee: '0.2' }, 422],
    ['risk.stop_loss_pct', { risk: { stop_loss_pct: '200' } }, 422],
    ['exchange', { exchange: 'nowhere' }, 422],
    ['more', { more: 1 }, 422],
  ])('refuses a wrong %s as %o', async (path, change, status) => {
    const answer = await post(change);
    expect({ status: answer.status, type: answer.headers.get('Content-Type') }).toEqual({
      status,
      type: 'application/problem+json',
    });
    expect((answer.json['errors'] as { path: string }[]).map((error) => error.path)).toContain(path);
    expect(await countRows(web, 'backtests')).toBe(0);
  });

  it('says how many candles it takes at most', async () => {
    const { json } = await post({ timeframe: '1s' });
    expect(json['detail']).toBe(
      'That would be 15,724,800 candles of 1s; a backtest takes at most 2,000,000. Choose a shorter period or longer candles.',
    );
  });

  it('names every symbol that is not there, and the currencies of a balance that cannot be shared', async () => {
    const { json } = await post({ symbol: 'BTC/USDT, NO/USDT, NIX/USDT' });
    expect(json['detail']).toBe('Demo market has no spot markets NO/USDT, NIX/USDT.');
    const mixed = await post({ symbol: 'BTC/USDT, ETH/BTC' });
    expect(mixed.json['detail']).toContain('BTC/USDT is paid in USDT, ETH/BTC is paid in BTC');
  });

  it('needs the scope "trade", and reads with "read"', async () => {
    const reader = await tokenOf(web, trader, ['read']);
    expect((await post({}, reader)).status).toBe(403);
    expect((await post({}, {})).status).toBe(401);
    const id = await start();
    expect((await get(id, reader)).status).toBe(200);
    expect((await call(web, oneRoute, { method: 'DELETE', headers: reader, id })).status).toBe(403);
  });

  it('lets no more than twenty wait', async () => {
    for (let count = 0; count < 20; count += 1) await start();
    expect((await post()).status).toBe(409);
    expect((await post({}, await tokenOf(web, stranger))).status).toBe(202);
  });
});

describe('a backtest of somebody else', () => {
  it('is not there: not to be read, listed, called off, removed or exported', async () => {
    const id = await start();
    await work();
    const other = await tokenOf(web, stranger);
    expect((await get(id, other)).status).toBe(404);
    expect((await call(web, listRoute, { headers: other })).json).toEqual({ backtests: [] });
    expect((await call(web, oneRoute, { method: 'DELETE', headers: other, id })).status).toBe(404);
    expect((await fetchFile(id, 'trades.csv', other)).status).toBe(404);
    const cookie = await cookieOf(web, stranger);
    const args = { params: { backtestId: id }, context: web.context() };
    const url = `http://localhost/backtests/${id}`;
    const opened = reportPage.loader({ request: new Request(url, { headers: cookie }), ...args });
    await expect(opened).rejects.toMatchObject({ init: { status: 404 } });
    for (const intent of ['cancel', 'delete']) {
      const body = new URLSearchParams({ intent });
      const request = new Request(url, { method: 'POST', headers: { ...cookie, Host: 'localhost' }, body });
      await expect(reportPage.action({ request, ...args })).rejects.toMatchObject({ init: { status: 404 } });
    }
    expect((await get(id)).json).toMatchObject({ status: 'done' });
  });
});

describe('DELETE /backtests/{id}', () => {
  it('removes it with all that belongs to it, and its job finds nothing to do', async () => {
    const done = await start();
    await work();
    const waiting = await start();
    for (const id of [done, waiting])
      expect((await call(web, oneRoute, { method: 'DELETE', headers, id })).status).toBe(204);
    await work();
    expect((await get(done)).status).toBe(404);
    expect(await countRows(web, 'backtest_curves')).toBe(0);
    expect(await countRows(web, 'backtest_trades')).toBe(0);
  });
});

describe('the files of a backtest', () => {
  it('hold its trades, its curve, and everything as the command prints it', async () => {
    const id = await start();
    expect((await fetchFile(id, 'trades.csv')).status).toBe(404);
    await work();
    const report = (await (await fetchFile(id, 'report.json')).json()) as BacktestReport & { status: string };
    expect(report).toMatchObject({ status: 'done', metrics: { trades: report.trades.length } });
    const lines = (await (await fetchFile(id, 'trades.csv')).text()).trim().split('\n');
    expect(lines).toHaveLength(report.trades.length + 1);
    expect(lines[1]).toBe(Object.values(report.trades[0] ?? {}).join(','));
    const curve = (await (await fetchFile(id, 'equity.csv')).text()).trim().split('\n');
    expect(report.equity_curve.length).toBeLessThan(2_001);
    expect(curve).toHaveLength(1 + 182 * 24);
    const last = curve.at(-1)?.split(',') ?? [];
    const thin = report.equity_curve.at(-1) as BacktestReport['equity_curve'][number] & {
      buy_and_hold: number;
    };
    expect(last).toEqual([thin.time, ...[thin.equity, thin.drawdown, thin.buy_and_hold].map(String)]);
    expect((await fetchFile(id, 'secrets.csv')).status).toBe(404);
    // A result from before whole curves were kept.
    await web.database.sql`delete from backtest_equity`;
    const thinned = (await (await fetchFile(id, 'equity.csv')).text()).trim().split('\n');
    expect(thinned).toHaveLength(1 + report.equity_curve.length);
    expect(thinned.at(-1)).toBe(curve.at(-1));
  });
});

describe('the pages of backtests', () => {
  it('start one by a form of per cents and whole days, and show it', async () => {
    const cookie = await cookieOf(web, trader);
    const values = {
      ...{ exchange: 'demo', symbol: 'BTC/USDT', timeframe: '1h', strategy: 'RSI_CROSS' },
      ...{ from: '2024-01-01', last_day: '2024-06-30', fee: '0.1', slippage: '0.05', stake: 'All' },
      ...{ initial_balance: '5000', 'risk.stop_loss_pct': '', 'params.rsi_period': '10', name: '' },
    };
    const body = new URLSearchParams([...Object.entries(values), ['market_rules', 'false']]);
    const request = new Request('http://localhost/backtests', {
      method: 'POST',
      headers: { ...cookie, Host: 'localhost' },
      body,
    });
    const answer = (await listPage.action({ request, params: {}, context: web.context() })) as Response;
    const location = answer.headers.get('Location') ?? '';
    const id = location.replace('/backtests/', '');
    expect((await get(id)).json).toMatchObject({
      ...{ to: '2024-07-01T00:00:00.000Z', fee: '0.001', slippage: '0.0005', initial_balance: '5000' },
      ...{ stake: 'all', params: { rsi_period: 10 }, risk: {} },
    });
    const load = (query = '') =>
      reportPage.loader({
        request: new Request(`http://localhost${location}${query}`, { headers: cookie }),
        params: { backtestId: id },
        context: web.context(),
      });
    expect((await load()).report).toBeNull();
    await work();
    const { report, backtest } = await load();
    const total = backtest.metrics!.trades;
    expect(report).toMatchObject({ trades: { page: 1, total } });
    expect(report!.trades.trades[0]!.number).toBe(total);
    expect((await load('?page=99')).report!.trades.trades.at(-1)!.number).toBe(1);
    expect((await load('?span=all')).report!.chart.candles[0]!.timeMs).toBe(Date.UTC(2024, 0, 1));
  });
});

describe('the form of a backtest', () => {
  const send = async (fields: Record<string, string>) => {
    const headers = { ...(await cookieOf(web, trader)), Host: 'localhost' };
    const usual = { exchange: 'demo', symbol: 'BTC/USDT', timeframe: '1h', from: '2024-01-01' };
    const money = {
      last_day: '2024-01-31',
      fee: '0.1',
      slippage: '0',
      stake: 'all',
      initial_balance: '1000',
    };
    const body = new URLSearchParams({ ...usual, ...money, ...fields });
    const request = new Request('http://localhost/backtests', { method: 'POST', headers, body });
    const answer: unknown = await listPage.action({ request, params: {}, context: web.context() });
    if (answer instanceof Response) return { id: answer.headers.get('Location')?.split('/').at(-1) ?? '' };
    return (answer as { data: FormRefusal }).data;
  };
  const rowOf = (side: string, left: string, right: string) => ({
    [`rule.${side}.join`]: 'all',
    [`rule.${side}.0.operator`]: 'above',
    [`rule.${side}.0.left`]: 'rsi',
    [`rule.${side}.0.leftNumbers`]: left,
    [`rule.${side}.0.right`]: 'number',
    [`rule.${side}.0.rightNumbers`]: right,
  });

  it('reads own rules from rows, and says of an unfinished row what is missing', async () => {
    const whole = { strategy: 'RULES', ...rowOf('entry', '14', '30'), ...rowOf('exit', '14', '70') };
    const done = await send(whole);
    expect(done).toHaveProperty('id');
    const half = await send({ ...whole, ...rowOf('entry', '14', '') });
    expect(half).toMatchObject({
      message: expect.stringContaining('marked fields') as string,
      errors: [{ path: 'params.entry.all[0].right' }],
    });
    const none = await send({ strategy: 'RULES', 'rule.entry.join': 'all', 'rule.exit.join': 'all' });
    expect(none).toMatchObject({ errors: [{ path: 'params.entry.all' }] });
  });

  it('begins with the fees that the exchange states, until others are typed', async () => {
    web.exchange.markets = [{ ...btcUsdt(), takerFee: money('0.0026'), makerFee: money('0.0016') }];
    const valuesAt = async (query: string) => {
      const request = new Request(`http://localhost/backtests${query}`, {
        headers: await cookieOf(web, trader),
      });
      return (await listPage.loader({ request, params: {}, context: web.context() })).values;
    };
    expect(await valuesAt('')).toMatchObject({ exchange: 'demo', fee: '0.1', maker_fee: '0.1' });
    const kraken = '?exchange=kraken&symbol=BTC/USDT';
    expect(await valuesAt(kraken)).toMatchObject({ fee: '0.26', maker_fee: '0.16', fees_of: 'kraken' });
    expect(await valuesAt(`${kraken}&fee=0.2&fees_of=kraken`)).toMatchObject({ fee: '0.2' });
    expect(await valuesAt(`${kraken}&fee=0.2&fees_of=demo`)).toMatchObject({ fee: '0.26' });
  });

  it('takes a share of the equity as the size of a buy', async () => {
    const { id } = (await send({ strategy: 'RSI_CROSS', stake: '25 %' })) as { id: string };
    expect((await get(id)).json).toMatchObject({ sizing: { type: 'equity_fraction', value: '0.25' } });
  });
});

describe('the comparison of backtests', () => {
  const compare = async (query: string, by = trader) => {
    const request = new Request(`http://localhost/backtests/compare${query}`, {
      headers: await cookieOf(web, by),
    });
    const { data, init } = await comparePage.loader({ request, params: {}, context: web.context() });
    return { ...data, status: init?.status ?? 200 };
  };

  it('puts two to four finished ones side by side, each in per cent of what it began with', async () => {
    const one = await start();
    const other = await start({ initial_balance: '500', params: { rsi_period: 7 } });
    await workAll();
    const { all, problem, status } = await compare(`?ids=${one},${other}`);
    expect([status, problem, all.map(({ backtest }) => backtest.id)]).toEqual([200, null, [one, other]]);
    for (const { backtest, gain } of all)
      expect(gain.at(-1)).toBeCloseTo(100 * (backtest.metrics.total_return ?? NaN), 6);
    expect((await compare(`?ids=${other}&ids=${one}`)).all.map(({ backtest }) => backtest.id)).toEqual([
      other,
      one,
    ]);
  });

  it('says what is wrong with fewer, more, unfinished, and those of others', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await start({ to: '2024-01-02' }));
    expect(await compare('')).toMatchObject({
      status: 422,
      problem: expect.stringContaining('two to four') as string,
    });
    expect(await compare(`?ids=${ids[0]},${ids[0]}`)).toMatchObject({ status: 422 });
    expect((await compare(`?ids=${ids.join()}`)).problem).toBe('5 were chosen; at most 4 go side by side.');
    expect((await compare(`?ids=${ids[0]},${ids[1]}`)).problem).toContain('has no result to compare');
    await workAll();
    expect((await compare(`?ids=${ids[0]},${ids[1]}`)).status).toBe(200);
    expect(await compare(`?ids=${ids[0]},${ids[1]}`, stranger)).toMatchObject({ status: 404, all: [] });
  });
});

describe('a path that is a page and JSON', () => {
  it('is JSON for programs alone', () => {
    const of = (method: string, given: Record<string, string>) => asksForJson({ method, headers: given });
    expect(of('GET', { accept: 'text/html,application/xhtml+xml,*/*' })).toBe(false);
    expect(of('POST', { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' })).toBe(false);
    expect(of('GET', { accept: '*/*' })).toBe(false);
    expect(of('GET', { accept: 'application/json' })).toBe(true);
    expect(of('GET', { accept: '*/*', authorization: 'Bearer x' })).toBe(true);
    expect(of('POST', { 'content-type': 'application/json' })).toBe(true);
    expect(of('DELETE', {})).toBe(true);
  });
});
