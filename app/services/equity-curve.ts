import type { EquityPoint } from '../../db/queries/reports.ts';
import { sum, type Money } from '../../jobs/trading/decimal.ts';
import type { CurvePoint } from '../schemas/views.ts';

/** What a bot was worth when the curve begins, and what it is worth at its end. Quote units. */
export type CurveEnds = { botRunId: string; first: Money; last: Money };

/**
 * Returns the sum of all bots' equity at each moment that any of them was seen, oldest first, from `fromMs` to `toMs`; each
 * bot counts with what it was last worth. Points nearer together than an `atMost`-th of the span become one.
 */
export function sumCurve(
  bots: readonly CurveEnds[],
  points: readonly EquityPoint[],
  span: { fromMs: number; toMs: number; atMost: number },
): CurvePoint[] {
  if (bots.length === 0) return [];
  const worth = new Map(bots.map((bot) => [bot.botRunId, bot.first]));
  const known = points.filter((point) => worth.has(point.botRunId));
  const curve: CurvePoint[] = [];
  const add = (timeMs: number) => {
    curve.push({ time: new Date(timeMs).toISOString(), equity: sum(worth.values()).toFixed() });
  };
  const slotMs = Math.max(1, (span.toMs - span.fromMs) / Math.max(1, span.atMost - 2));
  const slotOf = (timeMs: number) => Math.floor((timeMs - span.fromMs) / slotMs);

  add(span.fromMs);
  for (const [index, point] of known.entries()) {
    worth.set(point.botRunId, point.equity);
    const next = known[index + 1];
    const isLastOfSlot = next === undefined || slotOf(next.timeMs) !== slotOf(point.timeMs);
    const isInside = point.timeMs > span.fromMs && point.timeMs < span.toMs;
    if (isLastOfSlot && isInside && curve.length < span.atMost - 1) add(point.timeMs);
  }
  for (const bot of bots) worth.set(bot.botRunId, bot.last);
  add(span.toMs);
  return curve;
}
