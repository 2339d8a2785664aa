import { randomUUID } from 'node:crypto';
import { findExchangeKey, type ExchangeKey } from '../../db/queries/exchange-keys.ts';
import { findStoredStrategy } from '../../db/queries/strategies.ts';
import type { NewBotRun } from '../../db/queries/bots.ts';
import type { Deps } from '../../jobs/deps.ts';
import { offersStops } from '../../jobs/exchange/venue-stops.ts';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { sizeBuy } from '../../jobs/trading/portfolio/order-size.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { isTimeframe, type Timeframe } from '../../jobs/trading/timeframe.ts';
import type { Market, Sizing } from '../../jobs/trading/types.ts';
import type { StartBotInput } from '../schemas/bots.ts';
import type { FieldError } from '../schemas/views.ts';
import { AppError, refuseField } from './app-error.ts';
import { notFound, requireId } from './ids.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';
import { requireSoundPlan } from './order-plans.server.ts';
import { pickMarkets } from './pick-markets.ts';
import { listUnusable, parseParams } from './strategy-params.ts';

/** What `POST /bot/start` documents for what is left out. */
const DEFAULT_SIZING: Sizing = { type: 'equity_fraction', value: money('0.1') };
const DEFAULT_PAPER_BALANCE = money(10_000);

/** Where a bot trades: an exchange key for live, none for paper. */
type Place = { venue: string; key: ExchangeKey | null };

/** `markets` holds at least one, in the order asked for. */
type Plan = { strategy: Strategy; params: Record<string, unknown>; markets: Market[]; timeframe: Timeframe };

/** What a start of one market or of several says alike. */
type StartInput = Omit<StartBotInput, 'symbol'> & ({ symbol: string } | { symbols: string[] });

/**
 * Checks everything that can be known before a bot starts and returns its row. Throws 422 with one message per field at
 * fault, 404 for a key that is not the owner's, 503 when the exchange cannot be asked.
 */
export async function planBot(deps: Deps, userId: string, input: StartBotInput): Promise<NewBotRun> {
  if (input.strategy === REBALANCE)
    throw refuseField('symbol', 'Rebalance holds several assets: give it two symbols or more.');
  const place = await choosePlace(deps, userId, input);
  const plan = await checkPlan(deps, place.venue, input);
  const { timeframe, strategy, params } = plan;
  const [market] = plan.markets as [Market];
  const sizing = chooseSizing(input);
  const initialBalance = await chooseBalance(deps, userId, { input, place, market });
  const orders = findOrderStrategy(strategy.name);
  const funds = { sizing, initialBalance, market };
  if (orders)
    await requireSoundPlan(deps, place.venue, { ...funds, strategy: orders, params, risk: input.risk ?? {} });
  else await requireTradableSize(deps, place.venue, funds);
  const id = randomUUID();
  return {
    id,
    userId,
    name: input.name ?? `${market.symbol} ${strategy.title}`,
    strategy: strategy.name,
    venue: place.venue,
    symbol: market.symbol,
    base: market.base,
    quote: market.quote,
    timeframe,
    mode: input.mode,
    exchangeKeyId: place.key?.id ?? null,
    accountId: place.key?.id ?? id,
    parameters: params,
    sizingType: sizing.type,
    sizingValue: sizing.value,
    risk: definedOnly(input.risk ?? {}),
    initialBalance,
    startedAt: new Date(deps.clock.now()),
  };
}

/** Returns the sizing that was given, or the default. */
export function chooseSizing({ sizing }: Pick<StartBotInput, 'sizing'>): Sizing {
  return sizing ? { ...sizing, value: money(sizing.value) } : DEFAULT_SIZING;
}

/** Returns a record without what was left out. */
export function definedOnly<T>(record: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
}

/** Returns where a bot trades. Throws 422 for a key that does not fit, 404 for one that is not the owner's. */
export async function choosePlace(
  deps: Deps,
  userId: string,
  input: Pick<StartBotInput, 'mode' | 'exchange' | 'exchange_key_id'>,
): Promise<Place> {
  if (input.mode === 'paper') {
    if (input.exchange === undefined)
      throw refuseField('exchange', 'Choose the exchange whose prices the paper bot follows, or "demo".');
    return { venue: input.exchange, key: null };
  }
  if (input.exchange_key_id === undefined)
    throw refuseField('exchange_key_id', 'Choose the exchange key that the live bot trades with.');
  const key = await findExchangeKey(deps.db, userId, requireId(input.exchange_key_id, 'exchange key'));
  if (!key) throw notFound('exchange key');
  if (input.exchange !== undefined && input.exchange !== key.exchange)
    throw refuseField(
      'exchange',
      `The key belongs to ${venueName(key.exchange)}, not to "${input.exchange}".`,
    );
  if (key.permissions && !key.permissions.trade)
    throw refuseField(
      'exchange_key_id',
      'This key may not trade. Give it that permission, or choose another.',
    );
  return { venue: key.exchange, key };
}

