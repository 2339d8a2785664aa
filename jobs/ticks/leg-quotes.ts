import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { Deps } from '../deps.ts';
import { candleAt } from '../trading/candles.ts';
import { money, type Money } from '../trading/decimal.ts';
import { timeframeMs } from '../trading/timeframe.ts';
import type { Market } from '../trading/types.ts';
import { loadCandles, isLate } from './decide-group.ts';

/** What a leg's market says at a close. `close` is the newest; `price` the one to size with, another where the tick is late. */
export type LegQuote = { market: Market; openTimeMs: number; close: number; price: Money; isLate: boolean };

/**
 * Returns the newest closes of legs by their ids; those whose market has no candle, or is gone, are left out. Throws
 * `ExchangeError` where the venue does not answer.
 */
export async function readQuotes(
  deps: Deps,
  legs: readonly EngineBot[],
  candleTimeMs: number,
): Promise<Map<string, LegQuote>> {
  const read = legs.map(async (leg) => [leg.id, await readQuote(deps, leg, candleTimeMs)] as const);
  const quotes = await Promise.all(read);
  return new Map(quotes.flatMap(([id, quote]) => (quote ? [[id, quote] as const] : [])));
}

async function readQuote(
  deps: Deps,
  { venue, symbol, timeframe }: EngineBot,
  candleTimeMs: number,
): Promise<LegQuote | undefined> {
  const market = (await deps.marketData(venue).loadMarkets()).get(symbol);
  if (!market) return undefined;
  const candles = await loadCandles(deps, { venue, symbol, timeframe, candleTimeMs }, 1);
  if (candles.close.length === 0) return undefined;
  const { openTimeMs, close } = candleAt(candles, -1);
  const late = isLate(openTimeMs + timeframeMs(timeframe), deps.clock.now());
  const price = late ? (await deps.marketData(venue).fetchTicker(symbol)).last : money(close);
  return { market, openTimeMs, close, price, isLate: late };
}
