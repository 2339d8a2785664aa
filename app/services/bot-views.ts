import type { BotRun } from '../../db/queries/bots.ts';
import type { LoggedDecision } from '../../db/queries/decisions.ts';
import type { OwnedOrder, Trade } from '../../db/queries/trades.ts';
import { ZERO, type Money } from '../../jobs/trading/decimal.ts';
import { unrealizedPnl } from '../../jobs/trading/portfolio/ledger.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { BotView, DecisionView, OrderView, PositionView, TradeView } from '../schemas/views.ts';
import { describeState, isInPosition } from './bot-state.ts';
import { venueName } from './markets.server.ts';

/** What a bot is worth now, exactly, in quote: at the last price seen, or at the entry price while none was. */
export type Worth = { unrealized: Money; profit: Money; equity: Money };

export function worthOf(bot: BotRun): Worth {
  const { position, lastPrice, realizedPnl, initialBalance } = bot;
  const unrealized = position.quantity.isZero()
    ? ZERO
    : unrealizedPnl(position, lastPrice ?? position.entryPrice);
  const profit = realizedPnl.plus(unrealized);
  return { unrealized, profit, equity: initialBalance.plus(profit) };
}

/** Returns a share of a whole as a percentage with two decimals, or null where the whole is nothing. */
export function toPct(part: Money, whole: Money): string | null {
  return whole.gt(0) ? part.div(whole).times(100).toFixed(2) : null;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

const dateOrNull = (date: Date | null) => date?.toISOString() ?? null;
const textOrNull = (value: Money | null) => value?.toFixed() ?? null;

function toPositionView(bot: BotRun, unrealized: Money): PositionView {
  const { quantity, entryPrice, cost, openedAtMs } = bot.position;
  return {
    quantity: quantity.toFixed(),
    averagePrice: isInPosition(bot) ? entryPrice.toFixed() : null,
    cost: cost.toFixed(),
    unrealizedPnl: unrealized.toFixed(),
    openedAt: isoOrNull(openedAtMs),
  };
}

function toLastSignal({ lastSignal }: BotRun): BotView['lastSignal'] {
  if (!lastSignal) return null;
  const { kind, confidence, reason, candleTimeMs } = lastSignal;
  return { signal: kind, confidence, reason, candleTime: iso(candleTimeMs) };
}

/** Returns a bot as pages show it. */
export function toBotView(bot: BotRun): BotView {
  const { unrealized, profit, equity } = worthOf(bot);
  return {
    id: bot.id,
    name: bot.name,
    status: bot.status,
    mode: bot.mode,
    strategy: bot.strategy,
    strategyTitle: findStrategy(bot.strategy)?.title ?? bot.strategy,
    strategySentence: findStrategy(bot.strategy)?.describe?.(bot.parameters) ?? null,
    venue: bot.venue,
    venueName: venueName(bot.venue),
    symbol: bot.symbol,
    base: bot.base,
    quote: bot.quote,
    timeframe: bot.timeframe,
    exchangeKeyId: bot.exchangeKeyId,
    basketId: bot.basketId,
    parameters: bot.parameters,
    sizing: { type: bot.sizing.type, value: bot.sizing.value.toFixed() },
    risk: bot.risk,
    initialBalance: bot.initialBalance.toFixed(),
    startedAt: iso(bot.startedAtMs),
    stoppedAt: isoOrNull(bot.stoppedAtMs),
    lastTickAt: isoOrNull(bot.lastTickAtMs),
    lastCandleTime: isoOrNull(bot.lastCandleTimeMs),
    lastSignal: toLastSignal(bot),
    lastPrice: textOrNull(bot.lastPrice),
    lastPriceAt: isoOrNull(bot.lastPriceAtMs),
    position: toPositionView(bot, unrealized),
    realizedPnl: bot.realizedPnl.toFixed(),
    profit: profit.toFixed(),
    profitPct: toPct(profit, bot.initialBalance),
    fees: bot.feesQuote.toFixed(),
    equity: equity.toFixed(),
    error: bot.error,
    halt: toHaltView(bot),
    ...describeState(bot),
  };
}

function toHaltView({ status, halt }: BotRun): BotView['halt'] {
  return status === 'HALTED' && halt ? { at: iso(halt.atMs), rule: halt.rule, reason: halt.reason } : null;
}

/** Returns an order as pages show it. */
export function toOrderView(order: OwnedOrder): OrderView {
  return {
    id: order.id,
    botRunId: order.botRunId,
    botName: order.botName,
    symbol: order.symbol,
    base: order.base,
    quote: order.quote,
    venue: order.venue,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: order.exchangeOrderId,
    side: order.side,
    type: order.type,
    reason: order.reason,
    quantity: order.quantity.toFixed(),
    filledQuantity: order.filledQuantity.toFixed(),
    limitPrice: textOrNull(order.limitPrice),
    stopPrice: textOrNull(order.stopPrice),
    timeInForce: order.timeInForce,
    isPostOnly: order.isPostOnly,
    slot: order.slot,
    replacesOrderId: order.replacesOrderId,
    status: order.status,
    statusDetail: order.statusDetail,
    candleTime: order.candleTime.toISOString(),
    decidedAt: order.decidedAt.toISOString(),
    submittedAt: dateOrNull(order.submittedAt),
    acknowledgedAt: dateOrNull(order.acknowledgedAt),
    closedAt: dateOrNull(order.closedAt),
    createdAt: order.createdAt.toISOString(),
  };
}

/** Returns a fill as pages show it. A buy realises nothing, so its profit is null. */
export function toTradeView(trade: Trade): TradeView {
  const { id, quantity, price, fee, feeQuote, pnl, pnlFifo, executedAtMs, ...rest } = trade;
  return {
    ...rest,
    id: String(id),
    quantity: quantity.toFixed(),
    price: price.toFixed(),
    fee: fee.toFixed(),
    feeQuote: textOrNull(feeQuote),
    pnl: trade.side === 'BUY' ? null : textOrNull(pnl),
    pnlFifo: textOrNull(pnlFifo),
    executedAt: iso(executedAtMs),
  };
}

/** Returns a decision as pages show it. */
export function toDecisionView(decision: LoggedDecision): DecisionView {
  const { id, candleTimeMs, createdAtMs, verdicts, ...rest } = decision;
  return {
    ...rest,
    id: String(id),
    candleTime: iso(candleTimeMs),
    createdAt: iso(createdAtMs),
    verdicts: verdicts.map(({ rule, outcome, detail, untilMs }) => ({
      rule,
      outcome,
      detail,
      until: isoOrNull(untilMs ?? null),
    })),
  };
}
