import { isMoney, money, type Money } from '../decimal.ts';
import { floatMoney } from '../float-money.ts';
import type { Timeframe } from '../timeframe.ts';
import type { Candles, Market, RiskSettings, Sizing } from '../types.ts';

/** One pair of a backtest. All pairs of one have the same timeframe. */
export type PairCandles = {
  symbol: string;
  candles: Candles;
  /** Finer candles of the same symbol, to tell in which order a candle touched its prices. */
  detail?: Candles;
  /** So many candles at the beginning only warm indicators up: no order fills in them, and no figure counts them. */
  warmUp?: number;
};

/**
 * How a backtest counts. `float`: doubles, about 15 digits. `exact`: the decimals of live trading, some fifty times slower.
 */
export type Arithmetic = 'float' | 'exact';

export type BacktestSettings = {
  strategy: string;
  /** Already parsed by the strategy's schema. */
  params: Record<string, unknown>;
  timeframe: Timeframe;
  /** Quote units that all pairs share. */
  initialBalance: Money;
  /** Quote units per entry; `all`: the free balance, parted among the positions that may still be opened. */
  stake: Money | 'all';
  /**
   * A bot's own sizing, instead of the stake. Entries are then sized as the bot sizes them: with the close that gave the
   * signal, since live nobody knows the next open. For comparing a bot with its backtest, trade by trade.
   */
  sizing?: Sizing;
  /** Positions at a time, at most one per pair; left out, as many as there are pairs. */
  maxOpen?: number;
  /** Fraction of each fill. With `makerFee` only of fills at the market: signals, stops and targets are such. */
  fee: Money;
  /** Fraction of the fills of orders that rested; left out, the same as `fee`. */
  makerFee?: Money;
  /** How much worse than the open a signal's order fills. */
  slippageBps: number;
  risk: RiskSettings;
  /** What is left out rounds or refuses nothing. */
  tickSize?: Money;
  lotSize?: Money;
  minNotional?: Money;
  arithmetic?: Arithmetic;
};

/** Returns settings, markets and all in them that is money in the arithmetic of a run. */
export function inArithmetic<Value>(value: Value, arithmetic: Arithmetic): Value {
  return arithmetic === 'exact' ? value : (convert(value) as Value);
}

function convert(value: unknown): unknown {
  if (isMoney(value)) return floatMoney(value.toNumber());
  if (Array.isArray(value)) return value.map(convert);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, convert(each)]));
}

/** Returns a candle's price or another figure as money in the arithmetic of a run. */
export const moneyIn = (arithmetic: Arithmetic): ((value: number) => Money) =>
  arithmetic === 'exact' ? money : floatMoney;

/** Returns the market that a pair is traded on: no rule but those that the settings give. */
export function toMarket(symbol: string, settings: BacktestSettings): Market {
  const zero = settings.fee.minus(settings.fee);
  const [base = symbol, quote = 'quote'] = symbol.split('/');
  return {
    symbol,
    base,
    quote,
    tickSize: settings.tickSize ?? zero,
    lotSize: settings.lotSize ?? zero,
    ...(settings.lotSize ? {} : { takesAnyQuantity: true }),
    minQuantity: settings.lotSize ?? zero,
    maxQuantity: null,
    minNotional: settings.minNotional ?? zero,
    makerFee: settings.makerFee ?? settings.fee,
    takerFee: settings.fee,
    isActive: true,
  };
}
