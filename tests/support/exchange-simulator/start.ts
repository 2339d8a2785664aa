import { binanceFace } from './binance-face.ts';
import { ExchangeEngine, type EngineSetup } from './engine.ts';
import type { SimulatedOrder, SimulatedTrade } from './engine-types.ts';
import { krakenFace } from './kraken-face.ts';
import { serveFace, type FaceServer } from './server.ts';

export type ExchangeSimulator = FaceServer & {
  engine: ExchangeEngine;
  /** Orders, trades and balances of the account with this API key, as the exchange itself has them. */
  orders: (apiKey: string) => SimulatedOrder[];
  trades: (apiKey: string) => SimulatedTrade[];
  balances: (apiKey: string) => Record<string, { free: string; locked: string; total: string }>;
};

const FACES = { binance: binanceFace, kraken: krakenFace } as const;
const KRAKEN_FEES = { maker: '0.0016', taker: '0.0026' };

/**
 * Starts an exchange that speaks the spot REST of Binance (unless another face is chosen) on a local port (a free one
 * unless given). Kraken takes its fees in quote, wants secrets in base64, and has no candles below `1m`.
 */
export async function startExchangeSimulator(
  setup: EngineSetup & { port?: number; face?: keyof typeof FACES },
): Promise<ExchangeSimulator> {
  const { face = 'binance' } = setup;
  const fees = face === 'kraken' ? { fees: { ...KRAKEN_FEES, ...setup.fees, isInQuote: true } } : {};
  const engine = new ExchangeEngine({ ...setup, ...fees });
  const server = await serveFace(FACES[face](engine), {
    now: () => setup.clock.now(),
    ...(setup.port === undefined ? {} : { port: setup.port }),
  });
  const account = (apiKey: string) => engine.account(apiKey);
  return {
    ...server,
    engine,
    orders: (apiKey) => engine.orders(account(apiKey)),
    trades: (apiKey) => engine.orders(account(apiKey)).flatMap((order) => order.trades),
    balances: (apiKey) => engine.balances(account(apiKey)),
  };
}
