import { findFrom, sliceCandles } from '../../candles.ts';
import type { Candles } from '../../types.ts';
import type { BacktestTrade } from '../run.ts';
import type { PairCandles } from '../settings.ts';
import { buyAndHold } from './buy-and-hold.ts';
import { winsAndLosses } from './wins-and-losses.ts';

/** The part of a run that one pair made. Amounts in quote units, shares 0..1. */
export type SymbolFigures = {
  symbol: string;
  /** Those that count. */
  candles: number;
  trades: number;
  wins: number;
  losses: number;
  winRate: number | null;
  /** Of its trades, fees counted. */
  netProfit: number;
  fees: number;
  buyAndHold: number | null;
  /** `null` where no finer candles were given. */
  detail: DetailFigures | null;
};

/** What finer candles there were within a pair's own. */
export type DetailFigures = {
  candles: number;
  /** The shortest distance of two of them; 0 where there are fewer. */
  stepMs: number;
  fromMs: number | null;
  /** Of the last one. */
  toMs: number | null;
  /** Share of the pair's candles in which there is at least one. */
  covered: number;
};

/** Returns what each pair did, in the order of the pairs. `candleMs`: length of a candle. */
export function bySymbol(
  trades: readonly BacktestTrade[],
  pairs: readonly PairCandles[],
  candleMs: number,
): SymbolFigures[] {
  const groups = new Map<string, BacktestTrade[]>(pairs.map(({ symbol }) => [symbol, []]));
  for (const trade of trades) groups.get(trade.symbol)?.push(trade);
  return pairs.map(({ symbol, candles, detail, warmUp = 0 }) => {
    const own = groups.get(symbol) ?? [];
    const pnls = own.map(({ pnl }) => pnl);
    const { wins, losses, winRate } = winsAndLosses(pnls);
    const counted = sliceCandles(candles, warmUp);
    return {
      symbol,
      candles: counted.close.length,
      trades: own.length,
      ...{ wins, losses, winRate },
      netProfit: pnls.reduce((sum, pnl) => sum + pnl, 0),
      fees: own.reduce((sum, { fees }) => sum + fees, 0),
      buyAndHold: buyAndHold([counted]),
      detail: detail ? measureDetail(counted, detail, candleMs) : null,
    };
  });
}

function measureDetail({ openTimeMs }: Candles, detail: Candles, candleMs: number): DetailFigures {
  const endMs = (openTimeMs.at(-1) ?? NaN) + candleMs;
  const times = detail.openTimeMs.subarray(
    findFrom(detail.openTimeMs, openTimeMs[0] ?? Infinity),
    findFrom(detail.openTimeMs, endMs),
  );
  let stepMs = Infinity;
  for (let at = 1; at < times.length; at += 1)
    stepMs = Math.min(stepMs, (times[at] ?? NaN) - (times[at - 1] ?? NaN));
  return {
    candles: times.length,
    stepMs: Number.isFinite(stepMs) ? stepMs : 0,
    fromMs: times[0] ?? null,
    toMs: times.at(-1) ?? null,
    covered: openTimeMs.length === 0 ? 0 : countCovered(openTimeMs, times, candleMs) / openTimeMs.length,
  };
}

/** How many candles hold a finer one. Both columns in order. */
function countCovered(openTimeMs: Float64Array, times: Float64Array, candleMs: number): number {
  let covered = 0;
  let at = 0;
  for (const openMs of openTimeMs) {
    while ((times[at] ?? Infinity) < openMs) at += 1;
    if ((times[at] ?? Infinity) < openMs + candleMs) covered += 1;
  }
  return covered;
}
