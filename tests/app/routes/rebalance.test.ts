import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as botStart from '../../../app/routes/bot.start.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { getBasketDetail } from '../../../app/services/baskets.server.ts';
import { findRebalanceView } from '../../../app/services/rebalance-views.server.ts';
import { storeRebalance } from '../../../db/queries/rebalances.ts';
import { btcUsdt } from '../../support/markets.ts';
import { call, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

const BASKET = {
  strategy: 'REBALANCE',
  symbols: ['BTC/USDT', 'ETH/USDT'],
  params: { weights: 'BTC/USDT:40, ETH/USDT:30' },
  timeframe: '5m',
  mode: 'paper',
  exchange: 'binance',
  initial_balance: '1000',
};

describe('target weights over REST and on pages', () => {
  let web: Web;
  let user: UserView;
  let headers: Record<string, string>;

  beforeAll(async () => {
    web = await startWeb();
    user = await createUser(web);
    headers = await tokenOf(web, user);
    web.exchange.markets = [btcUsdt(), { ...btcUsdt(), symbol: 'ETH/USDT', base: 'ETH' }];
  });
  afterAll(() => web.stop());

  const start = (change: object) =>
    call(web, botStart, { method: 'POST', headers, body: { ...BASKET, ...change } });

  it('start a basket that decides for all of its pairs, and says where it stands', async () => {
    const { status, json } = await start({});
    expect(status).toBe(201);
    expect(json).toMatchObject({ status: 'RUNNING', max_open_positions: 2 });
    const basketId = String(json['basket_id']);
    const { basket } = await getBasketDetail(web.deps, user.id, basketId);
    expect(basket.strategySentence).toMatch(/^Holds BTC\/USDT at 40 %, ETH\/USDT at 30 %, and leaves 30 %/);
    const view = () => findRebalanceView(web.deps, user.id, basket);
    expect(await view()).toMatchObject({ shares: [], decidedAt: null, detail: 'It has not decided yet.' });
    await storeRebalance(web.deps.db, basketId, {
      memory: { actedAtMs: null, isFinishing: false },
      candleTimeMs: Date.UTC(2026, 0, 1),
      shares: [
        { symbol: 'BTC/USDT', pct: '42.1234', targetPct: '40', isFrozen: false },
        { symbol: 'ETH/USDT', pct: '25', targetPct: '30', isFrozen: true },
      ],
      detail: 'All shares are near enough.',
    });
    expect(await view()).toMatchObject({
      shares: [
        { symbol: 'BTC/USDT', pct: '42.12', targetPct: '40.00', off: '2.12', isFrozen: false },
        { symbol: 'ETH/USDT', pct: '25.00', targetPct: '30.00', off: '-5.00', isFrozen: true },
      ],
      free: { quote: 'USDT', pct: '32.88', targetPct: '30.00', off: '2.88' },
      decidedAt: '2026-01-01T00:05:00.000Z',
      detail: 'All shares are near enough.',
    });
    const stranger = await createUser(web);
    expect(await findRebalanceView(web.deps, stranger.id, basket)).toMatchObject({ decidedAt: null });
  });

  it.each<[string, object, [path: string, message: RegExp]]>([
    ['one symbol', { symbols: undefined, symbol: 'BTC/USDT' }, ['symbol', /give it two symbols or more/]],
    ['weights of other symbols', { params: {}, symbols: ['ETH/USDT', 'XRP/USDT'] }, ['symbols', /XRP\/USDT/]],
    [
      'a symbol without a weight',
      { params: { weights: 'BTC/USDT:40' } },
      ['params.weights', /do not name ETH\/USDT/],
    ],
    [
      'weights beyond 100 %',
      { params: { weights: 'BTC/USDT:80, ETH/USDT:30' } },
      ['params.weights', /come to 110 %/],
    ],
    [
      'a share below the minimum',
      { initial_balance: '20', params: { weights: 'BTC/USDT:40, ETH/USDT:1' } },
      ['params.weights', /1 % of 20 USDT in ETH\/USDT: .* is below the exchange's minimum/],
    ],
    ['a size', { sizing: { type: 'quote_amount', value: '10' } }, ['sizing', /buys by its weights/]],
    ['a stop', { risk: { stop_loss_pct: '3' } }, ['risk.stop_loss_pct', /no rules for single trades/]],
    ['a limit of positions', { max_open_positions: 1 }, ['max_open_positions', /holds all of its assets/]],
    [
      'intervals that cannot both hold',
      { params: { ...BASKET.params, at_most_candles: 5, at_least_candles: 5 } },
      ['params.at_least_candles', /cannot both hold/],
    ],
  ])('refuse %s with what to do', async (_, change, [path, message]) => {
    const { status, json } = await start(change);
    expect(status).toBe(422);
    const errors = json['errors'] as { path: string; message: string }[];
    const [error] = errors.filter((each) => each.path.startsWith(path));
    expect(error?.message).toMatch(message);
  });
});
