import { afterEach } from 'vitest';
import { createCcxtAccount } from '../../../jobs/exchange/ccxt-account.ts';
import { createCcxtMarketData } from '../../../jobs/exchange/ccxt-market-data.ts';
import type { AccountGateway, MarketDataGateway, OrderRequest } from '../../../jobs/exchange/gateway.ts';
import type { AccountSetup, MarketSetup } from '../../support/exchange-simulator/engine-types.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import { candlesOf, orderOf, START_MS } from './binance-scenario.ts';

export const KRAKEN_SYMBOL = 'BTC/USD';
export const KRAKEN_KEY = 'key-91c0aa';
export const KRAKEN_SECRET = Buffer.from('secret-5ad1').toString('base64');

export type KrakenScenario = {
  simulator: ExchangeSimulator;
  data: MarketDataGateway;
  account: AccountGateway;
  /** Another gateway on the same or another key, as a second process has it. */
  open: (credentials?: { apiKey?: string; apiSecret?: string }) => AccountGateway;
  moveTo: (timeMs: number) => void;
};

type Setup = {
  prices?: readonly (readonly [number, number])[];
  market?: Partial<MarketSetup>;
  account?: Partial<AccountSetup>;
};

const running: ExchangeSimulator[] = [];

afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop();
});

/** Starts a simulator with Kraken's face on 1 min candles, and gateways of the real ccxt `kraken` class against it. */
export async function openKraken(setup: Setup = {}): Promise<KrakenScenario> {
  let nowMs = START_MS;
  const candles = candlesOf(setup.prices ?? Array.from({ length: 100 }, () => [100, 100] as const));
  const balances = { USD: '1000', BTC: '2' };
  const simulator = await startExchangeSimulator({
    face: 'kraken',
    clock: { now: () => nowMs },
    markets: [{ symbol: KRAKEN_SYMBOL, candles, timeframeMs: 60_000, startMs: START_MS, ...setup.market }],
    accounts: [{ apiKey: KRAKEN_KEY, secret: KRAKEN_SECRET, balances, ...setup.account }],
  });
  running.push(simulator);
  const common = {
    venue: 'kraken',
    baseUrl: simulator.url,
    clock: { now: () => nowMs },
    timeoutMs: 5000,
    isThrottled: false,
  };
  const open: KrakenScenario['open'] = (credentials = {}) =>
    createCcxtAccount({
      ...common,
      credentials: { apiKey: KRAKEN_KEY, apiSecret: KRAKEN_SECRET, ...credentials },
    });
  return {
    simulator,
    data: createCcxtMarketData(common),
    account: open(),
    open,
    moveTo: (timeMs) => {
      nowMs = timeMs;
    },
  };
}

export function krakenOrderOf(changes: Partial<OrderRequest> = {}): OrderRequest {
  return orderOf({ symbol: KRAKEN_SYMBOL, ...changes });
}
