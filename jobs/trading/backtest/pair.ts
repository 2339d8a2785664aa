import type { Money } from '../decimal.ts';
import { NO_EXITS, type Exits } from '../portfolio/exits.ts';
import { flatPosition, observePrice } from '../portfolio/ledger.ts';
import { findStrategy } from '../strategies/registry.ts';
import { scanCandles } from '../strategies/scan.ts';
import type { Scan } from '../strategies/strategy.ts';
import type { Candles, Market, Position } from '../types.ts';
import { toMarket, type BacktestSettings, type PairCandles } from './settings.ts';

/** One pair on its way through its candles. */
export type Pair = {
  readonly symbol: string;
  readonly candles: Candles;
  readonly detail: Candles | undefined;
  /** The first candle that counts. */
  readonly warmUp: number;
  readonly market: Market;
  readonly scan: Scan;
  /** The next candle at which something may happen; beyond the last one: nothing more. */
  at: number;
  position: Position;
  /** The first candle whose high the position has not seen. */
  unseen: number;
  /** Of the open trade: fees in quote units, and the candle of its entry. */
  tradeFees: Money;
  entryIndex: number;
  exits: Exits;
  /** What is held from which candle's close on; a rest too small to be sold is held, but no open trade. */
  readonly holdings: { index: number[]; quantity: number[]; isOpen: boolean[] };
};

/** Returns a pair before its first candle. Throws a RangeError for an unknown strategy. */
export function createPair(given: PairCandles, settings: BacktestSettings): Pair {
  const { symbol, candles, detail, warmUp = 0 } = given;
  const strategy = findStrategy(settings.strategy);
  if (!strategy) throw new RangeError(`Unknown strategy ${settings.strategy}`);
  const zero = settings.initialBalance.minus(settings.initialBalance);
  const scan = scanCandles(strategy, settings.params, { candles, timeframe: settings.timeframe });
  if (warmUp > 1) scan.acts.fill(0, 0, warmUp - 1);
  const pair: Pair = {
    symbol,
    candles,
    detail,
    warmUp,
    market: toMarket(symbol, settings),
    scan,
    at: 0,
    position: flatPosition(zero),
    unseen: 0,
    tradeFees: zero,
    entryIndex: 0,
    exits: NO_EXITS,
    holdings: { index: [], quantity: [], isOpen: [] },
  };
  pair.at = nextSignal(pair, 0);
  return pair;
}

/** Returns the candle after the next one from `index` on that the strategy may act on: where its order would fill. */
export function nextSignal({ scan, candles }: Pair, index: number): number {
  const found = scan.acts.indexOf(1, index);
  return found < 0 ? candles.close.length : found + 1;
}

export const isOpen = ({ position }: Pair): boolean => position.openedAtMs !== null;

/** Shows the open position the highs of all candles before `end`. */
export function seeHighs(pair: Pair, end: number, toMoney: (value: number) => Money): void {
  if (!isOpen(pair)) return;
  const { high } = pair.candles;
  let highest = 0;
  for (let index = pair.unseen; index < end; index += 1) highest = Math.max(highest, high[index] ?? 0);
  if (highest > 0) pair.position = observePrice(pair.position, toMoney(highest));
  pair.unseen = Math.max(pair.unseen, end);
}
