import type { BacktestRequest } from '../../db/schema/backtests.ts';
import { findStoredStrategy } from '../../db/queries/strategies.ts';
import type { Deps } from '../../jobs/deps.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findMismatch, parseWeights } from '../../jobs/trading/rebalance/weights.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import { timeframeMs } from '../../jobs/trading/timeframe.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import type { StartBacktestInput } from '../schemas/backtests.ts';
import { AppError, refuseField } from './app-error.ts';
import { checkMarkets, checkQuotes, checkStretch, chooseSteps } from './backtest-markets.server.ts';
import { findUnfitRules } from './order-plans.server.ts';
import { parseParams } from './strategy-params.ts';

const DEFAULTS = { fee: '0.001', slippage: '0', balance: '1000', stake: 'all' };

/**
 * Checks everything that can be known before a backtest runs and returns what is stored of it. Candles that are stored need no
 * exchange that answers. Throws 422 with one message per field at fault, 503 when the exchange must be asked and cannot.
 */
export async function planBacktest(deps: Deps, input: StartBacktestInput): Promise<BacktestRequest> {
  const { strategy, params } = await checkStrategy(deps, input);
  const { exchange: venue, symbols, timeframe } = input;
  checkQuotes(symbols);
  checkOrderKeeper(input);
  checkRebalance(input, params);
  checkDetail(input);
  const stretch = checkStretch(input, deps.clock.now());
  const markets = await checkMarkets(deps, input);
  return {
    strategy: strategy.name,
    params,
    venue,
    symbols,
    timeframe,
    ...(input.detail_timeframe && { detailTimeframe: input.detail_timeframe }),
    ...stretch,
    ...chooseMoney(input),
    risk: toStoredRisk(input.risk ?? {}),
    ...chooseSteps(input, markets),
    fetchesMissing: input.fetch_missing ?? true,
  };
}

type Money = Pick<
  BacktestRequest,
  'initialBalance' | 'stake' | 'sizing' | 'maxOpen' | 'fee' | 'makerFee' | 'slippage'
>;

const chooseMoney = (input: StartBacktestInput): Money => ({
  initialBalance: input.initial_balance ?? DEFAULTS.balance,
  stake: input.stake ?? DEFAULTS.stake,
  ...(input.sizing && { sizing: input.sizing }),
  ...(input.max_open_positions && { maxOpen: input.max_open_positions }),
  fee: input.fee ?? DEFAULTS.fee,
  ...(input.maker_fee === undefined ? {} : { makerFee: input.maker_fee }),
  slippage: input.slippage ?? DEFAULTS.slippage,
});

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

/** A strategy that keeps orders has exits of its own, on one market. */
function checkOrderKeeper({ strategy: name, symbols, risk }: StartBacktestInput): void {
  const strategy = findOrderStrategy(name);
  if (!strategy) return;
  const unfit = findUnfitRules(strategy, toStoredRisk(risk ?? {}));
  if (unfit.length > 0) throw refuse(unfit);
  if (symbols.length > 1)
    throw refuseField('symbol', `${strategy.title} trades one market: give one symbol.`);
}

/** Target weights name all symbols, and leave no room for what is meant for single trades. */
function checkRebalance(input: StartBacktestInput, params: Record<string, unknown>): void {
  const { strategy, symbols, risk, stake = 'all', sizing, max_open_positions: most } = input;
  if (strategy !== REBALANCE) return;
  const mismatch = findMismatch(parseWeights(String(params['weights'])), symbols);
  if (mismatch !== undefined) throw refuseField('symbol', mismatch);
  const rules = Object.keys(toStoredRisk(risk ?? {})).map((rule) => `risk.${rule}`);
  const others = {
    stake: stake !== 'all',
    sizing: sizing !== undefined,
    max_open_positions: most !== undefined,
  };
  const unfit = [...rules, ...Object.entries(others).flatMap(([path, isOn]) => (isOn ? [path] : []))];
  const message = 'Rebalance buys and sells by its weights alone. Leave this out.';
  if (unfit.length > 0) throw refuse(unfit.map((path) => ({ path, message })));
}

const EXITS = [
  'stop_loss_pct',
  'take_profit_pct',
  'trailing_stop_pct',
  'roi_table',
  'time_exit_candles',
] as const;

/** Finer candles must fit into the others, and there must be something that they tell. */
function checkDetail(input: StartBacktestInput): void {
  const { strategy, timeframe, detail_timeframe: detail, risk } = input;
  if (detail === undefined) return;
  const keeper = findOrderStrategy(strategy);
  if (timeframeMs(detail) >= timeframeMs(timeframe) || timeframeMs(timeframe) % timeframeMs(detail) !== 0)
    throw refuseField(
      'detail_timeframe',
      `Candles of ${timeframe} cannot be parted into candles of ${detail}. Choose a shorter timeframe that fits into it.`,
    );
  const title = strategy === REBALANCE ? 'Rebalance' : keeper?.title;
  if (title) throw refuseField('detail_timeframe', `${title} takes no finer candles. Choose none.`);
  if (EXITS.every((rule) => risk?.[rule] === undefined))
    throw refuseField(
      'detail_timeframe',
      'Finer candles tell when a stop or a target was touched, and no such rule is on. Choose none, or set one.',
    );
}
