import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import type { MarketDataGateway } from '../exchange/gateway.ts';
import { money, ZERO, type Money } from '../trading/decimal.ts';
import type { Fill, Market } from '../trading/types.ts';

/** The latest price stands for a fee that was paid no longer ago than this. */
const FRESH_MS = 60_000;
/** How far back a candle is looked for where none was traded in the fee's own minute. */
const CANDLES_BACK = 30;
const MINUTE_MS = 60_000;

/**
 * Returns a fee's worth in quote when it was paid: exact for fees in base (at the fill's own price) and quote; for a third
 * currency the venue's latest price, or for an older fee the close of its minute. `null` where the venue has no price.
 */
export async function feeInQuote(
  deps: Pick<Deps, 'marketData' | 'clock'>,
  where: { venue: string; market: Pick<Market, 'base' | 'quote'> },
  fill: Pick<Fill, 'fee' | 'feeCurrency' | 'price' | 'timeMs'>,
): Promise<Money | null> {
  if (fill.fee.isZero()) return ZERO;
  if (fill.feeCurrency === where.market.quote) return fill.fee;
  if (fill.feeCurrency === where.market.base) return fill.fee.times(fill.price);
  const gateway = deps.marketData(where.venue);
  const isFresh = deps.clock.now() - fill.timeMs < FRESH_MS;
  const priceOf = isFresh ? latestPrice(gateway) : priceAt(gateway, fill.timeMs);
  const price = await findPrice(gateway, { from: fill.feeCurrency, to: where.market.quote }, priceOf);
  return price && fill.fee.times(price);
}

type PriceOf = (symbol: string) => Promise<Money | null>;

const latestPrice =
  (gateway: MarketDataGateway): PriceOf =>
  async (symbol) =>
    (await gateway.fetchTicker(symbol)).last;

const priceAt =
  (gateway: MarketDataGateway, timeMs: number): PriceOf =>
  async (symbol) => {
    const sinceMs = Math.floor(timeMs / MINUTE_MS - CANDLES_BACK) * MINUTE_MS;
    const limit = CANDLES_BACK + 1;
    const candles = await gateway.fetchCandles({ symbol, timeframe: '1m', sinceMs, limit });
    const candle = candles.findLast(({ openTimeMs }) => openTimeMs <= timeMs);
    return candle ? money(candle.close) : latestPrice(gateway)(symbol);
  };

async function findPrice(
  gateway: MarketDataGateway,
  { from, to }: { from: string; to: string },
  priceOf: PriceOf,
): Promise<Money | null> {
  try {
    const markets = await gateway.loadMarkets();
    if (markets.has(`${from}/${to}`)) return await priceOf(`${from}/${to}`);
    if (!markets.has(`${to}/${from}`)) return null;
    const inverse = await priceOf(`${to}/${from}`);
    return inverse && money(1).div(inverse);
  } catch (error) {
    if (error instanceof ExchangeError) return null;
    throw error;
  }
}
