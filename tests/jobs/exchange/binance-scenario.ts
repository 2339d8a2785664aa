import { afterEach } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import { createCcxtMarketData } from '../../../jobs/exchange/ccxt-market-data.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import type { AccountGateway, MarketDataGateway, OrderRequest } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import type { AccountSetup, FeeSetup, MarketSetup } from '../../support/exchange-simulator/engine-types.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

export const SYMBOL = 'BTC/USDT';
export const START_MS = Date.UTC(2024, 0, 1);
export const KEY = 'key-3f9d2a';
export const SECRET = 'secret-77b1c0';

/** Flat rows except where `prices` gives [open, close]. */
export function candlesOf(prices: readonly (readonly [number, number])[]): Candle[] {
  return prices.map(([open, close]) => ({
    openTimeMs: 0,
    open,
    close,
    high: Math.max(open, close),
    low: Math.min(open, close),
    volume: 2,
  }));
}

export type Scenario = {
  simulator: ExchangeSimulator;
  data: MarketDataGateway;
  account: AccountGateway;
  /** The venue's clock; ours runs `skewMs` ahead of it. */
  moveTo: (timeMs: number) => void;
};

type Setup = {
  prices?: readonly (readonly [number, number])[];
  market?: Partial<MarketSetup>;
  account?: Partial<AccountSetup>;
  fees?: FeeSetup;
  skewMs?: number;
  credentials?: { apiKey: string; apiSecret: string };
  timeoutMs?: number;
};

const running: ExchangeSimulator[] = [];

afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop();
});

/** Starts a simulator on 1 s candles and both gateways of the real ccxt `binance` class against it. */
export async function openScenario(setup: Setup = {}): Promise<Scenario> {
  let nowMs = START_MS;
  const candles = candlesOf(setup.prices ?? Array.from({ length: 100 }, () => [100, 100] as const));
  const market = { symbol: SYMBOL, candles, timeframeMs: 1000, startMs: START_MS, ...setup.market };
  const account = { apiKey: KEY, secret: SECRET, balances: { USDT: '1000', BTC: '2' }, ...setup.account };
  const simulator = await startExchangeSimulator({
    clock: { now: () => nowMs },
    markets: [market],
    accounts: [account],
    ...(setup.fees ? { fees: setup.fees } : {}),
  });
  running.push(simulator);
  const clock = { now: () => nowMs + (setup.skewMs ?? 0) };
  const common = { venue: 'binance', baseUrl: simulator.url, clock, timeoutMs: setup.timeoutMs ?? 5000 };
  return {
    simulator,
    data: createCcxtMarketData(common),
    account: createCcxtAccount({
      ...common,
      credentials: setup.credentials ?? { apiKey: KEY, apiSecret: SECRET },
    }),
    moveTo: (timeMs) => {
      nowMs = timeMs;
    },
  };
}

let lastId = 0;

export function orderOf(changes: Partial<OrderRequest> = {}): OrderRequest {
  lastId += 1;
  return {
    clientOrderId: `test${lastId}`,
    symbol: SYMBOL,
    side: 'BUY',
    type: 'market',
    quantity: money('0.5'),
    ...changes,
  };
}

/** Returns the `ExchangeError` that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<ExchangeError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof ExchangeError) return outcome;
  throw new Error(`Expected an ExchangeError, got ${String(outcome)}`);
}

/** All texts that an error carries, its causes and own properties included. */
export function everyWordOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [
    error.name,
    error.message,
    error.stack,
    JSON.stringify(Object.entries(error)),
    everyWordOf(error.cause),
  ].join('\n');
}
