import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as riskPage from '../../../app/routes/_app.risk.tsx';
import * as botStart from '../../../app/routes/bot.start.ts';
import * as botStatus from '../../../app/routes/bot.status.$id.ts';
import * as botStop from '../../../app/routes/bot.stop.ts';
import type { RiskView } from '../../../app/schemas/risk.ts';
import type { UserView } from '../../../app/schemas/views.ts';
import { getRiskView } from '../../../app/services/risk.server.ts';
import { call, cookieOf, createUser, startWeb, tokenOf, type Web } from '../../support/web.ts';

let web: Web;
let user: UserView;
let stranger: UserView;

beforeAll(async () => {
  web = await startWeb();
  [user, stranger] = [await createUser(web), await createUser(web)];
});

afterAll(() => web.stop());

const PAPER = {
  strategy: 'RSI_CROSS',
  symbol: 'BTC/USDT',
  timeframe: '5m',
  mode: 'paper',
  exchange: 'binance',
};

async function start(by: UserView, change: object = {}) {
  return call(web, botStart, {
    method: 'POST',
    headers: await tokenOf(web, by),
    body: { ...PAPER, ...change },
  });
}

/** Posts a form to the Risk page; returns where it leads, or the status that it was refused with. */
async function post(by: UserView | null, fields: Record<string, string>): Promise<string | number> {
  const request = new Request('http://localhost/risk', {
    method: 'POST',
    headers: { ...(by ? await cookieOf(web, by) : {}), Host: 'localhost' },
    body: new URLSearchParams(fields),
  });
  const args = { request, params: {}, context: web.context() };
  const answer: unknown = await riskPage.action(args).catch((thrown: unknown) => thrown);
  if (answer instanceof Response) return answer.headers.get('Location') ?? answer.status;
  return (answer as { init: { status: number } }).init.status;
}

const view = (by: UserView): Promise<RiskView> => getRiskView(web.deps, by.id, null);

describe('risk rules over REST', () => {
  it('take the rules beyond the contract by their snake_case names', async () => {
    const risk = {
      min_confidence: 0.6,
      max_drawdown_pct: '12.5',
      loss_streak: 3,
      loss_streak_candles: 12,
      time_exit_candles: 48,
      roi_table: [
        { after_candles: 0, profit_pct: '4' },
        { after_candles: 60, profit_pct: 1 },
      ],
    };
    const { status, json } = await start(user, { risk });
    expect(status).toBe(201);
    expect(json['risk']).toEqual({
      ...risk,
      min_confidence: '0.6',
      roi_table: [
        { after_candles: 0, profit_pct: '4' },
        { after_candles: 60, profit_pct: '1' },
      ],
    });
  });

  it.each<[string, object, string, number]>([
    ['an unknown name', { stop_los_pct: '5' }, 'risk.stop_los_pct', 422],
    ['a confidence above 1', { min_confidence: '1.01' }, 'risk.min_confidence', 422],
    ['a fall above 100 %', { max_drawdown_pct: '101' }, 'risk.max_drawdown_pct', 422],
    ['half a loss', { loss_streak: 1.5 }, 'risk.loss_streak', 400],
    ['a table without steps', { roi_table: [] }, 'risk.roi_table', 422],
    ['a table of words', { roi_table: 'soon: much' }, 'risk.roi_table.0.after_candles', 400],
    [
      'a step with a stray name',
      { roi_table: [{ after: 1, profit_pct: '1' }] },
      'risk.roi_table.0.after_candles',
      400,
    ],
  ])('refuse %s', async (...row) => {
    const [, risk, path, code] = row;
    const { status, json } = await start(user, { risk });
    expect(status).toBe(code);
    expect(JSON.stringify(json['errors'])).toContain(`"${path}"`);
  });

  it('take the table as a form writes it', async () => {
    const { json } = await start(user, { risk: { roi_table: '0: 4 %, 60: 1' } });
    expect(json['risk']).toEqual({
      roi_table: [
        { after_candles: 0, profit_pct: '4' },
        { after_candles: 60, profit_pct: '1' },
      ],
    });
  });
});

describe('a halted bot over REST', () => {
  it('says why, is started by its id, and stops', async () => {
    const headers = await tokenOf(web, user);
    const id = String((await start(user)).json['bot_run_id']);
    const halt = () => web.database.sql`
      update bot_runs set status = 'HALTED', halted_at = now(), halt_rule = 'max-drawdown', halt_reason = 'It fell.'
      where id = ${id}`;
    await halt();
    const { json } = await call(web, botStatus, { headers, id });
    expect(json).toMatchObject({ status: 'HALTED', error: 'It fell.' });
    const again = await call(web, botStart, { method: 'POST', headers, body: { bot_run_id: id } });
    expect(again.json).toMatchObject({ status: 'RUNNING', error: null });
    await halt();
    const stopped = await call(web, botStop, { method: 'POST', headers, body: { bot_run_id: id } });
    expect(stopped.json).toMatchObject({ status: 'STOPPING' });
  });
});

describe('the Risk page', () => {
  it('wants a signed-in user', async () => {
    expect(await post(null, { intent: 'pull', target: 'all', level: 'positions' })).toContain('/login');
  });

  it('keeps an owner’s limits, and refuses what is none', async () => {
    expect(
      await post(user, { intent: 'limits', max_open_orders: '5', max_exposure_total_quote: '1000.50' }),
    ).toBe('/risk?saved=1');
    expect((await view(user)).limits).toEqual({ max_open_orders: '5', max_exposure_total_quote: '1000.5' });
    for (const bad of ['-1', '0', '1.5', 'many'])
      expect(await post(user, { intent: 'limits', max_open_orders: bad })).toBe(422);
    expect(await post(user, { intent: 'limits', max_exposure_total_quote: '-5' })).toBe(422);
    expect((await view(user)).limits).toEqual({ max_open_orders: '5', max_exposure_total_quote: '1000.5' });
    expect((await view(stranger)).limits).toEqual({});
  });

  it('pulls and lifts for the owner alone', async () => {
    const id = String((await start(user)).json['bot_run_id']);
    expect(await post(stranger, { intent: 'pull', target: `bot:${id}`, level: 'entries' })).toBe(404);
    expect(await post(user, { intent: 'pull', target: `bot:${id}`, level: 'everything' })).toBe(422);
    expect((await view(user)).switches).toEqual([]);
    expect(await post(user, { intent: 'pull', target: `bot:${id}`, level: 'entries' })).toBe(
      '/risk?pulled=1',
    );
    const [pulled] = (await view(user)).switches;
    expect(pulled).toMatchObject({ halted: 1, liftedAt: null });
    await post(stranger, { intent: 'lift', kill_switch_id: pulled?.id ?? '' });
    expect((await view(user)).switches[0]?.liftedAt).toBeNull();
    expect(await post(user, { intent: 'lift', kill_switch_id: pulled?.id ?? '' })).toBe('/risk');
    expect((await view(user)).switches[0]?.liftedAt).not.toBeNull();
  });
});
