import type { Candle } from '../../../jobs/trading/types.ts';
import { BinanceError } from './binance-errors.ts';
import { Amount, print } from './decimals.ts';
import type { ExchangeEngine } from './engine.ts';
import { Refusal, type SimulatedMarket } from './engine-types.ts';
import { midPrice, takerPrice } from './fills.ts';
import { candleAt, endMs, firstOpenMs } from './price-replay.ts';

type Params = Readonly<Record<string, string>>;

const INTERVAL_MS: Readonly<Record<string, number>> = {
  '1s': 1_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
};
const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];

export function marketId(market: SimulatedMarket): string {
  return market.base + market.quote;
}

/** Returns the market that Binance's `symbol` means. */
export function requireMarket(engine: ExchangeEngine, params: Params): SimulatedMarket {
  const id = params['symbol'];
  if (id === undefined || id === '')
    throw new BinanceError(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  const market = [...engine.markets.values()].find((candidate) => marketId(candidate) === id);
  if (!market) throw new Refusal('unknown-symbol');
  return market;
}

export function exchangeInfo(engine: ExchangeEngine): unknown {
  return {
    timezone: 'UTC',
    serverTime: engine.clock.now(),
    rateLimits: [],
    exchangeFilters: [],
    symbols: [...engine.markets.values()].map(symbolInfo),
  };
}

function symbolInfo(market: SimulatedMarket): unknown {
  const [tickSize, stepSize] = [print(market.tickSize), print(market.lotSize)];
  const [minQty, maxQty] = [print(market.minQuantity), print(market.maxQuantity)];
  return {
    symbol: marketId(market),
    status: 'TRADING',
    baseAsset: market.base,
    baseAssetPrecision: 8,
    quoteAsset: market.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: ORDER_TYPES,
    quoteOrderQtyMarketAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000.00000000', tickSize },
      { filterType: 'LOT_SIZE', minQty, maxQty, stepSize },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty, stepSize: '0.00000000' },
      {
        filterType: 'NOTIONAL',
        minNotional: print(market.minNotional),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 0,
      },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  };
}

/** Like Binance: the oldest rows from `startTime` on, else the newest; the candle in progress is the last row. */
export function klines(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const intervalMs = INTERVAL_MS[params['interval'] ?? ''];
  if (intervalMs === undefined || intervalMs < market.replay.timeframeMs)
    throw new BinanceError(-1120, 'Invalid interval.');
  const nowMs = engine.clock.now();
  const limit = Math.min(Number(params['limit'] ?? 500), 1000);
  const bounds = openTimes(market, {
    intervalMs,
    nowMs,
    startTime: params['startTime'],
    endTime: params['endTime'],
  });
  const count = Math.max(0, Math.floor((bounds.last - bounds.first) / intervalMs) + 1);
  const skipped = params['startTime'] === undefined ? Math.max(0, count - limit) : 0;
  const rows: unknown[] = [];
  for (let index = skipped; index < Math.min(count, skipped + limit); index += 1) {
    const openTimeMs = bounds.first + index * intervalMs;
    const candle = candleAt(market.replay, { openTimeMs, intervalMs, nowMs });
    if (candle) rows.push(toKline(candle, intervalMs));
  }
  return rows;
}

type Asked = {
  intervalMs: number;
  nowMs: number;
  startTime: string | undefined;
  endTime: string | undefined;
};

function openTimes(
  { replay }: SimulatedMarket,
  { intervalMs, nowMs, startTime, endTime }: Asked,
): { first: number; last: number } {
  const from = Math.max(firstOpenMs(replay, intervalMs), startTime === undefined ? 0 : Number(startTime));
  const until = Math.min(nowMs, endMs(replay) - 1, endTime === undefined ? Infinity : Number(endTime));
  return {
    first: Math.ceil(from / intervalMs) * intervalMs,
    last: Math.floor(until / intervalMs) * intervalMs,
  };
}

function toKline({ openTimeMs, open, high, low, close, volume }: Candle, intervalMs: number): unknown {
  const text = (value: number) => print(new Amount(value));
  const prices = [open, high, low, close, volume].map(text);
  return [
    openTimeMs,
    ...prices,
    openTimeMs + intervalMs - 1,
    text(volume * close),
    1,
    '0.00000000',
    '0.00000000',
    '0',
  ];
}

export function tickerPrice(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  return { symbol: marketId(market), price: print(midPrice(market, engine.clock.now())) };
}

export function bookTicker(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const nowMs = engine.clock.now();
  return {
    symbol: marketId(market),
    bidPrice: print(takerPrice(market, 'SELL', nowMs)),
    bidQty: '10.00000000',
    askPrice: print(takerPrice(market, 'BUY', nowMs)),
    askQty: '10.00000000',
  };
}

const DAY_MS = 86_400_000;

export function ticker24h(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const nowMs = engine.clock.now();
  const last = midPrice(market, nowMs);
  const open = midPrice(market, nowMs - DAY_MS);
  return {
    ...(bookTicker(engine, params) as object),
    priceChange: last.minus(open).toFixed(),
    priceChangePercent: last.div(open).minus(1).times(100).toFixed(3),
    weightedAvgPrice: print(last),
    prevClosePrice: print(open),
    lastPrice: print(last),
    lastQty: '0.00100000',
    openPrice: print(open),
    highPrice: print(Amount.max(last, open)),
    lowPrice: print(Amount.min(last, open)),
    volume: '1000.00000000',
    quoteVolume: print(last.times(1000)),
    openTime: nowMs - DAY_MS,
    closeTime: nowMs,
    firstId: 1,
    lastId: 2,
    count: 2,
  };
}

export function depth(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const nowMs = engine.clock.now();
  const [bid, ask] = [takerPrice(market, 'SELL', nowMs), takerPrice(market, 'BUY', nowMs)];
  const bestBid = bid.eq(ask) ? bid.minus(market.tickSize) : bid;
  const levels = Array.from({ length: Math.min(Number(params['limit'] ?? 100), 100) }, (_, index) =>
    market.tickSize.times(index),
  );
  return {
    lastUpdateId: nowMs,
    bids: levels.map((step) => [print(bestBid.minus(step)), '1.00000000']),
    asks: levels.map((step) => [print(ask.plus(step)), '1.00000000']),
  };
}
