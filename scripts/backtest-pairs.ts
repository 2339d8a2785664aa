import { loadCandleFile, type LoadedCandles } from '../jobs/candle-files/load-candle-file.ts';
import type { PairCandles } from '../jobs/trading/backtest/settings.ts';
import { concatCandles, findFrom, sliceCandles } from '../jobs/trading/candles.ts';
import { TIMEFRAMES, timeframeMs, type Timeframe } from '../jobs/trading/timeframe.ts';
import type { Candles } from '../jobs/trading/types.ts';
import type { BacktestCommand } from './backtest-options.ts';
import { UsageError } from './backtest-values.ts';

export type Loaded = { pairs: PairCandles[]; timeframe: Timeframe; notices: string[] };

type Series = { symbol: string; file: string; candles: Candles; stepMs: number | undefined };

/**
 * Reads what a command names. Files of one symbol that follow each other are one pair; those that overlap are pairs of
 * their own, called after their files. Throws `UsageError`, and `CandleFileError` for a file that cannot be used.
 */
export async function loadPairs(command: BacktestCommand): Promise<Loaded> {
  const notices: string[] = [];
  const series = joinSeries(await loadAll(command.files, command), notices);
  const details = joinSeries(await loadAll(command.detailFiles, command), notices);
  const pairs = series.map((each) => cut(each, command));
  const timeframe = command.timeframe ?? commonTimeframe(pairs);
  const unknown = details.find((detail) => !pairs.some(({ symbol }) => symbol === detail.symbol));
  if (unknown) throw new UsageError(`--detail ${unknown.file}: no --candles file is of ${unknown.symbol}.`);
  return {
    timeframe,
    notices,
    pairs: pairs.map(({ symbol, candles }) => {
      const detail = details.find((each) => each.symbol === symbol);
      return { symbol, candles, ...(detail && { detail: detail.candles }) };
    }),
  };
}

async function loadAll(files: string[], { mend }: BacktestCommand): Promise<Series[]> {
  const loaded: Series[] = [];
  for (const file of files) loaded.push(toSeries(file, await loadCandleFile(file, { mend })));
  return loaded;
}

const toSeries = (file: string, { symbol, candles, report }: LoadedCandles): Series => ({
  file,
  symbol,
  candles,
  stepMs: report.stepMs,
});

function joinSeries(all: Series[], notices: string[]): Series[] {
  const joined: Series[] = [];
  for (const series of [...all].sort((one, other) => firstMs(one) - firstMs(other))) {
    const same = joined.find(({ symbol }) => symbol === series.symbol);
    if (!same) {
      joined.push({ ...series });
    } else if (firstMs(series) > (same.candles.openTimeMs.at(-1) ?? -Infinity)) {
      same.candles = concatCandles(same.candles, series.candles);
      notices.push(`${series.file} goes on where ${same.file} ends: one pair, ${series.symbol}.`);
    } else {
      const symbol = series.file.replace(/^.*[/\\]/, '');
      notices.push(`${series.file} overlaps ${same.file}: a pair of its own, called ${symbol}.`);
      joined.push({ ...series, symbol });
    }
  }
  const order = (series: Series) => all.findIndex(({ file }) => file === series.file);
  return joined.sort((one, other) => order(one) - order(other));
}

const firstMs = ({ candles }: Series): number => candles.openTimeMs[0] ?? -Infinity;

function cut(series: Series, { fromMs, toMs }: BacktestCommand): Series {
  const { candles, file } = series;
  const times = candles.openTimeMs;
  const kept = sliceCandles(candles, findFrom(times, fromMs), findFrom(times, toMs));
  if (kept.close.length > 0) return { ...series, candles: kept };
  if (times.length === 0) throw new UsageError(`${file} holds no candles.`);
  const [first, last] = [times[0] ?? NaN, times.at(-1) ?? NaN].map((time) => new Date(time).toISOString());
  throw new UsageError(
    `${file} holds no candles from --from up to --to; its own are from ${first} to ${last}.`,
  );
}

/** The longest timeframe that the candles' usual distance holds. */
function commonTimeframe(all: Series[]): Timeframe {
  const found = all.map(
    ({ stepMs = 60_000 }) => TIMEFRAMES.findLast((each) => timeframeMs(each) <= stepMs) ?? '1s',
  );
  const [first = '1m'] = found;
  const at = found.findIndex((timeframe) => timeframe !== first);
  if (at < 0) return first;
  throw new UsageError(
    `${all[0]?.file} holds ${first} candles and ${all[at]?.file} ${found[at]}: all pairs need one timeframe.`,
  );
}
