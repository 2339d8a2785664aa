import { sliceCandles } from '../candles.ts';
import type { Money } from '../decimal.ts';
import {
  freshMemory,
  type Budget,
  type OrderMemory,
  type OrderStrategy,
  type OrderWish,
} from '../order-strategies/order-strategy.ts';
import { findOrderStrategy } from '../order-strategies/registry.ts';
import { toBudget } from '../order-strategies/wishes.ts';
import { fitBudget } from '../portfolio/fit-budget.ts';
import { applyFill, equity, flatPosition } from '../portfolio/ledger.ts';
import { leftOf, planOrders, type WantedOrder } from '../portfolio/plan-orders.ts';
import { judgeDrawdown } from '../risk/max-drawdown.ts';
import { allowResting } from '../risk/resting-entries.ts';
import { utcDayStart } from '../timeframe.ts';
import type { BotState, Candles, Market, ValuedFill } from '../types.ts';
import { LotTrades } from './lot-trades.ts';
import { fillOf, SlotBooks, toResting, type RestingOrder } from './order-book.ts';
import { inArithmetic, moneyIn, toMarket, type BacktestSettings, type PairCandles } from './settings.ts';

/** A plan that cannot begin on these candles: what is wrong with it, in sentences. */
export class PlanFault extends RangeError {}

/** A strategy that keeps orders, on its way through the candles of one pair. All money in it is of one arithmetic. */
export type OrderRun = {
  readonly strategy: OrderStrategy;
  readonly settings: BacktestSettings;
  readonly candles: Candles;
  readonly warmUp: number;
  readonly market: Market;
  readonly budget: Budget;
  readonly toMoney: (value: number) => Money;
  /** How many closed candles the strategy looks at. */
  readonly lookBack: number;
  readonly lots: LotTrades;
  readonly books: SlotBooks;
  /** Every fill so far, the oldest first. */
  readonly fills: { slot: string; fill: ValuedFill }[];
  state: BotState;
  dayMs: number;
  memory: OrderMemory;
  resting: RestingOrder[];
  wake: NonNullable<OrderWish['wake']>;
  isHalted: boolean;
  /** The strategy has ended, and why. */
  done: string | null;
};

/** Returns a run before its first candle. Throws `PlanFault` where the strategy cannot begin at the first open. */
export function createOrderRun(pairs: readonly PairCandles[], given: BacktestSettings): OrderRun {
  const strategy = findOrderStrategy(given.strategy);
  if (!strategy) throw new RangeError(`Unknown strategy ${given.strategy}`);
  const [pair, ...more] = pairs;
  if (!pair || pair.candles.close.length === 0) throw new RangeError('A backtest needs candles');
  if (more.length > 0) throw new PlanFault(`${strategy.title} trades one pair: give one.`);
  if (pair.detail) throw new PlanFault(`${strategy.title} takes no finer candles.`);
  const { params, ...rest } = given;
  const arithmetic = given.arithmetic ?? 'float';
  const settings = { ...inArithmetic(rest, arithmetic), params };
  const market = toMarket(pair.symbol, settings);
  const { initialBalance } = settings;
  const run: OrderRun = {
    strategy,
    settings,
    candles: pair.candles,
    warmUp: pair.warmUp ?? 0,
    market,
    budget: budgetOf(settings),
    toMoney: moneyIn(arithmetic),
    lookBack: strategy.countCandles?.(params) ?? 0,
    lots: new LotTrades(market),
    books: new SlotBooks(),
    fills: [],
    state: startState(initialBalance),
    dayMs: -Infinity,
    memory: freshMemory(),
    resting: [],
    wake: {},
    isHalted: false,
    done: null,
  };
  checkPlan(run);
  return run;
}

function budgetOf({ sizing, stake, initialBalance }: BacktestSettings): Budget {
  if (sizing) return toBudget(sizing, initialBalance);
  if (stake !== 'all') return { each: stake };
  const whole = initialBalance.minus(initialBalance).plus(1);
  return toBudget({ type: 'equity_fraction', value: whole }, initialBalance);
}

function startState(initialBalance: Money): BotState {
  const zero = initialBalance.minus(initialBalance);
  return {
    position: flatPosition(zero),
    realizedPnl: zero,
    initialBalance,
    freeQuote: initialBalance,
    hasWorkingOrder: false,
    tradesToday: 0,
    realizedPnlToday: zero,
    lastExitAtMs: null,
    lastExitPnl: null,
    lossStreak: 0,
    equityPeak: initialBalance,
  };
}

function checkPlan({ strategy, settings, market, budget, toMoney, candles, warmUp }: OrderRun): void {
  const price = toMoney(candles.open[warmUp] ?? candles.close.at(-1) ?? NaN);
  const { params, initialBalance } = settings;
  const faults = strategy.findFaults(params, { market, price, initialBalance, budget });
  if (faults.length > 0) throw new PlanFault(faults.map(({ message }) => message).join(' '));
}

/** The moment at which a run is asked: a price of candle `index`, which has closed where `isClose`. */
export type Moment = { price: Money; timeMs: number; index: number; isClose?: boolean };

