import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { listSeries } from '../../db/queries/candle-history.ts';
import { findStoredStrategy } from '../../db/queries/strategies.ts';
import { closedStretch } from '../../jobs/candle-files/download-candles.ts';
import type { Deps } from '../../jobs/deps.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import { timeframeMs, type Timeframe } from '../../jobs/trading/timeframe.ts';
import type { Market, StoredRisk } from '../../jobs/trading/types.ts';
import type { StartBacktestInput } from '../schemas/backtests.ts';
import { AppError, refuseField } from './app-error.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';
import { parseParams } from './strategy-params.ts';

/** More would take minutes to load and hundreds of megabytes to hold. */
export const MOST_CANDLES = 2_000_000;

const DEFAULTS = { fee: '0.001', slippage: '0', balance: '1000', stake: 'all' };

/**
 * Checks everything that can be known before a backtest runs and returns what is stored of it. Candles that are stored need no
 * exchange that answers. Throws 422 with one message per field at fault, 503 when the exchange must be asked and cannot.
 */
export async function planBacktest(deps: Deps, input: StartBacktestInput): Promise<BacktestRequest> {
  const { strategy, params } = await checkStrategy(deps, input);
  const { exchange: venue, symbols, timeframe } = input;
  const stretch = checkStretch(input, deps.clock.now());
  const markets = await checkMarkets(deps, input);
  return {
    strategy: strategy.name,
    params,
    venue,
    symbols,
    timeframe,
    ...stretch,
    initialBalance: input.initial_balance ?? DEFAULTS.balance,
    stake: input.stake ?? DEFAULTS.stake,
    ...(input.max_open === undefined ? {} : { maxOpen: input.max_open }),
    fee: input.fee ?? DEFAULTS.fee,
    slippage: input.slippage ?? DEFAULTS.slippage,
    risk: toStoredRisk(input.risk ?? {}),
    ...chooseSteps(input, markets),
    fetchesMissing: input.fetch_missing ?? true,
  };
}

/** Returns whether past candles can tell what a strategy would have done: not where signals come from outside. */
export const actsOnCandles = (strategy: string): boolean => strategy !== WEBHOOK;

/** Rules that are on; where a stop rests makes no difference on candles. */
function toStoredRisk(risk: Record<string, StoredRisk[string] | undefined>): StoredRisk {
  const entries = Object.entries(risk).flatMap(([name, value]) =>
    value === undefined || name === 'stop_on_exchange' ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

async function checkStrategy(
  deps: Deps,
  { strategy: name, params: given, timeframe }: StartBacktestInput,
): Promise<{ strategy: Strategy; params: Record<string, unknown> }> {
  const strategy = findStrategy(name);
  const stored = await findStoredStrategy(deps.db, name);
  if (!strategy || !stored)
    throw refuseField('strategy', `There is no strategy called "${name}". Choose one of the list.`);
  if (!actsOnCandles(name))
    throw refuseField('strategy', `${strategy.title} acts on signals from outside: no candle tells them.`);
  if (!stored.enabled)
    throw refuseField('strategy', `${strategy.title} is switched off on this server. Choose another.`);
  const { params, errors } = parseParams(strategy, given ?? {});
  if (errors) throw refuse(errors);
  const fault = strategy.findFault?.(params, timeframe);
  if (fault) throw refuse([{ path: ['params', ...fault.path].join('.'), message: fault.message }]);
  return { strategy, params };
}

const refuse = (errors: { path: string; message: string }[]) =>
  new AppError('refused', errors.map(({ message }) => message).join(' '), { errors });

function checkStretch(
  { from, to, timeframe, symbols }: StartBacktestInput,
  nowMs: number,
): { fromMs: number; toMs: number } {
  if (to <= from) throw refuseField('to', 'The end must lie after the beginning.');
  const stretch = closedStretch({ timeframe, fromMs: from, toMs: to }, nowMs);
  if (stretch.toMs <= stretch.fromMs)
    throw refuseField('from', 'No candle of this period has closed yet. Begin earlier.');
  const count = ((stretch.toMs - stretch.fromMs) / timeframeMs(timeframe)) * symbols.length;
  if (count > MOST_CANDLES) throw refuseField('timeframe', sayTooMany(count, timeframe));
  return stretch;
}

function sayTooMany(count: number, timeframe: Timeframe): string {
  const [asked, most] = [count, MOST_CANDLES].map((each) => each.toLocaleString('en'));
  return `That would be ${asked} candles of ${timeframe}; a backtest takes at most ${most}. Choose a shorter period or longer candles.`;
}

/** Returns the markets where the exchange was asked; `null` where all candles may come from the store. */
async function checkMarkets(deps: Deps, input: StartBacktestInput): Promise<Market[] | null> {
  const { exchange: venue, symbols, timeframe } = input;
  const gateway = requireMarketData(deps, venue);
  if (input.market_rules !== true && (await isStored(deps, input))) return null;
  const [known, timeframes] = await askExchange(
    venue,
    Promise.all([gateway.loadMarkets(), gateway.timeframes()]),
  );
  const name = venueName(venue);
  if (!timeframes.includes(timeframe))
    throw refuseField('timeframe', `${name} has ${timeframes.join(', ')}, not ${timeframe}.`);
  return symbols.map((symbol) => {
    const market = known.get(symbol);
    if (!market) throw refuseField('symbol', `${name} has no spot market ${symbol}.`);
    return market;
  });
}

async function isStored(deps: Deps, { exchange, symbols, timeframe }: StartBacktestInput): Promise<boolean> {
  const stored = (await listSeries(deps.db)).filter(
    (series) => series.venue === exchange && series.timeframe === timeframe,
  );
  return symbols.every((symbol) => stored.some((series) => series.symbol === symbol));
}

type Steps = Pick<BacktestRequest, 'lotSize' | 'tickSize' | 'minNotional'>;

/** Given steps, else the market's own where it shall count. Of several markets the coarsest: none of them allows finer ones. */
function chooseSteps(input: StartBacktestInput, markets: Market[] | null): Steps {
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
