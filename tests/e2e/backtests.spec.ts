import { readFile } from 'node:fs/promises';
import { expect, test } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';

const TRADER = { email: 'trader@example.org', password: 'correct horse battery' };

let app: RunningApp;

test.beforeAll(async () => {
  app = await startApp({ ADMIN_EMAIL: TRADER.email, ADMIN_PASSWORD: TRADER.password });
});
test.afterAll(() => app.stop());

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? 'with a script' : 'without one';
  test(`a backtest on the demo market is one click, a report, files and a bot, ${way}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${app.url}/login`);
    await page.locator('[name=email]').fill(TRADER.email);
    await page.locator('[name=password]').fill(TRADER.password);
    await page.locator('form[method=post] button[type=submit]').click();
    await page.waitForURL(/\/dashboard/);
    await page.goto(`${app.url}/backtests`);
    await page.getByRole('button', { name: 'Start backtest' }).first().click();
    await page.waitForURL(/\/backtests\/[0-9a-f-]{36}/);
    await expect(page.getByText('Against holding').first()).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText('prices are made up')).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Trades, CSV' }).click(),
    ]);
    const [header, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(header).toContain('symbol,entry_time,entry_price');
    await expect(page.getByText(`${String(rows.length)} trades`).first()).toBeVisible();
    await page.getByRole('link', { name: 'Make a bot of this' }).click();
    await page.waitForURL(/\/bots\/new/);
    await expect(page.locator('[name="sizing.value"]')).toHaveValue('100');
    await expect(page.locator('[name="symbol"]')).toHaveValue('BTC/USDT');
    await page.locator('[name="risk.stop_loss_pct"]').fill('4.5');
    await page.getByRole('button', { name: 'Try it on past prices' }).click();
    await expect(page.getByRole('link', { name: 'The full report' })).toBeVisible({ timeout: 60_000 });
    await expect(page.locator('[name="risk.stop_loss_pct"]')).toHaveValue('4.5');
    await page.goto(`${app.url}/backtests`);
    await page.getByLabel('Compare Preview').first().check();
    await page.getByLabel('Compare BTC/USDT RSI cross').first().check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByRole('heading', { name: 'Settings that differ' })).toBeVisible();
    await expect(page.getByRole('row', { name: /^Stop-loss – 4\.50|^Stop-loss 4\.50/ })).toBeVisible();
    await context.close();
  });
}

test('a backtest is called JSON by programs and a page by browsers, at one path', async ({ request }) => {
  const login = await request.post(`${app.url}/auth/token`, { data: TRADER });
  const { token } = (await login.json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const wish = { strategy: 'SMA_CROSS', exchange: 'demo', symbol: 'ETH/USDT', timeframe: '1h' };
  const data = { ...wish, from: '2025-01-01', to: '2025-07-01' };
  const started = await request.post(`${app.url}/backtests`, { headers, data });
  expect(started.status()).toBe(202);
  const { backtest_id: id } = (await started.json()) as { backtest_id: string };
  const look = async () =>
    (await (await request.get(`${app.url}/backtests/${id}`, { headers })).json()) as unknown;
  await expect.poll(look, { timeout: 60_000 }).toMatchObject({ status: 'done', strategy: 'SMA_CROSS' });
  const page = await request.get(`${app.url}/backtests/${id}`, { maxRedirects: 0 });
  expect(page.status()).toBe(302);
  expect((await request.delete(`${app.url}/backtests/${id}`, { headers })).status()).toBe(204);
  expect((await request.get(`${app.url}/backtests/${id}`, { headers })).status()).toBe(404);
});
