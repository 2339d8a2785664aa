import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewDays, toPreviewQuery } from '../../../app/components/bot-preview-query.ts';
import type { FormRefusal } from '../../../app/components/form-values.ts';
import * as botForm from '../../../app/routes/_app.bots.new.tsx';
import * as reportPage from '../../../app/routes/_app.backtests.$backtestId.tsx';
import type { UserView } from '../../../app/schemas/views.ts';
import { handlerOf } from '../../../jobs/handlers/registry.ts';
import { cookieOf, countRows, createUser, startWeb, type Web } from '../../support/web.ts';

const FORM = {
  ...{ exchange: 'demo', symbol: 'BTC/USDT', timeframe: '1h', account: 'paper', strategy: 'RSI_CROSS' },
  ...{ 'params.rsi_period': '7', 'sizing.type': 'equity_fraction', 'sizing.value': '25', name: '' },
  ...{ 'risk.stop_loss_pct': '3', 'risk.roi_table': '0: 4, 60: 1', initial_balance: '2000' },
  ...{ preview_days: '90', intent: 'preview' },
};

let web: Web;
let trader: UserView;
let stranger: UserView;

beforeAll(async () => {
  web = await startWeb();
  trader = await createUser(web);
  stranger = await createUser(web);
});
afterAll(() => web.stop());

async function send(change: Record<string, string> = {}) {
  const headers = { ...(await cookieOf(web, trader)), Host: 'localhost' };
  const body = new URLSearchParams({ ...FORM, ...change });
  const request = new Request('http://localhost/bots/new', { method: 'POST', headers, body });
  const context = web.context();
  const state = { isAnswered: false };
  const answering: Promise<unknown> = botForm
    .action({ request, params: {}, context })
    .finally(() => (state.isAnswered = true));
  while (!state.isAnswered) {
    await web.deps.boss.drain('run-backtest', handlerOf(web.deps, 'run-backtest'));
    await new Promise((done) => setTimeout(done, 20));
  }
  const answer = await answering;
  if (!(answer instanceof Response))
    return { location: null, refusal: (answer as { data: FormRefusal }).data };
  return { location: new URL(answer.headers.get('Location') ?? '', 'http://localhost'), refusal: null };
}

async function open(url: URL, by = trader) {
  const request = new Request(url, { headers: await cookieOf(web, by) });
  return botForm.loader({ request, params: {}, context: web.context() });
}

describe('the preview of a bot', () => {
  it('shows the form as it was with what it would have done, and makes no bot', async () => {
    const { location } = await send();
    expect(location?.pathname).toBe('/bots/new');
    const { values, tried } = await open(location!);
    const { intent, ...typed } = FORM;
    expect(intent).toBe('preview');
    expect(values).toMatchObject(typed);
    expect(tried).toMatchObject({
      backtest: {
        ...{ status: 'done', symbols: ['BTC/USDT'], timeframe: '1h', initialBalance: '2000' },
        ...{ sizing: { type: 'equity_fraction', value: '0.25' }, slippage: '0.0002', fee: '0.001' },
        params: { rsi_period: 7 },
        risk: { stop_loss_pct: '3' },
      },
    });
    expect(tried?.backtest.lotSize).not.toBeNull();
    const days = Date.parse(tried!.backtest.toTime) - Date.parse(tried!.backtest.fromTime);
    expect(Math.round(days / 86_400_000)).toBe(90);
    expect(tried?.report?.trades.total).toBe(tried?.backtest.metrics?.trades);
    expect(await countRows(web, 'bot_runs')).toBe(0);
    const report = await reportPage.loader({
      request: new Request(`http://localhost/backtests/${tried!.backtest.id}`, {
        headers: await cookieOf(web, trader),
      }),
      params: { backtestId: tried!.backtest.id },
      context: web.context(),
    });
    expect(report.backtest.name).toContain('Preview: BTC/USDT');
    expect((await open(location!, stranger)).tried).toBeNull();
  });

  it('tries several markets on one balance', async () => {
    const { location } = await send({ symbol: 'BTC/USDT, ETH/USDT', max_open_positions: '1' });
    const { tried } = await open(location!);
    expect(tried?.backtest).toMatchObject({ status: 'done', symbols: ['BTC/USDT', 'ETH/USDT'], maxOpen: 1 });
  });

  it('needs no consent to real money, and marks what is wrong beside its field', async () => {
    const { refusal } = await send({ 'risk.stop_loss_pct': '300', 'params.rsi_period': '1' });
    expect(refusal?.message).toBe('Nothing was tried. Please look at the marked fields.');
    expect(refusal?.errors.map(({ path }) => path)).toContain('risk.stop_loss_pct');
    expect(refusal?.values['sizing.value']).toBe('25');
    const unknown = await send({ symbol: 'NO/SUCH' });
    expect(unknown.refusal?.errors).toMatchObject([{ path: 'symbol' }]);
  });
});

describe('the days of a preview', () => {
  it('are as many as make enough candles and not too many', () => {
    expect(previewDays('1s', undefined)).toEqual({ days: [1], usual: 1 });
    expect(previewDays('1h', undefined).usual).toBe(365);
    expect(previewDays('1h', '30').usual).toBe(30);
    expect(previewDays('1d', '1')).toEqual({ days: [90, 365, 1_095], usual: 1_095 });
  });

  it('leave the consent to real money out of the address', () => {
    const query = new URLSearchParams(
      toPreviewQuery({ confirm_live: 'on', 'params.entry': '{\n  "all": []\n}' }, 'id'),
    );
    expect([...query]).toEqual([
      ['params.entry', '{"all":[]}'],
      ['preview', 'id'],
    ]);
  });
});
