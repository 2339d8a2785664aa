import type { Deps } from '../../jobs/deps.ts';
import { sliceCandles, tailCandles } from '../../jobs/trading/candles.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { Strategy } from '../../jobs/trading/strategies/strategy.ts';
import { isTimeframe } from '../../jobs/trading/timeframe.ts';
import type { Candles } from '../../jobs/trading/types.ts';
import type { ChartView, MarketPreviewView } from '../schemas/chart-views.ts';
import { toCandleViews, toIndicatorView } from './bot-detail.server.ts';
import { refuseField } from './app-error.ts';
import { askExchange, requireMarketData, venueName } from './markets.server.ts';
import { parseParams } from './strategy-params.ts';

const CHART_CANDLES = 240;

type Choice = {
  venue: string;
  symbol: string;
  timeframe: string;
  strategy: string;
  /** As a form sends them. */
  params: Record<string, unknown>;
};

/**
 * Returns a market's newest candles and where the strategy would have signalled on them; without a strategy, or with
 * parameters that it does not take, the candles alone. Throws 422 for what the venue does not have, and what `askExchange` throws.
 */
export async function previewMarket(deps: Deps, choice: Choice): Promise<MarketPreviewView> {
  const { venue, symbol, timeframe } = choice;
  const market = (await askExchange(venue, requireMarketData(deps, venue).loadMarkets())).get(symbol);
  if (!market) throw refuseField('symbol', `${venueName(venue)} has no market "${symbol}".`);
  if (!isTimeframe(timeframe)) throw refuseField('timeframe', `There are no "${timeframe}" candles.`);
  const strategy = findStrategy(choice.strategy);
  const { params } = strategy ? parseParams(strategy, choice.params) : { params: null };
  const plan = strategy && params ? { strategy, params } : null;
  const count = CHART_CANDLES + (plan ? plan.strategy.warmUp(plan.params) : 0);
  const candles = await askExchange(venue, deps.candles.latest({ venue, symbol, timeframe, count }));
  const chart = toChart(candles, plan);
  const buys = chart.markers.filter((marker) => marker.side === 'BUY').length;
  return {
    chart,
    signals: plan && { buys, sells: chart.markers.length - buys },
    priceDecimals: market.tickSize.isZero() ? null : market.tickSize.decimalPlaces(),
  };
}

type Plan = { strategy: Strategy; params: Record<string, unknown> };

function toChart(candles: Candles, plan: Plan | null): ChartView {
  const shown = tailCandles(candles, CHART_CANDLES);
  const count = shown.close.length;
  const series = plan && count > 0 ? plan.strategy.indicators(plan.params, candles) : [];
  return {
    candles: toCandleViews(shown),
    indicators: series.map((line) => toIndicatorView(line, count)),
    markers: plan ? listSignals(candles, plan) : [],
    lines: [],
    problem: null,
  };
}

/** What the strategy says at the close of each candle that the chart shows, holding left out. */
function listSignals(candles: Candles, { strategy, params }: Plan): ChartView['markers'] {
  const warmUp = strategy.warmUp(params);
  const total = candles.close.length;
  const markers: ChartView['markers'] = [];
  for (let end = Math.max(warmUp, total - CHART_CANDLES + 1); end <= total; end++) {
    const { kind, reason } = strategy.signal(params, sliceCandles(candles, end - warmUp, end));
    const price = candles.close[end - 1] ?? 0;
    const timeMs = candles.openTimeMs[end - 1] ?? 0;
    if (kind !== 'HOLD') markers.push({ timeMs, side: kind, price, quantity: '', label: reason });
  }
  return markers;
}
