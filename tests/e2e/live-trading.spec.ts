import { expect, test, type Page } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../support/exchange-simulator/start.ts';

const ADMIN = { ADMIN_EMAIL: 'trader@example.org', ADMIN_PASSWORD: 'correct horse battery' };
const KEY = { apiKey: 'e2e-api-key-0042', apiSecret: 'e2e-api-secret-value' };
const SECOND = 1_000;

/** A price that swings every 40 s, so that an RSI over few candles crosses its thresholds within a minute. */
const candles = Array.from({ length: 3_000 }, (_row, index) => {
  const at = (second: number) =>
    Math.round((50_000 + 400 * Math.sin((second * 2 * Math.PI) / 40)) * 100) / 100;
  const [open, close] = [at(index), at(index + 1)];
  return {
    openTimeMs: index,
    open,
    high: Math.max(open, close),
    low: Math.min(open, close),
    close,
    volume: 2,
  };
});

let app: RunningApp;
let simulator: ExchangeSimulator;

test.beforeAll(async () => {
  const startMs = Math.floor(Date.now() / SECOND) * SECOND - 600 * SECOND;
  simulator = await startExchangeSimulator({
    clock: { now: () => Date.now() },
    markets: [{ symbol: 'BTC/USDT', candles, timeframeMs: SECOND, startMs }],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '5000' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  app = await startApp({
    ...ADMIN,
    LOG_LEVEL: 'trace',
    EXCHANGE_URLS: JSON.stringify({ binance: simulator.url }),
  });
});

test.afterAll(async () => {
  await app.stop();
  await simulator.stop();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`${app.url}/login`);
  await page.locator('[name=email]').fill(ADMIN.ADMIN_EMAIL);
  await page.locator('[name=password]').fill(ADMIN.ADMIN_PASSWORD);
  await page.locator('form[method=post] button[type=submit]').click();
  await expect(page).toHaveURL(/\/dashboard/);
}

async function addKey(page: Page, apiKey: string): Promise<void> {
  await page.goto(`${app.url}/keys`);
  await page.locator('[name=exchange]').selectOption('binance');
  await page.locator('[name=label]').fill('main');
  await page.locator('[name=api_key]').fill(apiKey);
  await page.locator('[name=api_secret]').fill(KEY.apiSecret);
  await page
    .getByRole('button', { name: /Add|Check/ })
    .last()
    .click();
}

test('a key is tried, a live bot trades through it, and closing sells what it holds', async ({ page }) => {
  await signIn(page);
  await addKey(page, 'a-key-that-is-wrong');
  await expect(page.getByText(/refused this key/).first()).toBeVisible({ timeout: 20_000 });
  await page.goto(`${app.url}/keys`);
  await expect(page.getByText('…0042')).toHaveCount(0);

  await addKey(page, KEY.apiKey);
  await expect(page.getByText(/0042/).first()).toBeVisible({ timeout: 20_000 });
  expect(await page.content()).not.toContain(KEY.apiKey);
  expect(await page.content()).not.toContain(KEY.apiSecret);

  await page.goto(`${app.url}/bots/new?exchange=binance&symbol=BTC%2FUSDT&timeframe=1s`);
  await page.locator('[name=account]').selectOption({ label: 'Live: main (…0042)' });
  await page.locator('[name="params.rsi_period"]').fill('5');
  await page.locator('[name="sizing.value"]').fill('200');
  await page.getByRole('button', { name: /Start/ }).first().click();
  await expect(page.locator('[name=confirm_live]')).toBeVisible();
  await page.locator('[name=confirm_live]').check();
  await page.getByRole('button', { name: /Start/ }).first().click();
  await expect(page).toHaveURL(/\/bots\/[0-9a-f-]{36}/, { timeout: 20_000 });

  // Right after a buy there is time to close before the strategy sells by itself.
  const boughtAgoMs = () => {
    const last = simulator.orders(KEY.apiKey).at(-1);
    return last?.side === 'BUY' ? Date.now() - last.createdMs : Infinity;
  };
  await expect.poll(boughtAgoMs, { timeout: 120_000, intervals: [200] }).toBeLessThan(4_000);
  await page.getByRole('link', { name: 'Close position' }).click();
  await page.getByRole('button', { name: 'Stop and sell' }).click();
  await expect(page.getByText('Stopped', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('row').filter({ hasText: 'Buy' }).first()).toBeVisible();
  const held = () => Number(simulator.balances(KEY.apiKey)['BTC']?.total ?? 0);
  await expect.poll(held, { timeout: 10_000 }).toBeLessThan(0.00001);
});

test('no key, secret, password or session id stands in what the process logged at its finest level', async ({
  context,
  page,
}) => {
  await signIn(page);
  await page.goto(`${app.url}/keys`);
  const log = app.output();
  expect(log).toContain('"msg":"request"');
  expect(log).toContain('the venue on an order');
  const [session] = await context.cookies();
  const secrets = [
    KEY.apiKey,
    KEY.apiSecret,
    ADMIN.ADMIN_PASSWORD,
    session?.value ?? 'no session',
    'a-key-that-is-wrong',
  ];
  for (const secret of secrets) expect(log.includes(secret), 'a secret is in the log').toBe(false);
});
