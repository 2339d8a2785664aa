import type { Candle } from '../../../jobs/trading/types.ts';

/** A candle series played back: row i is the candle [startMs + i x timeframeMs, + timeframeMs), whatever its own time says. */
export type Replay = { candles: readonly Candle[]; timeframeMs: number; startMs: number };

/** Where the price stood between two times of one row: a straight line. */
export type Stretch = { fromMs: number; toMs: number; fromPrice: number; toPrice: number };

export function rowStartMs(replay: Replay, index: number): number {
  return replay.startMs + index * replay.timeframeMs;
}

function rowIndexAt(replay: Replay, timeMs: number): number {
  return Math.floor((timeMs - replay.startMs) / replay.timeframeMs);
}

/**
 * The price in progress: a straight line from a row's open, at its first millisecond, to its close. Before the first row
 * it is that row's open, after the last row that row's close.
 */
export function priceAt(replay: Replay, timeMs: number): number {
  const index = rowIndexAt(replay, timeMs);
  const row = replay.candles[index];
  if (row) {
    const done = (timeMs - rowStartMs(replay, index)) / replay.timeframeMs;
    return row.open + (row.close - row.open) * done;
  }
  const edge = index < 0 ? replay.candles[0]?.open : replay.candles.at(-1)?.close;
  if (edge === undefined) throw new Error('The replay has no candles');
  return edge;
}

/** The price's path after `fromMs` and up to `toMs`, row by row. */
export function* stretches(replay: Replay, fromMs: number, toMs: number): Generator<Stretch> {
  let at = fromMs;
  while (at < toMs) {
    const index = rowIndexAt(replay, at);
    const isInside = index >= 0 && index < replay.candles.length;
    const endMs = isInside ? rowStartMs(replay, index + 1) : index < 0 ? replay.startMs : toMs;
    const until = Math.min(endMs - (isInside ? 1 : 0), toMs);
    yield { fromMs: at, toMs: until, fromPrice: priceAt(replay, at), toPrice: priceAt(replay, until) };
    at = Math.max(until + (isInside ? 1 : 0), at + 1);
  }
  if (at === toMs)
    yield { fromMs: at, toMs: at, fromPrice: priceAt(replay, at), toPrice: priceAt(replay, at) };
}

/** The candle of `intervalMs` that opens at `openTimeMs` as seen at `nowMs`; `undefined` where no row has begun in it. */
export function candleAt(
  replay: Replay,
  asked: { openTimeMs: number; intervalMs: number; nowMs: number },
): Candle | undefined {
  const { openTimeMs, intervalMs, nowMs } = asked;
  const first = Math.max(0, Math.ceil((openTimeMs - replay.startMs) / replay.timeframeMs));
  const beyond = Math.min(
    replay.candles.length,
    Math.ceil((openTimeMs + intervalMs - replay.startMs) / replay.timeframeMs),
  );
  const rows: Candle[] = [];
  for (let index = first; index < beyond && rowStartMs(replay, index) <= nowMs; index += 1) {
    rows.push(seenRow(replay, index, nowMs));
  }
  const [head, tail] = [rows[0], rows.at(-1)];
  if (!head || !tail) return undefined;
  return {
    openTimeMs,
    open: head.open,
    high: Math.max(...rows.map((row) => row.high)),
    low: Math.min(...rows.map((row) => row.low)),
    close: tail.close,
    volume: rows.reduce((total, row) => total + row.volume, 0),
  };
}

/** A row as it is once it closed; before that only what has passed of it. */
function seenRow(replay: Replay, index: number, nowMs: number): Candle {
  const row = replay.candles[index];
  if (!row) throw new Error(`No row ${index}`);
  const start = rowStartMs(replay, index);
  if (nowMs >= start + replay.timeframeMs) return row;
  const close = priceAt(replay, nowMs);
  const done = (nowMs - start) / replay.timeframeMs;
  return {
    ...row,
    high: Math.max(row.open, close),
    low: Math.min(row.open, close),
    close,
    volume: row.volume * done,
  };
}

export function firstOpenMs(replay: Replay, intervalMs: number): number {
  return Math.ceil(replay.startMs / intervalMs) * intervalMs;
}

export function endMs(replay: Replay): number {
  return rowStartMs(replay, replay.candles.length);
}
