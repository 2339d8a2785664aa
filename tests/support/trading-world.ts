import { startApp, type RunningApp } from './app.ts';
import { Amount } from './exchange-simulator/decimals.ts';
import { startExchangeSimulator, type ExchangeSimulator } from './exchange-simulator/start.ts';

export const TRADER = { email: 'trader@example.org', password: 'correct horse battery' };
const KEY = { apiKey: 'world-api-key-0042', apiSecret: 'world-api-secret-value' };
const SECOND = 1_000;
const SECONDS_OF_LIFE = 3_600;

/** The app beside a simulated exchange, with a demo bot and a live account on which things happened. */
export type TradingWorld = {
  app: RunningApp;
  simulator: ExchangeSimulator;
  apiKey: string;
  keyId: string;
  demoBotId: string;
  liveBotId: string;
  /** Calls the REST interface as the trader. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
};

/** A price that swings, so that an RSI over few candles crosses its thresholds every few seconds; without amplitude it stands still. */
function swinging(middle: number, amplitude: number, periodS = 16) {
  const at = (second: number) => {
    const price = middle + amplitude * Math.sin((second * 2 * Math.PI) / periodS);
    return Math.round(price * 100) / 100;
  };
  return Array.from({ length: SECONDS_OF_LIFE }, (_row, index) => {
    const [open, close] = [at(index), at(index + 1)];
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return { openTimeMs: index, open, high, low, close, volume: 2 };
  });
}

function startExchange(): Promise<ExchangeSimulator> {
  const startMs = Math.floor(Date.now() / SECOND) * SECOND - 600 * SECOND;
  const replay = { timeframeMs: SECOND, startMs };
  return startExchangeSimulator({
    clock: { now: () => Date.now() },
    markets: [
      { ...replay, symbol: 'BTC/USDT', candles: swinging(50_000, 400) },
      { ...replay, symbol: 'BNB/USDT', candles: swinging(600, 0) },
      { ...replay, symbol: 'DOGE/USDT', candles: swinging(0.12, 0), tickSize: '0.00001', lotSize: '1' },
    ],
    accounts: [
      {
        apiKey: KEY.apiKey,
        secret: KEY.apiSecret,
        balances: { USDT: '5000', BNB: '0.25', DOGE: '11', SHIB: '4000' },
        feeAsset: 'BNB',
      },
    ],
    fees: { maker: '0.001', taker: '0.001' },
  });
}

/** Looks every so often; throws after two minutes, which a busy machine may need. */
export async function waitUntil(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 120_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`Still waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function signInByRest(app: RunningApp): Promise<TradingWorld['call']> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  const call: TradingWorld['call'] = async (method, path, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${app.url}${path}`, { method, headers, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${String(response.status)}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  const { token } = await call('POST', '/auth/token', { ...TRADER, scopes: ['read', 'trade', 'keys'] });
  headers['Authorization'] = `Bearer ${String(token)}`;
  return call;
}

/** Starts all of it: a demo bot and a live bot run, and both have traded. `startsApp` for another way to run the app. */
export async function startTradingWorld(startsApp: typeof startApp = startApp): Promise<TradingWorld> {
  const simulator = await startExchange();
  const app = await startsApp({
    ADMIN_EMAIL: TRADER.email,
    ADMIN_PASSWORD: TRADER.password,
    EXCHANGE_URLS: JSON.stringify({ binance: simulator.url }),
  });
  const call = await signInByRest(app);
  const rsi = { strategy: 'RSI_CROSS', symbol: 'BTC/USDT', timeframe: '1s', params: { rsi_period: 3 } };
  const key = await call('POST', '/exchange/keys', {
    exchange: 'binance',
    label: 'main',
    api_key: KEY.apiKey,
    api_secret: KEY.apiSecret,
  });
  const demo = await call('POST', '/bot/start', {
    ...rsi,
    mode: 'paper',
    exchange: 'demo',
    name: 'Demo bot',
  });
  const live = await call('POST', '/bot/start', {
    ...rsi,
    mode: 'live',
    exchange_key_id: key['id'],
    name: 'BTC swing',
    sizing: { type: 'quote_amount', value: '200' },
    risk: { stop_loss_pct: '5' },
  });
  const bots = [String(demo['bot_run_id']), String(live['bot_run_id'])];
  for (const id of bots)
    await waitUntil(`a trade of bot ${id}`, async () => {
      const { trades } = await call('GET', `/trades/history?bot_run_id=${id}`);
      return (trades as unknown[]).length >= 2;
    });
  const stop = async () => {
    await app.stop();
    await simulator.stop();
  };
  const [demoBotId = '', liveBotId = ''] = bots;
  const ids = { keyId: String(key['id']), demoBotId, liveBotId, apiKey: KEY.apiKey };
  return { app, simulator, ...ids, call, stop };
}

/** What people do on an exchange besides their bots: an order and a trade by hand, a deposit, a withdrawal. */
export function actByHand({ simulator, apiKey }: TradingWorld): void {
  const { engine } = simulator;
  engine.placeByHand(apiKey, { symbol: 'BTC/USDT', side: 'BUY', quantity: '0.01', price: '41250.5' });
  engine.placeByHand(apiKey, { symbol: 'BTC/USDT', side: 'BUY', quantity: '0.00012' });
  engine.deposit(apiKey, { asset: 'USDT', amount: '1500' });
  engine.withdraw(apiKey, { asset: 'USDT', amount: '250', fee: '1' });
}

/** Moves money as no trade or transfer explains: what a trade in a market of no bot looks like. */
export function makeDifference({ simulator, apiKey }: TradingWorld): void {
  simulator.engine.account(apiKey).ledger.add('USDT', new Amount('-12.5'));
}

/** From now on the exchange answers signed requests with 418 and a pause of ten minutes. */
export function shutOut({ simulator }: TradingWorld): void {
  simulator.setFault((request) =>
    request.query.includes('signature=')
      ? {
          type: 'reply',
          status: 418,
          body: JSON.stringify({ code: -1003, msg: 'Way too many requests; IP banned.' }),
          headers: { 'Retry-After': '600' },
        }
      : undefined,
  );
}
