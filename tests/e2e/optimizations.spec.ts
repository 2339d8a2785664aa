import { expect, test, type Browser, type Page } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';

const TRADER = { email: 'trader@example.org', password: 'correct horse battery' };
const WIDTHS = [1_440, 390];

let app: RunningApp;

test.beforeAll(async () => {
  app = await startApp({ ADMIN_EMAIL: TRADER.email, ADMIN_PASSWORD: TRADER.password });
});
test.afterAll(() => app.stop());

async function signIn(browser: Browser, width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${app.url}/login`);
  await page.locator('[name=email]').fill(TRADER.email);
  await page.locator('[name=password]').fill(TRADER.password);
  await page.locator('form[method=post] button[type=submit]').click();
  await page.waitForURL(/\/dashboard/);
  return page;
}

const fits = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

async function openForm(page: Page): Promise<void> {
  await page.goto(`${app.url}/optimizations`);
  await expect(page.locator('[name="vary.rsi_period"]')).toHaveValue('8..28:2');
  expect(await fits(page)).toBe(true);
}

for (const width of WIDTHS) {
  test(`an optimisation is filled in, searched, judged and made a bot at ${String(width)} px`, async ({
    browser,
  }) => {
    const page = await signIn(browser, width);
    await openForm(page);
    await page.locator('[name="vary.oversold"]').fill('25|30|35');
    await page.locator('[name=tries]').fill('40');
    await page.getByText('Stops and other rules').click();
    await page.locator('[name="risk.roi_table"]').fill('0: 4, 60: 1');
    await page.getByRole('button', { name: 'Start optimising' }).click();
    await page.waitForURL(/\/optimizations\/[0-9a-f-]{36}/);
    await expect(page.getByText('Could it be had live?')).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('No signal knows the future')).toBeVisible();
    await expect(page.getByText('Other days of the same kind')).toBeVisible();
    await expect(page.getByText('by two parameters')).toBeVisible();
    await expect(page.getByText('40', { exact: true }).first()).toBeVisible();
    expect(await fits(page)).toBe(true);
    const first = await page.getByRole('row').nth(1).innerText();
    const [, period = ''] = /rsi period (\d+)/.exec(first) ?? [];
    await page.getByRole('link', { name: 'Make a bot of the best' }).click();
    await page.waitForURL(/\/bots\/new/);
    await expect(page.locator('[name="params.rsi_period"]')).toHaveValue(period);
    await expect(page.locator('[name="risk.roi_table"]')).toHaveValue('0: 4, 60: 1');
    await expect(page.locator('[name="sizing.value"]')).toHaveValue('100');
    await page.context().close();
  });

  test(`an optimisation shows how far it is, is called off and resumed at ${String(width)} px`, async ({
    browser,
  }) => {
    const page = await signIn(browser, width);
    await openForm(page);
    for (const [name, values] of [
      ['rsi_period', '2..60'],
      ['oversold', '10..49'],
      ['overbought', '51..90'],
    ] as const)
      await page.locator(`[name="vary.${name}"]`).fill(values);
    await page.locator('[name=sampler]').selectOption('random');
    await page.locator('[name=tries]').fill('5000');
    await page.locator('[name=timeframe]').selectOption('15m');
    await page.getByRole('button', { name: 'Start optimising' }).click();
    await page.waitForURL(/\/optimizations\/[0-9a-f-]{36}/);
    await expect(page.getByText(/Best so far: Sharpe ratio/)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('progressbar')).toBeVisible();
    await page.getByRole('button', { name: 'Call off' }).click();
    await expect(page.getByText('What was tried is kept: it can be resumed.')).toBeVisible();
    expect(await fits(page)).toBe(true);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByRole('button', { name: 'Call off' })).toBeVisible();
    await page.getByRole('button', { name: 'Call off' }).click();
    await page.getByText('Delete this optimisation').click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(/\/optimizations$/);
    await page.context().close();
  });
}

test('an optimisation is JSON for programs at the path of its page', async ({ request }) => {
  const login = await request.post(`${app.url}/auth/token`, { data: TRADER });
  const { token } = (await login.json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const wish = { strategy: 'SMA_CROSS', exchange: 'demo', symbol: 'ETH/USDT', timeframe: '4h' };
  const data = {
    ...wish,
    from: '2025-01-01',
    to: '2025-07-01',
    sampler: 'grid',
    ranges: { fast_period: [5, 10] },
    min_trades: 1,
  };
  const started = await request.post(`${app.url}/optimizations`, { headers, data });
  expect(started.status()).toBe(202);
  const { optimization_id: id } = (await started.json()) as { optimization_id: string };
  const path = `${app.url}/optimizations/${id}`;
  const look = async () => (await (await request.get(path, { headers })).json()) as unknown;
  await expect.poll(look, { timeout: 60_000 }).toMatchObject({ status: 'done', tried: 2 });
  const trials = await request.get(`${path}/trials?limit=1`, { headers });
  expect(await trials.json()).toMatchObject({
    trials: [{ number: 1, params: { fast_period: 5 } }],
    next_cursor: '1',
  });
  expect((await request.post(`${path}/cancel`, { headers })).status()).toBe(200);
  const wrong = await request.post(`${app.url}/optimizations`, { headers, data: { ...data, tries: 0 } });
  expect(wrong.status()).toBe(422);
  expect(wrong.headers()['content-type']).toContain('application/problem+json');
  expect((await request.get(path, { maxRedirects: 0 })).status()).toBe(302);
  expect((await request.delete(path, { headers })).status()).toBe(204);
  expect((await request.get(path, { headers })).status()).toBe(404);
});
