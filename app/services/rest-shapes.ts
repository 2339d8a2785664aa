/** The JSON of the REST interface: snake_case, decimals as strings, times ISO 8601 UTC. */
import type { BasketView } from '../schemas/basket-views.ts';
import type { ExchangeKeyView, OrderView, StrategyView, TradePage, TradeView } from '../schemas/views.ts';
import type { BotStatus } from './bots.server.ts';
import type { IssuedToken } from './api-tokens.server.ts';
import type { Pnl } from './reports.server.ts';

export function toTokenJson({ token, scopes, expiresAt, userId }: IssuedToken) {
  return { token, scopes, expires_at: expiresAt, user_id: userId };
}

/** `warning` says what to be careful about; null when nothing. */
export function toKeyJson(key: ExchangeKeyView) {
  const { id, exchange, label, keyHint, permissions, sandbox, createdAt, warning } = key;
  return { id, exchange, label, key_hint: keyHint, permissions, sandbox, created_at: createdAt, warning };
}

/**
 * `position.average_price` is null when flat. `equity` is initial balance + realised + unrealised at the last price. Of a
 * basket's leg `initial_balance` is an equal share of the basket's, so that sums over bots are right.
 */
export function toBotJson({ bot, openOrders }: BotStatus) {
  const { lastSignal, position } = bot;
  return {
    bot_run_id: bot.id,
    name: bot.name,
    status: bot.status,
    strategy: bot.strategy,
    symbol: bot.symbol,
    timeframe: bot.timeframe,
    mode: bot.mode,
    exchange: bot.venue,
    exchange_key_id: bot.exchangeKeyId,
    basket_id: bot.basketId,
    params: bot.parameters,
    sizing: bot.sizing,
    risk: bot.risk,
    initial_balance: bot.initialBalance,
    started_at: bot.startedAt,
    stopped_at: bot.stoppedAt,
    last_tick_at: bot.lastTickAt,
    last_signal: lastSignal && {
      signal: lastSignal.signal,
      confidence: lastSignal.confidence,
      reason: lastSignal.reason,
      candle_time: lastSignal.candleTime,
    },
    position: {
      quantity: position.quantity,
      average_price: position.averagePrice,
      unrealized_pnl: position.unrealizedPnl,
    },
    realized_pnl: bot.realizedPnl,
    fees: bot.fees,
    equity: bot.equity,
    open_orders: openOrders.map(toOrderJson),
    error: bot.error ?? bot.halt?.reason ?? null,
  };
}

/** A basket with the status objects of its legs, in the order of its symbols. */
export function toBasketJson(basket: BasketView) {
  return {
    basket_id: basket.id,
    name: basket.name,
    status: basket.status,
    initial_balance: basket.initialBalance,
    max_open_positions: basket.maxOpen,
    open_positions: basket.openPositions,
    realized_pnl: basket.realizedPnl,
    unrealized_pnl: basket.unrealizedPnl,
    fees: basket.fees,
    equity: basket.equity,
    bots: basket.legs.map((bot) => toBotJson({ bot, openOrders: [] })),
  };
}

function toOrderJson(order: OrderView) {
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    exchange_order_id: order.exchangeOrderId,
    side: order.side,
    type: order.type,
    status: order.status,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    created_at: order.createdAt,
  };
}

function toTradeJson(trade: TradeView) {
  return {
    id: trade.id,
    bot_run_id: trade.botRunId,
    client_order_id: trade.clientOrderId,
    exchange_trade_id: trade.exchangeTradeId,
    symbol: trade.symbol,
    side: trade.side,
    quantity: trade.quantity,
    price: trade.price,
    fee: trade.fee,
    fee_currency: trade.feeCurrency,
    pnl: trade.pnl,
    created_at: trade.executedAt,
  };
}

export function toTradesJson({ trades, nextCursor }: TradePage) {
  return { trades: trades.map(toTradeJson), next_cursor: nextCursor };
}

/** The sums and the curve are those of the bots in `currency`; `by_bot` has every bot in its own. */
export function toPnlJson({ currency, realizedPnl, unrealizedPnl, fees, curve, byBot }: Pnl) {
  return {
    currency,
    realized_pnl: realizedPnl,
    unrealized_pnl: unrealizedPnl,
    fees,
    equity_curve: curve,
    by_bot: byBot.map((bot) => ({
      bot_run_id: bot.botRunId,
      name: bot.name,
      mode: bot.mode,
      symbol: bot.symbol,
      currency: bot.currency,
      realized_pnl: bot.realizedPnl,
      unrealized_pnl: bot.unrealizedPnl,
      fees: bot.fees,
      equity: bot.equity,
    })),
  };
}

export function toStrategyJson({ name, description, enabled, paramsSchema }: StrategyView) {
  return { name, description, enabled, params_schema: paramsSchema };
}
