import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as botList from '../../../app/routes/bot.list.$id.ts';
import * as botStart from '../../../app/routes/bot.start.ts';
import * as botStatus from '../../../app/routes/bot.status.$id.ts';
import * as botStop from '../../../app/routes/bot.stop.ts';
import { addKeyInput } from '../../../app/schemas/exchange-keys.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { addKey } from '../../../app/services/exchange-keys.server.ts';
import { setStrategyEnabled } from '../../../app/services/strategies.server.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { btcUsdt } from '../../support/markets.ts';
import { call, countRows, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const PAPER = {
  strategy: 'RSI_CROSS',
  symbol: 'BTC/USDT',
  timeframe: '5m',
  mode: 'paper',
  exchange: 'binance',
};

describe('bots over REST', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;
  let keyId: string;
  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    headers = await tokenOf(web, user);
    const input = addKeyInput.parse({ exchange: 'binance', api_key: 'k'.repeat(20), api_secret: 's' });
    keyId = (await addKey(web.deps, user.id, input)).id;
  });
  afterAll(() => web.stop());
  beforeEach(() => {
    Object.assign(web.exchange, {
      account: {},
      markets: [btcUsdt()],
      price: '50000',
      onMarketCall: () => undefined,
    });
  });

  const start = (body: unknown, by = headers) => call(web, botStart, { method: 'POST', headers: by, body });
  const stop = (body: unknown, by = headers) => call(web, botStop, { method: 'POST', headers: by, body });
  const status = (id: string, by = headers) => call(web, botStatus, { headers: by, id });
  const startedId = async (change: object = {}) =>
    String((await start({ ...PAPER, ...change })).json['bot_run_id']);
  const setStatus = (id: string, to: string) =>
    web.database.sql`update bot_runs set status = ${to} where id = ${id}`;
  const jobs = async (queue: string) => {
    const rows = await web.database.sql<{ data: Record<string, unknown> }[]>`
      select data from pgboss.job where name = ${queue}`;
    return rows.map((row) => row.data);
  };

  it('start on paper with the documented defaults, and answer the whole status', async () => {
    const { status: code, json } = await start(PAPER);
    expect(code).toBe(201);
    expect(json).toEqual({
      bot_run_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      name: 'BTC/USDT RSI cross',
      status: 'RUNNING',
      strategy: 'RSI_CROSS',
      symbol: 'BTC/USDT',
      timeframe: '5m',
      mode: 'paper',
      exchange: 'binance',
      exchange_key_id: null,
      basket_id: null,
      params: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
      sizing: { type: 'equity_fraction', value: '0.1' },
      risk: {},
      initial_balance: '10000',
      started_at: new Date(web.clock.nowMs).toISOString(),
      stopped_at: null,
      last_tick_at: null,
      last_signal: null,
      position: { quantity: '0', average_price: null, unrealized_pnl: '0' },
      realized_pnl: '0',
      fees: '0',
      equity: '10000',
      open_orders: [],
      error: null,
    });
    expect((await status(String(json['bot_run_id']))).json).toEqual(json);
    const balances = await web.database.sql`
      select asset, free::text from paper_balances where account_id = ${String(json['bot_run_id'])}`;
    expect([...balances]).toEqual([{ asset: 'USDT', free: '10000' }]);
    expect(await jobs('refresh-candles')).toContainEqual({
      venue: 'binance',
      symbol: 'BTC/USDT',
      timeframe: '5m',
    });
  });

  it('start with rules of one’s own, and name what is wrong with them by its path', async () => {
    const entry = {
      all: [
        { operator: 'crosses_above', left: { type: 'rsi', period: 14, smoothing: 'simple' }, right: 30 },
        { operator: 'above', left: { type: 'close' }, right: { type: 'ema', period: 20, timeframe: '1h' } },
      ],
    };
    const exit = { any: [{ operator: 'above', left: { type: 'profit_pct' }, right: 5 }] };
    const started = await start({ ...PAPER, strategy: 'RULES', params: { entry, exit } });
    expect(started.status).toBe(201);
    expect(started.json).toMatchObject({ strategy: 'RULES', params: { entry, exit } });
    const right = { type: 'ema', period: 0 };
    const bad = { all: [entry.all[0], { operator: 'above', left: { type: 'close' }, right }] };
    const refused = await start({ ...PAPER, strategy: 'RULES', params: { entry: bad, exit } });
    expect(refused.status).toBe(422);
    expect(refused.json['errors']).toEqual([
      { path: 'params.entry.all[1].right.period', message: 'Period must be at least 2.' },
    ]);
    const slower = await start({ ...PAPER, strategy: 'RULES', timeframe: '1h', params: { entry, exit } });
    expect(slower.status).toBe(201);
    const finer = { all: [{ operator: 'rising', left: { type: 'close', timeframe: '1m' } }] };
    const impossible = await start({ ...PAPER, strategy: 'RULES', params: { entry: finer } });
    expect(impossible.json['errors']).toMatchObject([{ path: 'params.entry.all[0].left.timeframe' }]);
  });

  it('take decimals as text or as numbers, and keep them exactly', async () => {
    const { status: code, json } = await start({
      ...PAPER,
      name: 'Mine',
      symbol: 'btc/usdt',
      params: { rsi_period: '7', oversold: 25.5 },
      sizing: { type: 'quote_amount', value: 0.1 + 0.2 + 99.7 },
      risk: { stop_loss_pct: '2.50', cooldown_candles: 3, max_trades_per_day: '4', take_profit_pct: '' },
      initial_balance: '1234.000000000000000001',
    });
    expect(code).toBe(201);
    expect(json).toMatchObject({
      name: 'Mine',
      symbol: 'BTC/USDT',
      params: { rsi_period: 7, oversold: 25.5 },
      sizing: { type: 'quote_amount', value: '100' },
      risk: { stop_loss_pct: '2.5', cooldown_candles: 3, max_trades_per_day: 4 },
      initial_balance: '1234.000000000000000001',
    });
    expect(Object.keys(json['risk'] as object)).not.toContain('take_profit_pct');
  });

  it('start live with the free quote balance of the exchange', async () => {
    const balance = { free: money('250.5'), used: money('9.5'), total: money('260') };
    web.exchange.account = { fetchBalances: () => Promise.resolve(new Map([['USDT', balance]])) };
    const live = { ...PAPER, exchange: undefined, mode: 'live', exchange_key_id: keyId };
    const { status: code, json } = await start(live);
    expect(code).toBe(201);
    expect(json).toMatchObject({
      mode: 'live',
      exchange: 'binance',
      exchange_key_id: keyId,
      initial_balance: '250.5',
    });
    const rows = await web.database.sql`
      select account_id from bot_runs where id = ${String(json['bot_run_id'])}`;
    expect(rows[0]?.['account_id']).toBe(keyId);
    expect(
      await web.database.sql`select 1 from paper_balances where account_id = ${String(json['bot_run_id'])}`,
    ).toHaveLength(0);
  });

  it.each([
    ['an unknown strategy', { strategy: 'MAGIC' }, 422, 'strategy'],
    ['an unknown exchange', { exchange: 'nowhere' }, 422, 'exchange'],
    ['no exchange', { exchange: undefined }, 422, 'exchange'],
    ['an unknown symbol', { symbol: 'NOPE/USDT' }, 422, 'symbol'],
    ['a symbol with a NUL', { symbol: 'BTC\0/USDT' }, 422, 'symbol'],
    ['an unknown timeframe', { timeframe: '7m' }, 422, 'timeframe'],
    ['a timeframe that the exchange lacks', { timeframe: '1s' }, 422, 'timeframe'],
    ['an unknown mode', { mode: 'dream' }, 422, 'mode'],
    ['no mode', { mode: undefined }, 400, 'mode'],
    ['a parameter below its bound', { params: { rsi_period: 1 } }, 422, 'params.rsi_period'],
    ['a parameter above its bound', { params: { rsi_period: 100_000 } }, 422, 'params.rsi_period'],
    ['a parameter that is not whole', { params: { rsi_period: 14.5 } }, 422, 'params.rsi_period'],
    ['a parameter of the wrong type', { params: { rsi_period: 'many' } }, 422, 'params.rsi_period'],
    ['a choice that is none', { params: { smoothing: 'rough' } }, 422, 'params.smoothing'],
    ['an unknown parameter', { params: { rsi_perod: 14 } }, 422, 'params.rsi_perod'],
    ['thresholds the wrong way round', { params: { oversold: 50, overbought: 50 } }, 422, 'params.oversold'],
    ['parameters that are a list', { params: [1] }, 400, 'params'],
    ['a parameter with a NUL', { params: { smoothing: 'a\0b' } }, 422, 'params'],
    ['no amount', { sizing: { type: 'quote_amount', value: '0' } }, 422, 'sizing.value'],
    ['a negative amount', { sizing: { type: 'quote_amount', value: -5 } }, 422, 'sizing.value'],
    ['more than all', { sizing: { type: 'equity_fraction', value: '1.01' } }, 422, 'sizing.value'],
    ['an amount in words', { sizing: { type: 'quote_amount', value: 'ten' } }, 422, 'sizing.value'],
    ['an amount in exponents', { sizing: { type: 'quote_amount', value: 1e300 } }, 422, 'sizing.value'],
    ['an amount that is a list', { sizing: { type: 'quote_amount', value: [] } }, 400, 'sizing.value'],
    ['an unknown sizing', { sizing: { type: 'all in', value: '1' } }, 400, 'sizing.type'],
    ['a misspelt rule', { risk: { stop_los_pct: 2 } }, 422, 'risk.stop_los_pct'],
    ['a stop beyond everything', { risk: { stop_loss_pct: 101 } }, 422, 'risk.stop_loss_pct'],
    ['half a candle', { risk: { cooldown_candles: 1.5 } }, 400, 'risk.cooldown_candles'],
    ['no balance', { initial_balance: '0' }, 422, 'initial_balance'],
    ['a misspelt field', { initialBalance: '5' }, 422, 'initialBalance'],
    ['a long name', { name: 'x'.repeat(81) }, 422, 'name'],
  ])('are not started with %s', async (...[, change, expected, path]) => {
    const before = await countRows(web, 'bot_runs');
    const { status: code, json } = await start({ ...PAPER, ...change });
    expect(code, JSON.stringify(json)).toBe(expected);
    expect((json['errors'] as { path: string }[]).map((error) => error.path)).toContain(path);
    expect(await countRows(web, 'bot_runs')).toBe(before);
  });

  it('name all that is wrong at once, in words', async () => {
    const { json } = await start({ ...PAPER, symbol: 'A/B', timeframe: '9m', params: { rsi_period: 999 } });
    expect(json['detail']).toBe(
      'RSI period must be at most 200. Binance has no market "A/B" to trade on. ' +
        'Binance has no "9m" candles. Choose one of: 1m, 5m, 1h.',
    );
  });

  it.each([
    ['a quote amount', { sizing: { type: 'quote_amount', value: '4.99' } }, 'sizing.value', '4.99 USDT'],
    ['a fraction of a small balance', { initial_balance: '49' }, 'sizing.value', '4.9 USDT'],
  ])(
    'are refused, with the numbers, when %s is below the minimum of the exchange',
    async (...[, change, path, spent]) => {
      const before = await countRows(web, 'bot_runs');
      const { status: code, json } = await start({ ...PAPER, ...change });
      expect(code).toBe(422);
      expect(json['detail']).toContain(`Buying for ${spent} at 50000`);
      expect(json['detail']).toContain('minimum of 0.00001 BTC and 5 USDT');
      expect((json['errors'] as unknown[])[0]).toMatchObject({ path });
      expect(await countRows(web, 'bot_runs')).toBe(before);
    },
  );

  it('keep a stop on the exchange where they are told to, on paper and live', async () => {
    const risk = { stop_loss_pct: '3', stop_on_exchange: true };
    const paper = await start({ ...PAPER, risk });
    expect(paper).toMatchObject({ status: 201, json: { risk } });
    const live = { ...PAPER, mode: 'live', exchange_key_id: keyId, risk };
    web.exchange.account = {
      fetchBalances: async () => new Map([['USDT', { free: money(500), used: money(0), total: money(500) }]]),
    };
    expect(await start(live)).toMatchObject({ status: 201, json: { risk } });
  });

  it('take a box that is not ticked, and false, as no stop on the exchange', async () => {
    for (const stop_on_exchange of ['', false]) {
      const { status: code, json } = await start({
        ...PAPER,
        risk: { take_profit_pct: '3', stop_on_exchange },
      });
      expect([code, json['risk']]).toEqual([201, { take_profit_pct: '3' }]);
    }
  });

  it.each([
    ['without a stop', PAPER, 'Set a stop-loss or a trailing stop'],
    ['on an exchange that takes none', { ...PAPER, exchange: 'bitstamp' }, 'Bitstamp takes no stop orders'],
  ])('refuse a stop on the exchange %s', async (what, bot, message) => {
    const risk = { stop_on_exchange: true, ...(what === 'without a stop' ? {} : { trailing_stop_pct: '3' }) };
    const { status: code, json } = await start({ ...bot, risk });
    expect(code).toBe(422);
    expect(JSON.stringify(json)).toContain(message);
    expect(JSON.stringify(json)).toContain('risk.stop_on_exchange');
  });

  it('need a strategy that is switched on, also to start again', async () => {
    const id = await startedId();
    await setStatus(id, 'STOPPED');
    await setStrategyEnabled(web.deps, { name: 'RSI_CROSS', enabled: false });
    expect((await start(PAPER)).json['detail']).toContain('switched off');
    expect((await start({ bot_run_id: id })).status).toBe(422);
    await setStrategyEnabled(web.deps, { name: 'RSI_CROSS', enabled: true });
    expect((await start({ bot_run_id: id })).status).toBe(201);
  });

  it('say so when the exchange cannot be asked', async () => {
    web.exchange.onMarketCall = () => {
      throw new ExchangeError('transient', 'The connection was closed.');
    };
    const { status: code, headers: sent, json } = await start(PAPER);
    expect(code).toBe(503);
    expect(sent.get('Retry-After')).toBe('10');
    expect(json['detail']).toContain('Binance does not answer properly: The connection was closed.');
  });

  it.each([
    ['no key', {}, 422],
    ['a key of nobody', { exchange_key_id: randomUUID() }, 404],
    ['a key that is no id', { exchange_key_id: 'mine' }, 404],
  ])('do not start live with %s', async (_what, change, expected) => {
    expect((await start({ ...PAPER, mode: 'live', ...change })).status).toBe(expected);
  });

  it('do not start live with a key that may not trade, is for another exchange, or finds no money', async () => {
    const live = { ...PAPER, mode: 'live', exchange_key_id: keyId };
    expect((await start({ ...live, exchange: 'kraken' })).json['errors']).toMatchObject([
      { path: 'exchange' },
    ]);
    expect((await start(live)).json['errors']).toMatchObject([{ path: 'initial_balance' }]);
    web.exchange.account = {
      fetchPermissions: () => Promise.resolve({ read: true, trade: false, withdraw: false }),
    };
    const input = addKeyInput.parse({ exchange: 'binance', api_key: 'r'.repeat(20), api_secret: 's' });
    const readOnly = await addKey(web.deps, user.id, input);
    expect((await start({ ...live, exchange_key_id: readOnly.id })).json['detail']).toContain(
      'may not trade',
    );
  });

  it('stop once, whatever their status, however often they are told to', async () => {
    for (const from of ['RUNNING', 'HALTED', 'ERROR']) {
      const id = await startedId();
      await setStatus(id, from);
      expect((await stop({ bot_run_id: id })).json).toEqual({ bot_run_id: id, status: 'STOPPING' });
      expect((await stop({ bot_run_id: id })).json['status']).toBe('STOPPING');
      const mine = () => jobs('stop-bot').then((all) => all.filter((data) => data['botRunId'] === id).length);
      expect(await mine()).toBe(1);
      expect((await stop({ bot_run_id: id, close_position: true })).status).toBe(200);
      expect(await mine()).toBe(2);
      await setStatus(id, 'STOPPED');
      expect((await stop({ bot_run_id: id })).json['status']).toBe('STOPPED');
    }
  });

  it('start again only when they do not run', async () => {
    const id = await startedId();
    expect((await start({ bot_run_id: id })).status).toBe(409);
    await stop({ bot_run_id: id });
    expect((await start({ bot_run_id: id })).status).toBe(409);
    await web.database.sql`
      update bot_runs set status = 'STOPPED', stopped_at = now(), realized_pnl = 12.5, error = 'x' where id = ${id}`;
    web.clock.nowMs += 5_000;
    const { status: code, json } = await start({ bot_run_id: id });
    expect(code).toBe(201);
    expect(json).toMatchObject({
      status: 'RUNNING',
      stopped_at: null,
      error: null,
      realized_pnl: '12.5',
      equity: '10012.5',
    });
    expect(json['started_at']).toBe(new Date(web.clock.nowMs).toISOString());
  });

  it('are nobody else’s business', async () => {
    const id = await startedId();
    const other = await createUser(web);
    const theirs = await tokenOf(web, other);
    const nothing = { status: 404, json: (await status(randomUUID(), theirs)).json };
    for (const asked of [id, 'nonsense', `${id}'`]) {
      expect(await status(asked, theirs)).toMatchObject(nothing);
      expect(await stop({ bot_run_id: asked }, theirs)).toMatchObject(nothing);
      expect(await start({ bot_run_id: asked }, theirs)).toMatchObject(nothing);
    }
    const live = { ...PAPER, mode: 'live', exchange_key_id: keyId, initial_balance: '1000' };
    expect((await start(live, theirs)).status).toBe(404);
    expect((await call(web, botList, { headers: theirs, id: user.id })).status).toBe(404);
    expect((await call(web, botList, { headers: theirs, id: other.id })).json).toEqual({ bots: [] });
    expect((await status(id)).json['status']).toBe('RUNNING');
  });

  it('are listed newest first with the same fields as their status', async () => {
    const id = await startedId({ name: 'Newest' });
    const { json } = await call(web, botList, { headers, id: user.id });
    const bots = json['bots'] as Record<string, unknown>[];
    expect(bots.length).toBe(
      Number(
        (
          await web.database.sql`
      select count(*)::int as n from bot_runs where user_id = ${user.id}`
        )[0]?.['n'],
      ),
    );
    expect(bots.find((bot) => bot['bot_run_id'] === id)).toEqual((await status(id)).json);
  });
});