/** Checks strategy, parameters, symbols and timeframe, and refuses all that is wrong at once. */
export async function checkPlan(deps: Deps, venue: string, input: StartInput): Promise<Plan> {
  const errors: FieldError[] = [];
  const strategy = await checkStrategy(deps, input.strategy, errors);
  const params = strategy && checkParams(strategy, input.params, errors);
  const { markets, timeframe } = await checkMarkets(deps, venue, { input, errors });
  errors.push(...listUnusable({ strategy, params, timeframe }));
  if (input.risk?.stop_on_exchange === true && !offersStops(venue)) errors.push(noStopsOn(venue));
  if (strategy && params && timeframe && errors.length === 0) return { strategy, params, markets, timeframe };
  const message = errors.map((error) => error.message).join(' ');
  throw new AppError('refused', message, { errors });
}

function noStopsOn(venue: string): FieldError {
  const message = `${venueName(venue)} takes no stop orders that can be followed like others. Leave this out: the stop is watched here, every few seconds.`;
  return { path: 'risk.stop_on_exchange', message };
}

function checkParams(
  strategy: Strategy,
  given: Record<string, unknown> | undefined,
  errors: FieldError[],
): Record<string, unknown> | undefined {
  const parsed = parseParams(strategy, given ?? {});
  if (parsed.errors) errors.push(...parsed.errors);
  return parsed.params ?? undefined;
}

async function checkStrategy(deps: Deps, name: string, errors: FieldError[]): Promise<Strategy | undefined> {
  const strategy = findStrategy(name);
  const stored = await findStoredStrategy(deps.db, name);
  if (strategy && stored?.enabled) return strategy;
  const message =
    strategy && stored
      ? `${strategy.title} is switched off on this server. Choose another strategy.`
      : `There is no strategy called "${name}". Choose one of the list.`;
  errors.push({ path: 'strategy', message });
  return strategy;
}

async function checkMarkets(
  deps: Deps,
  venue: string,
  { input, errors }: { input: StartInput; errors: FieldError[] },
): Promise<{ markets: Market[]; timeframe: Timeframe | undefined }> {
  const gateway = requireMarketData(deps, venue);
  const markets = await askExchange(venue, gateway.loadMarkets());
  const timeframes = await askExchange(venue, gateway.timeframes());
  const asked =
    'symbols' in input
      ? { symbols: input.symbols, path: 'symbols' as const }
      : { symbols: [input.symbol], path: 'symbol' as const };
  const picked = pickMarkets(markets, { ...asked, venueName: venueName(venue) });
  errors.push(...picked.errors);
  const timeframe =
    isTimeframe(input.timeframe) && timeframes.includes(input.timeframe) ? input.timeframe : undefined;
  if (!timeframe) {
    const known = timeframes.join(', ');
    const message = `${venueName(venue)} has no "${input.timeframe}" candles. Choose one of: ${known}.`;
    errors.push({ path: 'timeframe', message });
  }
  return { markets: picked.found, timeframe };
}

/** Returns what a bot begins with: as given, the default on paper, or what is free on the account. */
export async function chooseBalance(
  deps: Deps,
  userId: string,
  { input, place, market }: { input: Pick<StartBotInput, 'initial_balance'>; place: Place; market: Market },
): Promise<Money> {
  if (input.initial_balance !== undefined) return money(input.initial_balance);
  if (!place.key) return DEFAULT_PAPER_BALANCE;
  const account = { accountId: place.key.id, userId, mode: 'live' as const, venue: place.venue };
  const fetchBalances = async () => (await deps.accountFor(account)).fetchBalances();
  const balances = await askExchange(place.venue, fetchBalances());
  return balances.get(market.quote)?.free ?? ZERO;
}

/** Throws 422, with the numbers, when the very first buy would be below the exchange's minimum. */
export async function requireTradableSize(
  deps: Deps,
  venue: string,
  plan: { sizing: Sizing; initialBalance: Money; market: Market },
): Promise<void> {
  const { sizing, initialBalance, market } = plan;
  const ticker = await askExchange(venue, deps.marketData(venue).fetchTicker(market.symbol));
  const size = sizeBuy({
    sizing,
    equity: initialBalance,
    freeQuote: initialBalance,
    price: ticker.last,
    market,
  });
  if (size.refusal === null) return;
  const path = initialBalance.isZero() ? 'initial_balance' : 'sizing.value';
  const wanted = sizing.type === 'quote_amount' ? sizing.value : initialBalance.times(sizing.value);
  const spent = `Buying for ${wanted.toSignificantDigits(8).toFixed()} ${market.quote} at ${ticker.last.toFixed()}`;
  throw refuseField(path, `${spent}: ${size.refusal.detail} Give each order a larger amount.`);
}
