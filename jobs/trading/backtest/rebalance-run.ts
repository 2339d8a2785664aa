import type { Money } from '../decimal.ts';
import { fillMarketOrder } from '../portfolio/fill-model.ts';
import { toFillValue } from '../portfolio/fill-value.ts';
import { applyFill, flatPosition } from '../portfolio/ledger.ts';
import { sellQuantity } from '../portfolio/order-size.ts';
import type { RebalanceParams } from '../rebalance/params.ts';
import { FRESH_REBALANCE, type RebalanceMemory, type RebalanceOrder } from '../rebalance/plan.ts';
import { findMismatch, parseWeights } from '../rebalance/weights.ts';
import type { Candles, Market, Position, Side, ValuedFill } from '../types.ts';
import { LotTrades } from './lot-trades.ts';
import { PlanFault } from './order-run.ts';
import type { BacktestTrade } from './run.ts';
import { inArithmetic, moneyIn, toMarket, type BacktestSettings, type PairCandles } from './settings.ts';

/** One asset on its way through its candles. */
export type RebalanceLeg = {
  readonly market: Market;
  readonly weightPct: number;
  readonly candles: Candles;
  readonly warmUp: number;
  readonly lots: LotTrades;
  /** Its newest candle so far; -1 before its first. */
  at: number;
  position: Position;
  /** It fills at the open of the next candle of its pair. */
  order: RebalanceOrder | null;
};

/** A rebalancing on its way through candles: one balance for all legs. All money in it is of one arithmetic. */
export type RebalanceRun = {
  readonly settings: BacktestSettings;
  readonly params: RebalanceParams;
  readonly legs: RebalanceLeg[];
  readonly toMoney: (value: number) => Money;
  readonly trades: BacktestTrade[];
  /** Every fill so far, the oldest first. */
  readonly fills: { symbol: string; fill: ValuedFill }[];
  /** Quote units. */
  cash: Money;
  /** Of it, what sales brought in at the open of the present candle: it cannot be spent there. */
  unsettled: Money;
  memory: RebalanceMemory;
};

/** Returns a run before its first candle. Throws `PlanFault` where weights and pairs, or settings, do not fit. */
export function createRebalanceRun(pairs: readonly PairCandles[], given: BacktestSettings): RebalanceRun {
  const arithmetic = given.arithmetic ?? 'float';
  const { params, ...rest } = given;
  const settings = { ...inArithmetic(rest, arithmetic), params };
  requireNoOthers(settings);
  const weights = parseWeights((params as RebalanceParams).weights);
  const mismatch = findMismatch(
    weights,
    pairs.map(({ symbol }) => symbol),
  );
  if (mismatch !== undefined) throw new PlanFault(mismatch);
  const weightOf = ({ symbol }: PairCandles) => weights.find((weight) => weight.symbol === symbol)?.pct ?? 0;
  const { initialBalance } = settings;
  const zero = initialBalance.minus(initialBalance);
  return {
    settings,
    params: params as RebalanceParams,
    legs: pairs.map((pair) => createLeg(pair, weightOf(pair), { settings, zero })),
    toMoney: moneyIn(arithmetic),
    trades: [],
    fills: [],
    cash: initialBalance,
    unsettled: zero,
    memory: FRESH_REBALANCE,
  };
}

function createLeg(
  { symbol, candles, warmUp = 0, detail }: PairCandles,
  weightPct: number,
  { settings, zero }: { settings: BacktestSettings; zero: Money },
): RebalanceLeg {
  if (detail) throw new PlanFault('Rebalance takes no finer candles: its orders fill at an open.');
  if (candles.close.length === 0) throw new RangeError('A backtest needs candles');
  const market = toMarket(symbol, settings);
  const lots = new LotTrades(market);
  return { market, weightPct, candles, warmUp, lots, at: -1, position: flatPosition(zero), order: null };
}

/** Settings of strategies that buy and sell one pair by a signal say nothing here. */
function requireNoOthers({ risk, stake, sizing, maxOpen }: BacktestSettings): void {
  if (Object.keys(risk).length > 0)
    throw new PlanFault(
      'Rebalance takes no rules for single trades: what a stop sold it would buy back at the next candle.',
    );
  if (stake !== 'all' || sizing)
    throw new PlanFault('Rebalance buys by its weights: leave the stake at all of the balance.');
  if (maxOpen !== undefined)
    throw new PlanFault('Rebalance holds all of its assets: leave out the limit of open positions.');
}

/**
 * Fills a leg's order at the open of its present candle, with slippage. A buy that costs more than there is, after a gap in
 * the price, is refused as an exchange would.
 */
export function fillOrder(run: RebalanceRun, leg: RebalanceLeg): void {
  const { order } = leg;
  leg.order = null;
  if (!order) return;
  const price = run.toMoney(leg.candles.open[leg.at] ?? NaN);
  const fill = toFill(leg, {
    side: order.side,
    quantity: order.quantity,
    price,
    slippageBps: run.settings.slippageBps,
  });
  const isBuy = order.side === 'BUY';
  if (isBuy && toFillValue(fill, leg.market).amount.gt(run.cash.minus(run.unsettled))) return;
  book(run, leg, { fill, reason: 'signal' });
}

/** Sells what is held at the last close: the candles have ended, not the trade. */
export function closeLeg(run: RebalanceRun, leg: RebalanceLeg): void {
  const quantity = sellQuantity(leg.position.quantity, leg.market);
  if (quantity.lte(0)) return;
  const price = run.toMoney(leg.candles.close[leg.at] ?? NaN);
  const fill = toFill(leg, { side: 'SELL', quantity, price, slippageBps: 0 });
  book(run, leg, { fill, reason: 'end' });
}

type Execution = { side: Side; quantity: Money; price: Money; slippageBps: number };

/** By the fill model of paper trading. */
function toFill({ market, candles, at }: RebalanceLeg, execution: Execution): ValuedFill {
  const { side, quantity, price: open, slippageBps } = execution;
  const prices = { bid: open, ask: open };
  const filled = fillMarketOrder({ side, quantity, prices, slippageBps, feeRate: market.takerFee, market });
  const feeQuote = filled.feeCurrency === market.base ? filled.fee.times(filled.price) : filled.fee;
  return { tradeId: '', side, quantity, ...filled, feeQuote, timeMs: candles.openTimeMs[at] ?? NaN };
}

type Booked = { fill: ValuedFill; reason: BacktestTrade['exitReason'] };

/** In the ledger of live trading; trades are paired first in, first out. */
function book(run: RebalanceRun, leg: RebalanceLeg, { fill, reason }: Booked): void {
  const { amount } = toFillValue(fill, leg.market);
  leg.position = applyFill(leg.position, fill, leg.market).position;
  run.cash = fill.side === 'BUY' ? run.cash.minus(amount) : run.cash.plus(amount);
  if (fill.side === 'SELL') run.unsettled = run.unsettled.plus(amount);
  const known = leg.lots.trades.length;
  leg.lots.book(fill, reason);
  run.trades.push(...leg.lots.trades.slice(known));
  run.fills.push({ symbol: leg.market.symbol, fill });
}
