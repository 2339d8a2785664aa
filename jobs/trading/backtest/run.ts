import type { Money } from '../decimal.ts';
import { exitCause } from '../risk/exits.ts';
import type { BotConfig, OrderReason } from '../types.ts';
import { createAccount, type Account } from './account.ts';
import { createPair, type Pair } from './pair.ts';
import { inArithmetic, moneyIn, type BacktestSettings, type PairCandles } from './settings.ts';

/** A round trip. Times are open times of candles; prices in quote units per base unit. */
export type BacktestTrade = {
  symbol: string;
  entryTimeMs: number;
  entryPrice: number;
  exitTimeMs: number;
  exitPrice: number;
  /** Base units sold: what was bought less its fee. */
  quantity: number;
  /** Of entry and exit, in quote units. */
  fees: number;
  /** Quote units, fees counted. */
  pnl: number;
  /** Percent of what the entry cost. */
  pnlPct: number;
  /** `end`: still open when the candles ended. */
  exitReason: OrderReason | 'end';
};

/** A backtest under way. All money in it is of one arithmetic. */
export type Run = {
  readonly settings: BacktestSettings;
  readonly config: Omit<BotConfig, 'sizing'>;
  readonly pairs: Pair[];
  readonly account: Account;
  readonly trades: BacktestTrade[];
  readonly toMoney: (value: number) => Money;
  readonly exits: ReturnType<typeof exitCause>;
};

/** Returns a backtest before its first candle. Throws a RangeError for an unknown strategy or without pairs. */
export function createRun(pairs: readonly PairCandles[], given: BacktestSettings): Run {
  if (pairs.length === 0) throw new RangeError('A backtest needs candles');
  const arithmetic = given.arithmetic ?? 'float';
  const { params, ...rest } = given;
  const settings = { ...inArithmetic(rest, arithmetic), params };
  const { strategy, timeframe, risk } = settings;
  return {
    settings,
    config: { strategy, params, timeframe, risk },
    pairs: pairs.map((pair) => createPair(pair, settings)),
    account: createAccount(settings, pairs.length),
    trades: [],
    toMoney: moneyIn(arithmetic),
    exits: exitCause(risk),
  };
}
