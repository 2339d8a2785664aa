/** On which markets and candles a backtest may run. */
import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { listSeries } from '../../db/queries/candle-history.ts';
import { closedStretch } from '../../jobs/candle-files/download-candles.ts';
import type { Deps } from '../../jobs/deps.ts';
import { timeframeMs, type Timeframe } from '../../jobs/trading/timeframe.ts';
import type { Market } from '../../jobs/trading/types.ts';
import type { StartBacktestInput } from '../schemas/backtests.ts';
import { refuseField } from './app-error.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';

/** More would take minutes to load and hundreds of megabytes to hold. */
const MOST_CANDLES = 2_000_000;

/** Returns the whole, closed candles' stretch. Throws 422 where there is none, or it holds too many candles. */
export function checkStretch(
  { from, to, timeframe, detail_timeframe: detail, symbols }: StartBacktestInput,
  nowMs: number,
): { fromMs: number; toMs: number } {
  if (to <= from) throw refuseField('to', 'The end must lie after the beginning.');
  const stretch = closedStretch({ timeframe, fromMs: from, toMs: to }, nowMs);
  if (stretch.toMs <= stretch.fromMs)
    throw refuseField('from', 'No candle of this period has closed yet. Begin earlier.');
  const kinds = detail ? [timeframe, detail] : [timeframe];
  const each = kinds.map((kind) => (stretch.toMs - stretch.fromMs) / timeframeMs(kind));
  const count = symbols.length * each.reduce((total, length) => total + length);
  if (count > MOST_CANDLES)
    throw refuseField(detail ? 'detail_timeframe' : 'timeframe', sayTooMany(count, kinds));
  return stretch;
}

function sayTooMany(count: number, kinds: Timeframe[]): string {
  const [asked, most] = [count, MOST_CANDLES].map((each) => each.toLocaleString('en'));
  return `That would be ${asked} candles of ${kinds.join(' and ')}; a backtest takes at most ${most}. Choose a shorter period or longer candles.`;
}

/** Throws 422 where symbols that share a balance are not paid in one currency. */
export function checkQuotes(symbols: readonly string[]): void {
  const quotes = new Map(symbols.map((symbol) => [symbol.split('/')[1], symbol]));
  if (quotes.size < 2) return;
  const examples = [...quotes].map(([quote, symbol]) => `${symbol} is paid in ${quote ?? ''}`);
  throw refuseField(
    'symbol',
    `All symbols share one balance, so they need one quote currency: ${examples.join(', ')}.`,
  );
}

/**
 * Returns the markets where the exchange was asked; `null` where all candles may come from the store. Throws 422 for what the
 * exchange does not have, 503 where it must be asked and cannot.
 */
export async function checkMarkets(deps: Deps, input: StartBacktestInput): Promise<Market[] | null> {
  const { exchange: venue, symbols } = input;
  const gateway = requireMarketData(deps, venue);
  if (input.market_rules !== true && (await isStored(deps, input))) return null;
  const [known, timeframes] = await askExchange(
    venue,
    Promise.all([gateway.loadMarkets(), gateway.timeframes()]),
  );
  checkTimeframes(input, timeframes);
  const unknown = symbols.filter((symbol) => !known.has(symbol));
  if (unknown.length > 0)
    throw refuseField(
      'symbol',
      `${venueName(venue)} has no spot ${unknown.length === 1 ? 'market' : 'markets'} ${unknown.join(', ')}.`,
    );
  return symbols.flatMap((symbol) => known.get(symbol) ?? []);
}

function checkTimeframes(input: StartBacktestInput, timeframes: readonly string[]): void {
  for (const path of ['timeframe', 'detail_timeframe'] as const) {
    const asked = input[path];
    if (asked !== undefined && !timeframes.includes(asked))
      throw refuseField(path, `${venueName(input.exchange)} has ${timeframes.join(', ')}, not ${asked}.`);
  }
}

async function isStored(deps: Deps, input: StartBacktestInput): Promise<boolean> {
  const { exchange, symbols, timeframe, detail_timeframe: detail = timeframe } = input;
  const stored = (await listSeries(deps.db)).filter(({ venue }) => venue === exchange);
  return symbols.every((symbol) =>
    [timeframe, detail].every((kind) =>
      stored.some((series) => series.symbol === symbol && series.timeframe === kind),
    ),
  );
}

type Steps = Pick<BacktestRequest, 'lotSize' | 'tickSize' | 'minNotional'>;

/** Returns given steps, else the market's own where it shall count. Of several markets the coarsest: none of them allows finer ones. */
export function chooseSteps(input: StartBacktestInput, markets: Market[] | null): Steps {
  const coarsest = (pick: (market: Market) => Market['lotSize']) => {
    if (input.market_rules !== true || !markets) return undefined;
    const largest = markets.map(pick).reduce((one, other) => (one.gt(other) ? one : other));
    return largest.isZero() ? undefined : largest.toFixed();
  };
  const lotSize = input.lot_size ?? coarsest((market) => market.lotSize);
  const tickSize = input.tick_size ?? coarsest((market) => market.tickSize);
  const minNotional = input.min_notional ?? coarsest((market) => market.minNotional);
  return { ...(lotSize && { lotSize }), ...(tickSize && { tickSize }), ...(minNotional && { minNotional }) };
}
