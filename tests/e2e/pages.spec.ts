import { expect, test } from 'playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';

const ADMIN = { ADMIN_EMAIL: 'trader@example.org', ADMIN_PASSWORD: 'correct horse battery' };
const PAGES = [
  '/dashboard',
  '/bots',
  '/bots/new',
  '/trades',
  '/keys',
  '/strategies',
  '/candles',
  '/settings',
  '/admin/users',
  '/no-such-page',
];
const PUBLIC_PAGES = ['/', '/login', '/signup'];

let app: RunningApp;

test.beforeAll(async () => {
  app = await startApp(ADMIN);
});
test.afterAll(() => app.stop());

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1440]) {
    test(`every page fits ${width} px in ${colorScheme}, asks nobody else for anything and logs no error`, async ({
      browser,
    }) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(app.url) && !request.url().startsWith('data:'))
          faults.push(request.url());
      });
      const look = async (path: string) => {
        await page.goto(`${app.url}${path}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, `${path} overflows`).toBeLessThanOrEqual(0);
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(background, `${path} has no background`).not.toBe('rgba(0, 0, 0, 0)');
      };
      for (const path of PUBLIC_PAGES) await look(path);
      await page.goto(`${app.url}/login`);
      await page.locator('[name=email]').fill(ADMIN.ADMIN_EMAIL);
      await page.locator('[name=password]').fill(ADMIN.ADMIN_PASSWORD);
      await page.locator('form[method=post] button[type=submit]').click();
      await page.waitForURL(/\/dashboard/);
      for (const path of PAGES) await look(path);
      expect(faults).toEqual([]);
      await context.close();
    });
  }
}
