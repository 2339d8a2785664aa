import { expect, test, type Page } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';

const TRADER = { email: 'trader@example.org', password: 'correct horse battery' };
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
/** On a desk with scripts, on a phone without. */
const WAYS = [
  { width: 1440, javaScriptEnabled: true },
  { width: 390, javaScriptEnabled: false },
];

let app: RunningApp;

test.beforeAll(async () => {
  app = await startApp({ ADMIN_EMAIL: TRADER.email, ADMIN_PASSWORD: TRADER.password });
});
test.afterAll(() => app.stop());

async function signIn(page: Page): Promise<void> {
  await page.goto(`${app.url}/login`);
  await page.locator('[name=email]').fill(TRADER.email);
  await page.locator('[name=password]').fill(TRADER.password);
  await page.locator('form[method=post] button[type=submit]').click();
  await page.waitForURL(/\/dashboard/);
}

const start = (page: Page) => page.getByRole('button', { name: 'Start on paper' }).first().click();

async function expectNoOverflow(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

async function untilShown(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(text).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

for (const { width, javaScriptEnabled } of WAYS)
  test(`a basket is made by form, trades on one balance and is stopped, at ${String(width)} px`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 900 } });
    const page = await context.newPage();
    await signIn(page);
    const chosen = new URLSearchParams({ exchange: 'demo', symbol: SYMBOLS.join(', '), timeframe: '1s' });
    await page.goto(`${app.url}/bots/new?${chosen.toString()}`);
    await expectNoOverflow(page);
    await page.locator('[name=symbol]').fill(`${SYMBOLS.join(', ')}, NO/PE`);
    await page.locator('[name="params.rsi_period"]').fill('3');
    await page.locator('[name=max_open_positions]').fill('2');
    await start(page);
    await expect(page.getByText(/has no market "NO\/PE"/).first()).toBeVisible();
    await page.locator('[name=symbol]').fill(SYMBOLS.join(', '));
    await start(page);
    await page.waitForURL(/\/baskets\/[0-9a-f-]{36}/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Basket of 3 pairs, RSI cross/);
    await expect(page.getByText(/^[0-2] of 2$/)).toBeVisible();
    for (const symbol of SYMBOLS) await expect(page.getByRole('link', { name: symbol })).toBeVisible();
    await untilShown(page, 'at most 2.');
    await expectNoOverflow(page);

    await page.getByRole('link', { name: 'ETH/USDT' }).click();
    await page.waitForURL(/\/bots\//);
    await page.getByRole('link', { name: 'One pair of a basket' }).click();
    await page.waitForURL(/\/baskets\//);
    await page.goto(`${app.url}/bots`);
    await expect(page.getByRole('link', { name: /^Basket of 3 pairs/ }).first()).toBeVisible();
    await page
      .getByText(/^Pairs of/)
      .first()
      .click();
    await expect(page.getByRole('link', { name: 'SOL/USDT' }).first()).toBeVisible();
    await expectNoOverflow(page);

    await page
      .getByRole('link', { name: /^Basket of 3 pairs/ })
      .first()
      .click();
    await page.waitForURL(/\/baskets\//);
    await page.goto(`${page.url()}?confirm=close`);
    const sellAll = page.getByRole('button', { name: 'Stop and sell all' });
    await ((await sellAll.isVisible()) ? sellAll : page.getByRole('button', { name: 'Stop', exact: true }))
      .first()
      .click();
    await page.waitForURL(/\/baskets\/[0-9a-f-]{36}$/);
    await untilShown(page, 'Stopped.');
    await expect(page.getByText('0 of 2')).toBeVisible();
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect(page.getByRole('main').getByText('Running').first()).toBeVisible();
    await page
      .getByRole('button', { name: 'Stop' })
      .or(page.getByRole('link', { name: 'Stop' }))
      .first()
      .click();
    await context.close();
  });

test('a basket at target weights is made by form without a script, and says what its shares are', async ({
  browser,
}) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 900 },
  });
  const page = await context.newPage();
  await signIn(page);
  const chosen = new URLSearchParams({ exchange: 'demo', timeframe: '1s', strategy: 'REBALANCE' });
  await page.goto(`${app.url}/bots/new?${chosen.toString()}`);
  await page.locator('[name=symbol]').fill('BTC/USDT, ETH/USDT');
  await page.getByRole('button', { name: 'Show the weights of these symbols' }).click();
  await page.locator('[name="weight.BTC/USDT"]').fill('80');
  await page.locator('[name="weight.ETH/USDT"]').fill('30');
  await start(page);
  await expect(page.getByText('The weights come to 110 %.').first()).toBeVisible();
  await page.locator('[name="weight.BTC/USDT"]').fill('40');
  await start(page);
  await page.waitForURL(/\/baskets\/[0-9a-f-]{36}/);
  await untilShown(page, 'All shares are near enough.');
  await expect(page.getByRole('row', { name: /^BTC\/USDT (39|40)\.\d\d % 40\.00 %/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^USDT Free (29|30)\.\d\d % 30\.00 %/ })).toBeVisible();
  await expectNoOverflow(page);
  await context.close();
});
