import type { Deps } from '../../jobs/deps.ts';
import { tailCandles } from '../../jobs/trading/candles.ts';
import { money } from '../../jobs/trading/decimal.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { scanCandles } from '../../jobs/trading/strategies/scan.ts';
import type { Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import { isTimeframe, type Timeframe } from '../../jobs/trading/timeframe.ts';
import type { Candles, Market, Position } from '../../jobs/trading/types.ts';
import type { ChartView, MarketPreviewView } from '../schemas/chart-views.ts';
import { toCandleViews, toIndicatorView } from './bot-detail.server.ts';
import { refuseField } from './app-error.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';
import { previewPlan, type Draft, type PlanView } from './order-plans.server.ts';
import { listUnusable, parseParams } from './strategy-params.ts';

const CHART_CANDLES = 240;

type Choice = {
  venue: string;
  symbol: string;
  timeframe: string;
  strategy: string;
  /** As a form sends them. */
  params: Record<string, unknown>;
  sizing?: Draft['sizing'];
  initialBalance?: string | undefined;
};

const speaksOnCandles = (plan: { strategy: Strategy } | null) =>
  plan !== null && plan.strategy.name !== WEBHOOK && plan.strategy.name !== REBALANCE;

/**
 * Returns a market's newest candles and where the strategy would have signalled on them; without a strategy, or with
 * parameters that it does not take, the candles alone. Throws 422 for what the venue does not have, and what `askExchange` throws.
 */
export async function previewMarket(deps: Deps, choice: Choice): Promise<MarketPreviewView> {
  const { venue, symbol, timeframe } = choice;
  const market = (await askExchange(venue, requireMarketData(deps, venue).loadMarkets())).get(symbol);
  if (!market) throw refuseField('symbol', `${venueName(venue)} has no market "${symbol}".`);
  if (!isTimeframe(timeframe)) throw refuseField('timeframe', `There are no "${timeframe}" candles.`);
  const { plan, sentence } = toPlan(choice, timeframe);
  const count = CHART_CANDLES + (plan ? plan.strategy.warmUp(plan.params, timeframe) : 0);
  const candles = await askExchange(venue, deps.candles.latest({ venue, symbol, timeframe, count }));
  const orders = toOrders(choice, market, candles);
  const chart = { ...toChart(candles, plan), lines: orders ? orders.levels.map(toLine) : [] };
  const buys = chart.markers.filter((marker) => marker.side === 'BUY').length;
  return {
    chart,
    sentence: orders?.sentence ?? sentence,
    signals: orders || !speaksOnCandles(plan) ? null : { buys, sells: chart.markers.length - buys },
    priceDecimals: market.tickSize.isZero() ? null : market.tickSize.decimalPlaces(),
  };
}

const toLine = (price: number, at: number) => ({
  label: `Level ${at}`,
  price: String(price),
  kind: 'entry' as const,
});

function toOrders(choice: Choice, market: Market, candles: Candles): PlanView | null {
  const strategy = findStrategy(choice.strategy);
  const params = strategy ? parseParams(strategy, choice.params).params : null;
  const { sizing = { type: undefined, value: undefined }, initialBalance } = choice;
  return previewPlan({ ...choice, params, market, sizing, initialBalance, price: candles.close.at(-1) });
}

type Plan = { strategy: Strategy; params: Record<string, unknown>; timeframe: Timeframe };

/** Without parameters that the strategy takes on this timeframe there is no plan. */
function toPlan(choice: Choice, timeframe: Timeframe): { plan: Plan | null; sentence: string | null } {
  const strategy = findStrategy(choice.strategy);
  if (!strategy) return { plan: null, sentence: null };
  const { params } = parseParams(strategy, choice.params);
  if (!params) return { plan: null, sentence: null };
  const isUsable = listUnusable({ strategy, params, timeframe }).length === 0;
  return {
    plan: isUsable ? { strategy, params, timeframe } : null,
    sentence: strategy.describe?.(params) ?? null,
  };
}

function toChart(candles: Candles, plan: Plan | null): ChartView {
  const shown = tailCandles(candles, CHART_CANDLES);
  const count = shown.close.length;
  const input = plan && { candles, timeframe: plan.timeframe };
  const series = input && count > 0 ? plan.strategy.indicators(plan.params, input) : [];
  return {
    candles: toCandleViews(shown),
    indicators: series.map((line) => toIndicatorView(line, count)),
    markers: plan ? listSignals(candles, plan) : [],
    lines: [],
    problem: null,
  };
}

/** What the strategy says at the close of each candle that the chart shows, holding left out. */
function listSignals(candles: Candles, { strategy, params, timeframe }: Plan): ChartView['markers'] {
  const { acts, signalAt } = scanCandles(strategy, params, { candles, timeframe });
  const markers: ChartView['markers'] = [];
  let held: Position | null = null;
  for (let index = Math.max(0, acts.length - CHART_CANDLES); index < acts.length; index++) {
    if (acts[index] !== 1) continue;
    const { kind, explain } = signalAt(index, held);
    const price = candles.close[index] ?? 0;
    const timeMs = candles.openTimeMs[index] ?? 0;
    if (kind === 'HOLD') continue;
    markers.push({ timeMs, side: kind, price, quantity: '', label: explain() });
    held = kind === 'BUY' ? (held ?? holdingFrom(price, timeMs)) : null;
  }
  return markers;
}

/** What a bot would hold that had bought at that close: a strategy may ask since when and at what price. */
function holdingFrom(price: number, timeMs: number): Position {
  const paid = money(price);
  return { quantity: money(1), cost: paid, entryPrice: paid, highPrice: paid, openedAtMs: timeMs };
}