/**
 * Asks the strategy what is to work now and makes it so. What is called back ends at once. What is new can fill from the next
 * candle on, for inside a candle nobody knows what came first; a sale at the market fills at the price of the moment.
 */
export function ask(run: OrderRun, moment: Moment): void {
  for (let turn = 0; turn < MOST_TURNS && run.done === null; turn += 1) {
    const { round } = run.memory;
    const wish = run.strategy.wanted(run.settings.params, toInput(run, moment));
    run.memory = wish.memory;
    run.wake = wish.wake ?? {};
    makeSo(run, wish.orders, moment);
    run.done = wish.done ?? null;
    if (run.memory.round !== round) run.books.books.clear();
    const isSelling = sellAtMarket(run, moment);
    if (run.memory.round === round && !isSelling) return;
  }
}

/** A deal that ends, a next one that begins, and a sale in between. */
const MOST_TURNS = 5;

/** Returns what the strategy wants at a moment when it has seen those closed candles; the run goes on as if never asked. */
export function wishAt(run: OrderRun, moment: Moment, candles: Candles): OrderWish {
  return run.strategy.wanted(run.settings.params, toInput(run, moment, candles));
}

function toInput(run: OrderRun, moment: Moment, candles = closedCandles(run, moment)) {
  const { market, state, memory, books, budget, settings } = run;
  const { price, timeMs: nowMs } = moment;
  const { timeframe } = settings;
  return { market, state, memory, slots: books.books, budget, price, nowMs, timeframe, candles };
}

function closedCandles({ candles, lookBack }: OrderRun, { index, isClose = false }: Moment): Candles {
  const end = lookBack === 0 ? 0 : index + (isClose ? 1 : 0);
  return sliceCandles(candles, Math.max(0, end - lookBack), end);
}

function makeSo(run: OrderRun, orders: WantedOrder[], { price, timeMs, index }: Moment): void {
  const { state, market, isHalted } = run;
  const scene = { state, risk: run.settings.risk, market, price, nowMs: timeMs, isHalted };
  const allowed = allowResting(orders, scene).orders;
  for (const order of planOrders(allowed, run.resting, state.position.quantity).cancel) {
    run.resting = run.resting.filter(({ slot }) => slot !== order.slot);
    run.books.canceled(order as RestingOrder);
  }
  const { place } = planOrders(allowed, run.resting, state.position.quantity);
  const working = run.resting.map((order) => ({ ...order, left: leftOf(order) }));
  for (const wish of fitBudget(place, { freeQuote: state.freeQuote, working, market, price })) {
    const order = toResting(wish, isSaleAtMarket(wish) ? index : index + 1);
    run.resting.push(order);
    run.books.placed(order);
  }
}

const isSaleAtMarket = ({ side, type }: WantedOrder) => side === 'SELL' && type === 'market';

/** Returns whether something was sold. */
function sellAtMarket(run: OrderRun, moment: Moment): boolean {
  const sales = run.resting.filter(({ wish }) => isSaleAtMarket(wish));
  for (const order of sales) fill(run, order, moment);
  return sales.length > 0;
}

/** `isEnd`: the candles have ended, not the trade. */
export type Filling = Moment & { isEnd?: boolean };

/** Fills an order and books it in the ledger of live trading. */
export function fill(run: OrderRun, order: RestingOrder, touch: Filling): void {
  const { market, settings, candles } = run;
  const { price, index, isEnd = false } = touch;
  const timeMs = candles.openTimeMs[index] ?? NaN;
  const filled = fillOf(order, { price, timeMs, slippageBps: isEnd ? 0 : settings.slippageBps, market });
  run.resting = run.resting.filter(({ slot }) => slot !== order.slot);
  run.books.filled(order, filled, market);
  run.fills.push({ slot: order.slot, fill: filled });
  book(run, filled);
  run.lots.book(filled, isEnd ? 'end' : order.wish.reason);
}

function book(run: OrderRun, filled: Parameters<typeof applyFill>[1]): void {
  const { position, realizedPnl } = applyFill(run.state.position, filled, run.market);
  const realized = run.state.realizedPnl.plus(realizedPnl);
  run.state = {
    ...run.state,
    position,
    realizedPnl: realized,
    realizedPnlToday: run.state.realizedPnlToday.plus(realizedPnl),
    freeQuote: run.state.initialBalance.plus(realized).minus(position.cost),
  };
}

/** Begins a new day of the daily loss where a candle does. */
export function moveToDay(run: OrderRun, timeMs: number): void {
  const dayMs = utcDayStart(timeMs);
  if (dayMs === run.dayMs) return;
  run.dayMs = dayMs;
  run.state = { ...run.state, realizedPnlToday: run.state.initialBalance.minus(run.state.initialBalance) };
}

/** Holds the equity at a close against the largest fall allowed, as live watching does. */
export function watchFall(run: OrderRun, price: Money): void {
  const { state, settings, market } = run;
  if (!settings.risk.maxDrawdownPct || run.isHalted) return;
  const verdict = judgeDrawdown({ state, risk: settings.risk, price, quote: market.quote });
  run.isHalted = verdict?.halts ?? false;
  const owned = equity(state, price);
  if (owned.gt(state.equityPeak)) run.state = { ...state, equityPeak: owned };
}
