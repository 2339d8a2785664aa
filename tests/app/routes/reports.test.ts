import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as pnlRoute from '../../../app/routes/dashboard_.pnl.ts';
import * as tradesRoute from '../../../app/routes/trades_.history.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { getBotDetail, getOrder, startBot, startDemoBot } from '../../../app/services/bots.server.ts';
import { getDashboard } from '../../../app/services/reports.server.ts';
import { startBotInput } from '../../../app/schemas/bots.ts';
import { btcUsdt } from '../../support/markets.ts';
import { logEquity, logFill } from '../../support/trade-log.ts';
import { call, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const DAY = '2026-03-10';
const at = (time: string) => `${DAY}T${time}Z`;

describe('reports', () => {
  let web: Web;
  let user: UserView;
  let other: UserView;
  let headers: Record<string, string>;
  let first: string;
  let second: string;
  const orderIds: string[] = [];

  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    other = await createUser(web);
    web.exchange.markets = [btcUsdt(), btcUsdt({ symbol: 'BTC/EUR', quote: 'EUR' })];
    const paper = { strategy: 'RSI_CROSS', timeframe: '1h', mode: 'paper', exchange: 'binance' };
    const start = async (change: object) =>
      (
        await startBot(
          web.deps,
          user.id,
          startBotInput.parse({ ...paper, initial_balance: '1000', ...change }),
        )
      ).id;
    web.clock.nowMs = Date.parse('2026-03-09T12:00:00Z');
    first = await start({ symbol: 'BTC/USDT', name: 'First' });
    web.clock.nowMs = Date.parse(at('06:00:00'));
    second = await start({ symbol: 'BTC/USDT', name: 'Second', risk: { stop_loss_pct: 4 } });
    await start({ symbol: 'BTC/EUR', name: 'Euro' });
    web.clock.nowMs = Date.parse(at('12:00:00'));
    headers = await tokenOf(web, user);

    const log = async (fill: Omit<Parameters<typeof logFill>[1], 'userId'>) =>
      orderIds.push(await logFill(web.deps.db, { userId: user.id, ...fill }));
    await log({ botRunId: first, side: 'BUY', at: '2026-03-09T13:00:00Z' });
    await log({ botRunId: first, side: 'SELL', at: '2026-03-09T14:00:00Z', pnl: '20.000000000000000001' });
    await log({ botRunId: first, side: 'BUY', at: at('08:00:00') });
    await log({ botRunId: first, side: 'SELL', at: at('09:00:00'), pnl: '-5.5' });
    await log({
      botRunId: second,
      side: 'BUY',
      at: at('10:00:00'),
      quantity: '0.002',
      price: '50000',
      fee: '0.1',
    });
    const { sql } = web.database;
    await sql`update bot_runs set realized_pnl = 14.500000000000000001, fees_quote = 20, last_price = 51000 where id = ${first}`;
    await sql`update bot_runs set position_quantity = 0.002, position_cost = 100.1, position_entry_price = 50000,
      position_high_price = 51000, position_opened_at = ${at('10:00:00')}, fees_quote = 0.1, last_price = 51000 where id = ${second}`;
    const snap = (botRunId: string, time: string, equity: string) =>
      logEquity(web.deps.db, { userId: user.id, botRunId, at: time, equity });
    await snap(first, '2026-03-09T23:59:00Z', '1020');
    await snap(first, at('09:00:00'), '1014.5');
    await snap(second, at('10:00:00'), '999.9');
  });
  afterAll(() => web.stop());

  const trades = (query: Record<string, string> = {}, by = headers) =>
    call(web, tradesRoute, { headers: by, query });
  const pnl = (query: Record<string, string> = {}, by = headers) =>
    call(web, pnlRoute, { headers: by, query });
  const rowsOf = (answer: { json: Record<string, unknown> }) =>
    answer.json['trades'] as Record<string, unknown>[];

  it('list trades newest first, in the contract’s form', async () => {
    const answer = await trades();
    expect(rowsOf(answer)).toHaveLength(5);
    expect(answer.json['next_cursor']).toBeNull();
    expect(rowsOf(answer)[1]).toEqual({
      id: expect.stringMatching(/^\d+$/) as string,
      bot_run_id: first,
      client_order_id: `c-${orderIds[3]}`,
      exchange_trade_id: `t-${orderIds[3]}`,
      symbol: 'BTC/USDT',
      side: 'SELL',
      quantity: '0.1',
      price: '50000',
      fee: '5',
      fee_currency: 'USDT',
      pnl: '-5.5',
      created_at: '2026-03-10T09:00:00.000Z',
    });
    expect(rowsOf(answer)[0]!['pnl']).toBeNull();
  });

  it('page through trades without losing or repeating any', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await trades({ limit: '2', cursor });
      seen.push(...rowsOf(page).map((trade) => trade['id']));
      cursor = (page.json['next_cursor'] as string | null) ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(rowsOf(await trades({ limit: '200' })).map((trade) => trade['id']));
  });

  it('filter trades by bot, symbol and time (the end excluded)', async () => {
    expect(rowsOf(await trades({ bot_run_id: second }))).toHaveLength(1);
    expect(rowsOf(await trades({ symbol: 'BTC/EUR' }))).toHaveLength(0);
    expect(rowsOf(await trades({ from: at('08:00:00'), to: at('10:00:00') }))).toHaveLength(2);
  });

  it.each([
    [{ limit: '0' }, 422],
    [{ limit: '201' }, 422],
    [{ limit: 'many' }, 400],
    [{ cursor: 'x' }, 422],
    [{ cursor: '-1' }, 422],
    [{ cursor: '9'.repeat(40) }, 422],
    [{ from: 'yesterday' }, 422],
    [{ from: '+275760-09-13' }, 422],
    [{ from: at('10:00:00'), to: at('09:00:00') }, 422],
    [{ symbol: 'a\0b' }, 422],
    [{ bot_run_id: 'nonsense' }, 404],
    [{ bot_run_id: '3f0c1f5e-6d8f-4c59-9df6-111111111111' }, 404],
  ])('refuse the query %j', async (query, expected) => {
    expect((await trades(query as Record<string, string>)).status).toBe(expected);
  });

  it('show others nothing of it', async () => {
    const theirs = await tokenOf(web, other);
    expect((await trades({}, theirs)).json).toEqual({ trades: [], next_cursor: null });
    expect((await trades({ bot_run_id: first }, theirs)).status).toBe(404);
    expect((await pnl({ bot_run_id: first }, theirs)).status).toBe(404);
    expect((await pnl({}, theirs)).json).toMatchObject({
      currency: null,
      realized_pnl: '0',
      equity_curve: [],
      by_bot: [],
    });
    await expect(getOrder(web.deps, other.id, orderIds[0]!)).rejects.toMatchObject({ status: 404 });
    await expect(getBotDetail(web.deps, other.id, first)).rejects.toMatchObject({ status: 404 });
    expect(await getDashboard(web.deps, other.id)).toEqual({
      totals: [],
      bots: [],
      sparks: {},
      positions: [],
      trades: [],
      alerts: [],
    });
  });

  it('sum profit over the bots of the commonest currency, exactly, and each bot in its own', async () => {
    const { json } = await pnl();
    expect(json).toMatchObject({
      currency: 'USDT',
      realized_pnl: '14.500000000000000001',
      unrealized_pnl: '1.9',
      fees: '20.1',
    });
    const byBot = json['by_bot'] as Record<string, unknown>[];
    expect(byBot.map((bot) => [bot['name'], bot['currency'], bot['realized_pnl'], bot['equity']])).toEqual(
      expect.arrayContaining([
        ['First', 'USDT', '14.500000000000000001', '1014.500000000000000001'],
        ['Second', 'USDT', '0', '1001.9'],
        ['Euro', 'EUR', '0', '1000'],
      ]),
    );
  });

  it('draw one curve over all bots, each counted with what it was last worth', async () => {
    const { json } = await pnl();
    expect(
      (json['equity_curve'] as { time: string; equity: string }[]).map((p) => [
        p.time.slice(5, 16),
        p.equity,
      ]),
    ).toEqual([
      ['03-09T12:00', '2000'],
      ['03-09T23:59', '2020'],
      ['03-10T09:00', '2014.5'],
      ['03-10T10:00', '2014.4'],
      ['03-10T12:00', '2016.400000000000000001'],
    ]);
  });

  it('cut profit and curve to a span of time', async () => {
    const { json } = await pnl({ from: at('00:00:00'), to: at('09:30:00'), bot_run_id: first });
    expect(json).toMatchObject({ realized_pnl: '-5.5', fees: '10' });
    expect((json['equity_curve'] as { equity: string }[]).map((point) => point.equity)).toEqual([
      '1020',
      '1014.5',
      '1014.5',
    ]);
  });

  it('make a dashboard: totals by mode and currency, days in UTC, positions, trades', async () => {
    const dashboard = await getDashboard(web.deps, user.id);
    expect(dashboard.totals.map((totals) => [totals.mode, totals.currency, totals.bots])).toEqual([
      ['paper', 'USDT', 2],
      ['paper', 'EUR', 1],
    ]);
    expect(dashboard.totals[0]).toMatchObject({
      equity: '2016.400000000000000001',
      today: { pnl: '-3.599999999999999999', pct: '-0.18', trades: 3 },
      unrealized: { pnl: '1.9', openPositions: 1 },
      sinceStart: { pnl: '16.400000000000000001', pct: '0.82' },
    });
    expect(dashboard.positions).toMatchObject([
      { botName: 'Second', quantity: '0.002', averagePrice: '50000', value: '102', unrealizedPnl: '1.9' },
    ]);
    expect(dashboard.trades).toHaveLength(5);
    const states = Object.fromEntries(dashboard.bots.map((bot) => [bot.name, bot.state]));
    expect(states).toEqual({
      First: 'Just started: decides when the next 1h candle closes.',
      Second: 'Holds 0.002 BTC, bought at 50,000; stop 5.9 % away.',
      Euro: 'Just started: decides when the next 1h candle closes.',
    });
  });

  it('show an order with its fills', async () => {
    const detail = await getOrder(web.deps, user.id, orderIds[4]!);
    expect(detail.order).toMatchObject({ side: 'BUY', status: 'filled', botName: 'Second' });
    expect(detail.fills).toMatchObject([{ quantity: '0.002', fee: '0.1' }]);
  });

  it('show a bot whose exchange gives no candles, and say why', async () => {
    const detail = await getBotDetail(web.deps, user.id, second);
    expect(detail.chart.candles).toEqual([]);
    expect(detail.chart.problem).toMatch(/candles/);
    expect(detail.chart.lines.map((line) => [line.kind, line.price])).toEqual([
      ['entry', '50000'],
      ['stop', '48000'],
    ]);
    expect(detail.fills).toHaveLength(1);
  });

  it('show a demo bot with its chart, its indicator and what comes next', async () => {
    web.clock.nowMs = Date.parse(at('12:00:00.500'));
    const bot = await startDemoBot(web.deps, user.id);
    const detail = await getBotDetail(web.deps, user.id, bot.id);
    expect(detail.chart.candles).toHaveLength(240);
    expect(detail.chart.candles.at(-1)?.timeMs).toBe(Date.parse(at('11:59:59')));
    const [rsi] = detail.chart.indicators;
    expect(rsi).toMatchObject({ name: 'RSI 14', pane: 'own', range: { min: 0, max: 100 } });
    expect(rsi?.values).toHaveLength(240);
    expect(rsi?.values.every((value) => value !== null && value >= 0 && value <= 100)).toBe(true);
    expect(detail.next.headline).toBe('Decides again at 12:00:01 UTC, when the 1s candle closes.');
    expect(detail.next.detail).toMatch(/^Buys when RSI, now /);
    expect(detail.precision?.price).toBeGreaterThan(0);
  });
});
