import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as botStart from '../../../app/routes/bot.start.ts';
import * as botStatus from '../../../app/routes/bot.status.$id.ts';
import * as botStop from '../../../app/routes/bot.stop.ts';
import * as dashboardPnl from '../../../app/routes/dashboard_.pnl.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { getBasketDetail, listBaskets } from '../../../app/services/baskets.server.ts';
import { getDashboard } from '../../../app/services/dashboard.server.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { btcUsdt } from '../../support/markets.ts';
import { call, countRows, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
const BASKET = {
  strategy: 'RSI_CROSS',
  symbols: SYMBOLS,
  timeframe: '5m',
  mode: 'paper',
  exchange: 'binance',
  initial_balance: '1000',
  max_open_positions: 2,
};

type Json = Record<string, unknown>;

describe('baskets over REST', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;

  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    headers = await tokenOf(web, user);
    const market = (symbol: string) => {
      const [base = '', quote = ''] = symbol.split('/');
      return { ...btcUsdt(), symbol, base, quote };
    };
    web.exchange.markets = [...SYMBOLS, 'ETH/EUR'].map(market);
  });
  afterAll(() => web.stop());

  const start = (body: unknown, by = headers) => call(web, botStart, { method: 'POST', headers: by, body });
  const stop = (body: unknown, by = headers) => call(web, botStop, { method: 'POST', headers: by, body });
  const status = (id: string, by = headers) => call(web, botStatus, { headers: by, id });
  const legsOf = (json: Json) => json['bots'] as Json[];
  const setStatus = (basketId: string, to: string) =>
    web.database.sql`update bot_runs set status = ${to} where basket_id = ${basketId}`;

  it('start with one status object a symbol, in their order, and share one paper account', async () => {
    const { status: code, json } = await start(BASKET);
    expect(code).toBe(201);
    expect(json).toMatchObject({
      name: 'Basket of 3 pairs, RSI cross',
      status: 'RUNNING',
      initial_balance: '1000',
      max_open_positions: 2,
      open_positions: 0,
      equity: '1000',
    });
    const legs = legsOf(json);
    expect(legs.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
    expect(legs.map(({ initial_balance }) => initial_balance)).toEqual([
      '333.33333334',
      '333.33333333',
      '333.33333333',
    ]);
    for (const leg of legs) {
      expect(leg).toMatchObject({ basket_id: json['basket_id'], status: 'RUNNING', strategy: 'RSI_CROSS' });
      expect((await status(String(leg['bot_run_id']))).json).toEqual(leg);
    }
    const balances = await web.database.sql`
      select asset, free::text from paper_balances where account_id = ${String(json['basket_id'])}`;
    expect([...balances]).toEqual([{ asset: 'USDT', free: '1000' }]);
  });

  it('have as many positions as symbols where nothing is said, and the defaults of a bot', async () => {
    const { json } = await start({ ...BASKET, max_open_positions: '', initial_balance: null });
    expect(json).toMatchObject({ max_open_positions: 3, initial_balance: '10000' });
    expect(legsOf(json)[0]).toMatchObject({ sizing: { type: 'equity_fraction', value: '0.1' }, risk: {} });
  });

  type Refused = { what: string; change: Json; path: string; message: RegExp };
  it.each<Refused>([
    {
      what: 'symbols that the exchange does not have, all named',
      change: { symbols: ['BTC/USDT', 'NO/PE', 'X/Y'] },
      path: 'symbols',
      message: /"NO\/PE" or "X\/Y"/,
    },
    {
      what: 'a symbol given twice',
      change: { symbols: ['BTC/USDT', 'btc/usdt'] },
      path: 'symbols',
      message: /BTC\/USDT is given twice/,
    },
    {
      what: 'pairs that are paid in different currencies',
      change: { symbols: ['BTC/USDT', 'ETH/EUR'] },
      path: 'symbols',
      message: /one currency, here USDT: leave out ETH\/EUR/,
    },
    {
      what: 'a single symbol in a list',
      change: { symbols: ['BTC/USDT'] },
      path: 'symbols',
      message: /at least two symbols/,
    },
    { what: 'symbol and symbols', change: { symbol: 'BTC/USDT' }, path: 'symbols', message: /not both/ },
    {
      what: 'no place for a position',
      change: { max_open_positions: 0 },
      path: 'max_open_positions',
      message: /at least 1/,
    },
    {
      what: 'more places than symbols',
      change: { max_open_positions: 4 },
      path: 'max_open_positions',
      message: /more than there are symbols/,
    },
    {
      what: 'a size below the minimum',
      change: { sizing: { type: 'quote_amount', value: '1' } },
      path: 'sizing.value',
      message: /minimum/,
    },
    {
      what: 'a strategy that keeps orders',
      change: { strategy: 'GRID' },
      path: 'symbols',
      message: /keeps orders at prices of one market/,
    },
    {
      what: 'a bot of posted signals',
      change: { strategy: 'WEBHOOK' },
      path: 'symbols',
      message: /posted to a bot for one market/,
    },
  ])('are refused with a sentence: $what', async ({ change, path, message }) => {
    const before = await countRows(web, 'bot_runs');
    const { status: code, json } = await start({ ...BASKET, ...change });
    expect(code).toBe(422);
    const errors = json['errors'] as { path: string; message: string }[];
    expect(errors.find((error) => error.path === path)?.message).toMatch(message);
    expect(await countRows(web, 'bot_runs')).toBe(before);
    expect(await countRows(web, 'baskets')).toBe((await listBaskets(web.deps, user.id)).length);
  });

  it('stop, and start again, as a whole', async () => {
    const { json } = await start(BASKET);
    const basketId = String(json['basket_id']);
    expect((await start({ basket_id: basketId })).status).toBe(409);
    const stopped = await stop({ basket_id: basketId });
    expect(stopped).toMatchObject({ status: 200, json: { basket_id: basketId, status: 'STOPPING' } });
    expect((await stop({ basket_id: basketId })).json['status']).toBe('STOPPING');
    expect((await start({ basket_id: basketId })).status).toBe(409);
    await setStatus(basketId, 'STOPPED');
    expect((await stop({ basket_id: basketId })).json['status']).toBe('STOPPED');
    const again = await start({ basket_id: basketId });
    expect(again).toMatchObject({ status: 201, json: { basket_id: basketId, status: 'RUNNING' } });
    expect(legsOf(again.json).map((leg) => leg['status'])).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('are let trade again as a whole after a fall that halted all of it', async () => {
    const { json } = await start({ ...BASKET, risk: { max_drawdown_pct: '5' } });
    const basketId = String(json['basket_id']);
    const [leg] = legsOf(json);
    await web.database.sql`
      update bot_runs set status = 'HALTED', halted_at = now(), halt_rule = 'max-drawdown', halt_reason = 'It fell.'
      where basket_id = ${basketId}`;
    const alone = await start({ bot_run_id: leg?.['bot_run_id'] });
    expect(alone.status).toBe(409);
    expect(alone.json['detail']).toMatch(/with its whole basket/);
    expect((await start({ basket_id: basketId })).json['status']).toBe('RUNNING');
    const [row] = await web.database.sql`select equity_peak::text from baskets where id = ${basketId}`;
    expect(row?.['equity_peak']).toBe('1000');
  });

  it('of somebody else are nobody’s', async () => {
    const { json } = await start(BASKET);
    const basketId = String(json['basket_id']);
    const other = await createUser(web);
    const theirs = await tokenOf(web, other);
    for (const asked of [basketId, randomUUID(), 'nonsense']) {
      expect((await start({ basket_id: asked }, theirs)).status).toBe(404);
      expect((await stop({ basket_id: asked }, theirs)).status).toBe(404);
      await expect(getBasketDetail(web.deps, other.id, asked)).rejects.toThrow('no such basket');
    }
    const both = { basket_id: basketId, bot_run_id: legsOf(json)[0]?.['bot_run_id'] };
    expect((await stop(both)).status).toBe(422);
    expect((await start(both)).status).toBe(422);
  });

  it('count their balance once in all sums', async () => {
    const owner = await createUser(web);
    const token = await tokenOf(web, owner);
    const { json } = await start(BASKET, token);
    const [leg] = legsOf(json);
    await web.database.sql`
      update bot_runs set realized_pnl = 25.5, fees_quote = 1.5 where id = ${String(leg?.['bot_run_id'])}`;
    const pnl = await call(web, dashboardPnl, { headers: token });
    const equities = (pnl.json['by_bot'] as Json[]).map(({ equity }) => money(String(equity)));
    expect(equities.reduce((total, equity) => total.plus(equity)).toFixed()).toBe('1025.5');
    expect((pnl.json['equity_curve'] as Json[]).at(-1)).toMatchObject({ equity: '1025.5' });
    expect((await getDashboard(web.deps, owner.id)).totals).toMatchObject([{ equity: '1025.5' }]);
    const { basket, freeQuote, curve } = await getBasketDetail(web.deps, owner.id, String(json['basket_id']));
    expect(basket).toMatchObject({ equity: '1025.5', profit: '25.5', profitPct: '2.55', fees: '1.5' });
    expect(freeQuote).toBe('1025.5');
    expect(curve.map(({ equity }) => equity)).toEqual(['1000', '1025.5']);
  });
});
