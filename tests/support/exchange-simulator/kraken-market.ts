import { Amount, print } from './decimals.ts';
import type { ExchangeEngine } from './engine.ts';
import { Refusal, type SimulatedMarket } from './engine-types.ts';
import { midPrice, takerPrice } from './fills.ts';
import { KrakenError } from './kraken-errors.ts';
import { candleAt, endMs, firstOpenMs } from './price-replay.ts';

type Params = Readonly<Record<string, string>>;

/** The assets that Kraken marks with X (coins) or Z (money of states), and its own name for bitcoin. */
const COINS = ['BTC', 'ETH', 'LTC', 'XRP', 'ETC'];
const STATES = ['USD', 'EUR', 'GBP', 'JPY', 'CAD'];

/** Kraken's short name of an asset. */
export function altnameOf(asset: string): string {
  return asset === 'BTC' ? 'XBT' : asset;
}

/** Kraken's own id of an asset. */
export function assetIdOf(asset: string): string {
  if (COINS.includes(asset)) return `X${altnameOf(asset)}`;
  return STATES.includes(asset) ? `Z${asset}` : asset;
}

/** The pair's short name, which orders bear. */
export function pairNameOf({ base, quote }: SimulatedMarket): string {
  return altnameOf(base) + altnameOf(quote);
}

/** The pair's id, under which market data comes. */
export function pairIdOf(market: SimulatedMarket): string {
  const isOld = COINS.includes(market.base) && STATES.includes(market.quote);
  return isOld ? assetIdOf(market.base) + assetIdOf(market.quote) : pairNameOf(market);
}

export function requireMarket(engine: ExchangeEngine, params: Params): SimulatedMarket {
  const named = params['pair'];
  const market = [...engine.markets.values()].find((each) =>
    [pairIdOf(each), pairNameOf(each)].includes(named ?? ''),
  );
  if (!market) throw new Refusal('unknown-symbol');
  return market;
}

export function serverTime({ clock }: ExchangeEngine): unknown {
  const nowMs = clock.now();
  return { unixtime: Math.floor(nowMs / 1000), rfc1123: new Date(nowMs).toUTCString() };
}

export function assets(engine: ExchangeEngine): unknown {
  const names = [...engine.markets.values()].flatMap(({ base, quote }) => [base, quote]);
  return Object.fromEntries(
    names.map((name) => [
      assetIdOf(name),
      {
        aclass: 'currency',
        altname: altnameOf(name),
        decimals: 10,
        display_decimals: 5,
        status: 'enabled',
      },
    ]),
  );
}

export function assetPairs(engine: ExchangeEngine): unknown {
  const percent = (rate: string) => new Amount(rate).times(100).toNumber();
  const { maker, taker } = engine.fees;
  return Object.fromEntries(
    [...engine.markets.values()].map((market) => [
      pairIdOf(market),
      {
        altname: pairNameOf(market),
        wsname: `${altnameOf(market.base)}/${altnameOf(market.quote)}`,
        aclass_base: 'currency',
        base: assetIdOf(market.base),
        aclass_quote: 'currency',
        quote: assetIdOf(market.quote),
        lot: 'unit',
        cost_decimals: 8,
        pair_decimals: market.tickSize.decimalPlaces(),
        lot_decimals: market.lotSize.decimalPlaces(),
        lot_multiplier: 1,
        leverage_buy: [],
        leverage_sell: [],
        fees: [[0, percent(taker)]],
        fees_maker: [[0, percent(maker)]],
        fee_volume_currency: 'ZUSD',
        ordermin: market.minQuantity.toFixed(),
        costmin: market.minNotional.toFixed(),
        tick_size: market.tickSize.toFixed(),
        status: 'online',
      },
    ]),
  );
}

const INTERVALS = [1, 5, 15, 30, 60, 240, 1440, 10_080, 21_600];
const MOST_ROWS = 720;

/** Like Kraken: never more than the newest 720 rows, of those after `since`; the candle in progress is the last row. */
export function ohlc(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const interval = Number(params['interval'] ?? 1);
  const intervalMs = interval * 60_000;
  if (!INTERVALS.includes(interval) || intervalMs < market.replay.timeframeMs)
    throw new KrakenError('EGeneral:Invalid arguments:interval');
  const nowMs = engine.clock.now();
  const lastOpenMs = Math.floor(Math.min(nowMs, endMs(market.replay) - 1) / intervalMs) * intervalMs;
  const sinceMs = Number(params['since'] ?? 0) * 1000;
  const rows: unknown[] = [];
  const oldestMs = Math.max(
    firstOpenMs(market.replay, intervalMs),
    lastOpenMs - (MOST_ROWS - 1) * intervalMs,
  );
  for (let openTimeMs = oldestMs; openTimeMs <= lastOpenMs; openTimeMs += intervalMs) {
    const candle = candleAt(market.replay, { openTimeMs, intervalMs, nowMs });
    if (!candle || openTimeMs <= sinceMs) continue;
    const { open, high, low, close, volume } = candle;
    const [o, h, l, c, v] = [open, high, low, close, volume].map((value) => print(new Amount(value)));
    rows.push([openTimeMs / 1000, o, h, l, c, c, v, 1]);
  }
  return { [pairIdOf(market)]: rows, last: lastOpenMs / 1000 - interval * 60 };
}

export function ticker(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const nowMs = engine.clock.now();
  const last = print(midPrice(market, nowMs));
  const [bid, ask] = [takerPrice(market, 'SELL', nowMs), takerPrice(market, 'BUY', nowMs)];
  return {
    [pairIdOf(market)]: {
      a: [print(ask), '10', '10.000'],
      b: [print(bid), '10', '10.000'],
      c: [last, '0.00100000'],
      v: ['1000.00000000', '1000.00000000'],
      p: [last, last],
      t: [2, 2],
      l: [last, last],
      h: [last, last],
      o: last,
    },
  };
}

export function depth(engine: ExchangeEngine, params: Params): unknown {
  const market = requireMarket(engine, params);
  const nowMs = engine.clock.now();
  const [bid, ask] = [takerPrice(market, 'SELL', nowMs), takerPrice(market, 'BUY', nowMs)];
  const bestBid = bid.eq(ask) ? bid.minus(market.tickSize) : bid;
  const count = Math.min(Number(params['count'] ?? 100), 100);
  const steps = Array.from({ length: count }, (_, index) => market.tickSize.times(index));
  const seconds = Math.floor(nowMs / 1000);
  const level = (price: Amount) => [print(price), '1.000', seconds];
  return {
    [pairIdOf(market)]: {
      asks: steps.map((step) => level(ask.plus(step))),
      bids: steps.map((step) => level(bestBid.minus(step))),
    },
  };
}
