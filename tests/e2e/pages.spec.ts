import { expect, test, type Browser, type BrowserContext, type Page } from 'playwright/test';
import {
  actByHand,
  makeDifference,
  shutOut,
  startTradingWorld,
  TRADER,
  waitUntil,
  type TradingWorld,
} from '../support/trading-world.ts';

const PUBLIC_PAGES = ['/', '/login', '/signup'];
const WIDTHS = [390, 1440];

let world: TradingWorld;
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;
let orderPage: string;

test.beforeAll(async ({ browser }) => {
  world = await startTradingWorld();
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page);
  signedIn = await context.storageState();
  await page.goto(`${world.app.url}/bots/${world.liveBotId}`);
  const [newest] = await page.locator('a[href^="/orders/"]').all();
  orderPage = (await newest?.getAttribute('href')) ?? '/no-order';
  await context.close();
});
test.afterAll(() => world.stop());

async function signIn(page: Page): Promise<void> {
  await page.goto(`${world.app.url}/login`);
  await page.locator('[name=email]').fill(TRADER.email);
  await page.locator('[name=password]').fill(TRADER.password);
  await page.locator('form[method=post] button[type=submit]').click();
  await page.waitForURL(/\/dashboard/);
}

const listPages = () => [
  '/dashboard',
  '/bots',
  '/bots/new',
  `/bots/${world.demoBotId}`,
  `/bots/${world.liveBotId}`,
  `/bots/${world.liveBotId}?confirm=kill&level=positions`,
  orderPage,
  '/trades',
  '/risk',
  '/risk?target=all&level=orders&confirm=1',
  '/backtests',
  '/candles',
  '/alerts',
  '/keys',
  `/accounts/${world.keyId}`,
  '/strategies',
  '/settings',
  '/settings/alerts',
  '/admin/users',
  '/no-such-page',
  '/bots/00000000-0000-4000-8000-000000000000',
];

/** Opens a page and says what is wrong with it, in either theme, on a phone and on a desk. */
async function look(page: Page, path: string): Promise<string[]> {
  await page.goto(`${world.app.url}${path}`);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await page.evaluate(findWrongs, `${path} at ${String(width)} px in ${colorScheme}`)));
    }
  }
  return found;
}

/** Runs in the browser. */
function findWrongs(where: string): string[] {
  const overflow = document.documentElement.scrollWidth - window.innerWidth;
  const heading = document.querySelector('h1')?.textContent ?? '';
  const background = getComputedStyle(document.body).backgroundColor;
  return [
    overflow > 0 ? `${where} is ${String(overflow)} px too wide` : '',
    background === 'rgba(0, 0, 0, 0)' ? `${where} has no background` : '',
    heading === '' || heading.includes('could not be made') ? `${where} is headed "${heading}"` : '',
  ].filter(Boolean);
}

/** Collects errors of a page's scripts and console, and requests to anybody else. */
function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404'))
      faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(world.app.url) || request.url().startsWith('data:');
    if (!isOurs) faults.push(request.url());
  });
  return faults;
}

test('every page fits phones and desks in light and dark, asks nobody else for anything and logs no error', async ({
  browser,
}) => {
  const stranger = await browser.newContext();
  const trader = await browser.newContext({ storageState: signedIn });
  const found: string[] = [];
  for (const [paths, context] of [
    [PUBLIC_PAGES, stranger],
    [listPages(), trader],
  ] as const) {
    const page = await context.newPage();
    const faults = watchFaults(page);
    for (const path of paths) found.push(...(await look(page, path)));
    found.push(...faults);
    await context.close();
  }
  expect(found).toEqual([]);
});

test('every page says the same without a script', async ({ browser }) => {
  const { page, context } = await openWithoutScript(browser);
  const found: string[] = [];
  for (const path of listPages()) {
    await page.goto(`${world.app.url}${path}`);
    const heading = await page.locator('h1').innerText();
    if (heading.includes('could not be made')) found.push(path);
  }
  expect(found).toEqual([]);
  await context.close();
});

async function openWithoutScript(browser: Browser): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: signedIn,
    viewport: { width: 390, height: 900 },
  });
  return { page: await context.newPage(), context };
}

test('an account shows what people do beside its bots, without a script', async ({ browser }) => {
  const { page, context } = await openWithoutScript(browser);
  const account = `${world.app.url}/accounts/${world.keyId}`;
  const compare = async () => {
    await page.goto(account);
    await page.getByRole('button', { name: 'Compare now' }).click();
    await page.goto(account);
    return page.locator('main').innerText();
  };
  await waitUntil('a first comparison', async () => (await compare()).includes('Every balance equals'));
  actByHand(world);
  const done = [
    'Buy 0.01 BTC on BTC/USDT',
    'Deposited 1,500 USDT',
    'Withdrew 250 USDT, fee 1 USDT',
    'Bought 0.00012 BTC at',
  ];
  await waitUntil('what was done by hand', async () => {
    const text = await compare();
    return done.every((each) => text.includes(each));
  });
  await expect(page.getByRole('region', { name: 'Dust' })).toContainText('11 DOGE');

  await page.getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.getByText('Cancelled here')).toBeVisible();

  makeDifference(world);
  await waitUntil('the difference', async () => (await compare()).includes('−12.50 USDT'));
  await page.getByRole('button', { name: 'Accept the difference' }).click();
  await waitUntil('the balances to agree', async () => (await compare()).includes('Every balance equals'));
  await context.close();
});

test('a bot’s own kill switch asks, halts the bot, shows what it achieved, and is lifted, without a script', async ({
  browser,
}) => {
  const { page, context } = await openWithoutScript(browser);
  await page.goto(`${world.app.url}/bots/${world.demoBotId}`);
  await page.locator('#kill-switch [name=level]').selectOption('positions');
  await page.getByRole('button', { name: 'Kill switch…' }).click();
  await expect(page.getByText('Pull the kill switch for Demo bot?')).toBeVisible();
  await page.getByRole('button', { name: 'Pull the kill switch' }).click();
  await expect(page.getByText('Demo bot was halted by the kill switch.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'What was achieved' })).toBeVisible();
  await waitUntil('the switch to be done', async () => {
    await page.reload();
    return page.getByRole('table', { name: 'What was achieved' }).getByText('Done').isVisible();
  });
  await expect(page.getByRole('link', { name: /1 bot halted/ }).first()).toBeAttached();
  await page.getByRole('button', { name: 'Trade again' }).click();
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('was halted by the kill switch')).toHaveCount(0);
  await context.close();
});

test('an exchange that shuts the account out is told of, with the time left', async ({ browser }) => {
  const { page, context } = await openWithoutScript(browser);
  shutOut(world);
  await waitUntil('the pause to show', async () => {
    await page.goto(`${world.app.url}/accounts/${world.keyId}`);
    await page.getByRole('button', { name: 'Compare now' }).click();
    return page.getByText(/shut this account out: \d+ min/).isVisible();
  });
  await context.close();
});
