import { binanceFace } from './binance-face.ts';
import { ExchangeEngine, type EngineSetup } from './engine.ts';
import type { SimulatedAccount, SimulatedOrder, SimulatedTrade } from './engine-types.ts';
import { serveFace, type FaceServer } from './server.ts';

export type ExchangeSimulator = FaceServer & {
  engine: ExchangeEngine;
  /** Orders, trades and balances of the account with this API key, as the exchange itself has them. */
  orders: (apiKey: string) => SimulatedOrder[];
  trades: (apiKey: string) => SimulatedTrade[];
  balances: (apiKey: string) => Record<string, { free: string; locked: string; total: string }>;
};

/** Starts an exchange that speaks Binance spot REST on a local port (a free one unless given). */
export async function startExchangeSimulator(
  setup: EngineSetup & { port?: number },
): Promise<ExchangeSimulator> {
  const engine = new ExchangeEngine(setup);
  const server = await serveFace(binanceFace(engine), {
    now: () => setup.clock.now(),
    ...(setup.port === undefined ? {} : { port: setup.port }),
  });
  const account = (apiKey: string): SimulatedAccount => {
    const found = engine.accounts.get(apiKey);
    if (!found) throw new Error(`The simulator has no account ${apiKey}`);
    return found;
  };
  return {
    ...server,
    engine,
    orders: (apiKey) => engine.orders(account(apiKey)),
    trades: (apiKey) => engine.orders(account(apiKey)).flatMap((order) => order.trades),
    balances: (apiKey) => engine.balances(account(apiKey)),
  };
}
