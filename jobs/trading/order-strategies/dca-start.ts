import { rsi, rsiWarmUp } from '../indicators/rsi.ts';
import { sideOf } from '../strategies/crossing.ts';
import type { IndicatorSeries } from '../strategies/strategy.ts';
import { lastClosedOpenTime, timeframeMs, type Timeframe } from '../timeframe.ts';
import type { Candles } from '../types.ts';
import type { DcaNotes, DcaParams } from './dca-params.ts';

type Start = Pick<DcaParams, 'start' | 'rsi_period' | 'rsi_level'>;

const waitsForRsi = ({ start }: Start): boolean => start === 'rsi_below' || start === 'rsi_above';

/** Returns how many closed candles the start of a deal depends on: two values of the RSI, or none. */
export function countStartCandles(params: Start): number {
  return waitsForRsi(params) ? rsiWarmUp(params.rsi_period, 'simple') + 1 : 0;
}

type Seen = {
  /** The newest closed candles, oldest first. */
  candles: Candles;
  timeframe: Timeframe;
  nowMs: number;
  wait: Pick<DcaNotes, 'waitsUntilMs' | 'seenMs'>;
};

/** `isMet`: a deal begins. Else `reason` says what it waits for. */
export type StartVerdict = { isMet: true; why: string } | { isMet: false; reason: string };

/**
 * Returns whether a deal begins. A crossing counts on the newest closed candle alone, and only if that closed after the deal
 * before had ended and its pause was over: what crossed while nobody could buy is gone.
 */
export function judgeStart(params: Start, seen: Seen): StartVerdict {
  if (!waitsForRsi(params)) return { isMet: true, why: '' };
  const { candles } = seen;
  const { rsi_period, rsi_level, start } = params;
  const needed = countStartCandles(params);
  const count = candles.close.length;
  const name = `RSI(${rsi_period})`;
  if (count < needed)
    return { isMet: false, reason: `Waits for candles: ${name} needs ${needed}, has ${count}.` };
  const values = rsi(candles.close.subarray(count - needed), rsi_period, 'simple');
  const [previous, current] = [values.at(-2) ?? NaN, values.at(-1) ?? NaN];
  const way = start === 'rsi_below' ? 'fall' : 'rise';
  if (hasCrossed(way, rsi_level, { previous, current }) && isNews(seen)) {
    const why = `${name} ${way === 'fall' ? 'fell' : 'rose'} through ${rsi_level} (${say(previous)} → ${say(current)})`;
    return { isMet: true, why };
  }
  return { isMet: false, reason: `Waits for ${name}, now ${say(current)}, to ${way} through ${rsi_level}.` };
}

const say = (value: number) => value.toFixed(1);

/** As RSI_CROSS has it: beyond the level at the candle before, at it or past it now; within 1e-9 is at it. */
function hasCrossed(
  way: 'fall' | 'rise',
  level: number,
  { previous, current }: Record<'previous' | 'current', number>,
) {
  const from = sideOf(previous, level, 1);
  const to = sideOf(current, level, 1);
  return way === 'fall' ? from > 0 && to <= 0 : from < 0 && to >= 0;
}

function isNews({ candles, timeframe, nowMs, wait }: Seen): boolean {
  const openMs = candles.openTimeMs.at(-1) ?? -Infinity;
  const isNewest = openMs === lastClosedOpenTime(timeframe, nowMs);
  const isAfterPause = openMs + timeframeMs(timeframe) >= wait.waitsUntilMs;
  return isNewest && isAfterPause && openMs > (wait.seenMs ?? -Infinity);
}

/** Returns the RSI that a chart shows beside the candles. */
export function listStartIndicators(params: Start, { close }: Candles): IndicatorSeries[] {
  if (!waitsForRsi(params)) return [];
  const { rsi_period, rsi_level } = params;
  const values = rsi(close, rsi_period, 'simple');
  return [
    { id: 'rsi', label: `RSI ${rsi_period}`, pane: 'below', values, bands: [rsi_level], range: [0, 100] },
  ];
}

/** Returns when deals begin, in words; empty where they begin at once. */
export function describeStart(params: Start): string {
  if (!waitsForRsi(params)) return '';
  const way = params.start === 'rsi_below' ? 'falls' : 'rises';
  return `Each deal begins once RSI(${params.rsi_period}) ${way} through ${params.rsi_level} at a candle's close. `;
}
