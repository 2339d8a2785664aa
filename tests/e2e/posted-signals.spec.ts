import { expect, test, type Page } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../support/exchange-simulator/start.ts';
import { TRADER, waitUntil } from '../support/trading-world.ts';

const KEY = { apiKey: 'posted-signals-key', apiSecret: 'posted-signals-api-secret' };
const SECOND = 1_000;

let app: RunningApp;
let simulator: ExchangeSimulator;
let token: string;
let bot: { id: string; url: string; secret: string };

test.beforeAll(async () => {
  const flat = { open: 50_000, high: 50_000, low: 50_000, close: 50_000, volume: 2 };
  const candles = Array.from({ length: 3_600 }, (_row, index) => ({ openTimeMs: index, ...flat }));
  const startMs = Math.floor(Date.now() / SECOND) * SECOND - 600 * SECOND;
  simulator = await startExchangeSimulator({
    clock: { now: () => Date.now() },
    markets: [{ symbol: 'BTC/USDT', timeframeMs: SECOND, startMs, candles }],
    accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '5000' } }],
    fees: { maker: '0.001', taker: '0.001' },
  });
  app = await startApp({
    ADMIN_EMAIL: TRADER.email,
    ADMIN_PASSWORD: TRADER.password,
    EXCHANGE_URLS: JSON.stringify({ binance: simulator.url }),
    LOG_LEVEL: 'trace',
  });
  ({ token } = (await call('POST', '/auth/token', TRADER)) as { token: string });
  const key = await call('POST', '/exchange/keys', {
    exchange: 'binance',
    api_key: KEY.apiKey,
    api_secret: KEY.apiSecret,
  });
  const started = await call('POST', '/bot/start', {
    strategy: 'WEBHOOK',
    symbol: 'BTC/USDT',
    timeframe: '1m',
    mode: 'live',
    exchange_key_id: key['id'],
    name: 'TradingView',
    sizing: { type: 'quote_amount', value: '200' },
    params: { signals_per_minute: 120 },
  });
  const { url, secret } = started['webhook'] as { url: string; secret: string };
  bot = { id: String(started['bot_run_id']), url, secret };
});

test.afterAll(async () => {
  await app.stop();
  await simulator.stop();
});

async function call(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}${path}`, { method, headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

/** Posts as TradingView does: JSON that is called plain text. */
async function post(signal: object): Promise<number> {
  const body = JSON.stringify({ secret: bot.secret, ...signal });
  const response = await fetch(bot.url, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body,
  });
  return response.status;
}

const placed = () => simulator.orders(KEY.apiKey);

test('a signal posted by anybody with the secret is an order at the exchange soon after, once', async () => {
  const latencies: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const before = placed().length;
    const signal = { action: round % 2 === 0 ? 'buy' : 'sell', id: round };
    const postedMs = Date.now();
    expect(await post(signal)).toBe(202);
    expect(await post(signal)).toBe(200);
    await waitUntil('the order', () => placed().length > before);
    latencies.push((placed().at(-1)?.createdMs ?? Infinity) - postedMs);
    await waitUntil('its fill in our books', async () => (await isFlat()) === (round % 2 === 1));
  }
  test.info().annotations.push({ type: 'latency', description: latencies.join(', ') });
  expect(Math.max(...latencies)).toBeLessThan(1_500);
  expect(placed().map(({ side }) => side)).toEqual(['BUY', 'SELL', 'BUY', 'SELL', 'BUY', 'SELL']);
});

async function isFlat(): Promise<boolean> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/bot/status/${bot.id}`, { headers });
  const { position } = (await response.json()) as { position: { quantity: string } };
  return Number(position.quantity) < 0.0001;
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${app.url}/login`);
  await page.locator('[name=email]').fill(TRADER.email);
  await page.locator('[name=password]').fill(TRADER.password);
  await page.locator('form[method=post] button[type=submit]').click();
  await page.waitForURL(/\/dashboard/);
}

test('the page of a bot shows its address and what became of each signal, and sends a test', async ({
  page,
}) => {
  await post({ action: 'buy', time: '2020-01-01T00:00:00Z' });
  await signIn(page);
  await page.goto(`${app.url}/bots/${bot.id}`);
  const signals = page.locator('#signals');
  await expect(signals.getByText('at most 60 s are allowed')).toBeVisible();
  await signals.getByRole('button', { name: 'Send a test' }).click();
  await expect(signals.getByText('A test: nothing was done.')).toBeVisible();
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue(bot.url);
  expect((await page.content()).includes(bot.secret)).toBe(false);
  await page.getByText('Was shown once.').click();
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  const secret = page.getByLabel('Secret', { exact: true });
  await expect(secret).toHaveValue(/^whs_/);
  // The page refreshes itself every two seconds; what is shown once stays.
  await page.waitForTimeout(5_000);
  await expect(secret).toHaveValue(/^whs_/);
  expect(await post({ action: 'buy' })).toBe(401);
  bot.secret = await secret.inputValue();
  expect(await post({ action: 'sell', test: true })).toBe(200);
});

test('a bot started by the form shows its secret once, and another in its place, without a script', async ({
  browser,
}) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 900 },
  });
  const page = await context.newPage();
  await signIn(page);
  await page.goto(`${app.url}/bots/new?strategy=WEBHOOK&exchange=demo&symbol=BTC/USDT&timeframe=1m`);
  await expect(page.getByText('For the chart alone: it acts when a signal comes.')).toBeVisible();
  await page.getByRole('button', { name: 'Start on paper' }).click();
  await page.waitForURL(/\/bots\/[0-9a-f-]{36}/);
  await page.getByRole('button', { name: 'Show the secret' }).click();
  const first = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(first).toMatch(/^whs_[\w-]{43}$/);
  expect(await page.getByLabel('Message for TradingView').inputValue()).toContain(first);
  await page.goto(app.url + new URL(page.url()).pathname);
  expect((await page.content()).includes(first)).toBe(false);
  await page.getByText('Was shown once.').click();
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  const second = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(second).not.toBe(first);
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(390);
  for (const secret of [bot.secret, first, second])
    expect(app.output().includes(secret.slice(4))).toBe(false);
  await context.close();
});
