import { expect, test, type Page } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';

/** At most this long from the first page to a closed round trip. */
const FIRST_ROUND_TRIP_MS = 180_000;
const PASSWORD = 'correct horse battery';

let app: RunningApp;

test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());

async function signUp(page: Page): Promise<void> {
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Create the first account' }).click();
  await page.locator('[name=email]').fill('newcomer@example.org');
  await page.locator('[name=password]').fill(PASSWORD);
  await page.locator('form[method=post] button[type=submit]').click();
  await expect(page).toHaveURL(/\/dashboard/);
}

const sales = (page: Page) => page.getByRole('row').filter({ hasText: 'Sell' });

test('a newcomer sees a demo bot buy and sell, with its profit, within three minutes', async ({ page }) => {
  const startedMs = Date.now();
  await signUp(page);
  await page.getByRole('button', { name: /demo/i }).click();
  await expect(page).toHaveURL(/\/bots\//);
  await expect(page.getByText(/Decides again/)).toBeVisible({ timeout: 60_000 });
  const sale = sales(page).filter({ hasText: /[▲▼]\s*[+−]\d/ });
  await expect(sale.first()).toBeVisible({ timeout: FIRST_ROUND_TRIP_MS });
  expect(Date.now() - startedMs).toBeLessThan(FIRST_ROUND_TRIP_MS);
  await expect(page.getByText(/RSI crossed (up|down) through/).first()).toBeVisible();

  await page.goto(`${app.url}/trades`);
  await expect(sales(page).first()).toBeVisible();
  await page.goto(`${app.url}/dashboard`);
  await expect(page.getByText('Demo bot').first()).toBeVisible();
});

test('nobody else signs up without an invitation, and a wrong password is told kindly', async ({ page }) => {
  await page.goto(`${app.url}/signup`);
  await expect(page.locator('[name=invite]')).toBeVisible();
  await page.goto(`${app.url}/login`);
  await page.locator('[name=email]').fill('newcomer@example.org');
  await page.locator('[name=password]').fill('not the password');
  await page.locator('form[method=post] button[type=submit]').click();
  await expect(page.locator('[name=email]')).toHaveValue('newcomer@example.org');
  await expect(page).toHaveURL(/\/login/);
});

test.describe('with JavaScript switched off', () => {
  test.use({ javaScriptEnabled: false });

  test('one signs in, makes a bot by form, stops it and starts it again', async ({ page }) => {
    await page.goto(`${app.url}/login`);
    await page.locator('[name=email]').fill('newcomer@example.org');
    await page.locator('[name=password]').fill(PASSWORD);
    await page.locator('form[method=post] button[type=submit]').click();
    await expect(page).toHaveURL(/\/dashboard/);

    await page.goto(`${app.url}/bots/new?exchange=demo&symbol=ETH%2FUSDT`);
    await page.locator('[name="params.rsi_period"]').fill('1');
    await page
      .getByRole('button', { name: /Start on paper/ })
      .first()
      .click();
    await expect(page.getByText(/at least 2|2 to 200|between 2/i).first()).toBeVisible();
    await page.locator('[name="params.rsi_period"]').fill('7');
    await page
      .getByRole('button', { name: /Start on paper/ })
      .first()
      .click();
    await expect(page).toHaveURL(/\/bots\/[0-9a-f-]{36}/);
    await expect(page.getByText('Running').first()).toBeVisible();

    const stop = page.getByRole('button', { name: 'Stop' }).or(page.getByRole('link', { name: 'Stop' }));
    await stop.first().click();
    const keep = page.getByRole('button', { name: 'Stop and keep it' });
    if (await keep.isVisible()) await keep.click();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('Stopped').first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await page.getByRole('button', { name: /Start/ }).first().click();
    await expect(page.getByText('Running').first()).toBeVisible();

    await page
      .getByRole('button', { name: /Sign out/i })
      .first()
      .click();
    await page.goto(`${app.url}/dashboard`);
    await expect(page).toHaveURL(/\/login/);
  });
});
