import { findEquityChunk } from '../../db/queries/backtest-equity.ts';
import {
  findBacktestCurves,
  findTradeChunk,
  TRADES_A_CHUNK,
  type OwnBacktest,
} from '../../db/queries/backtests.ts';
import type { BacktestCurve } from '../../db/schema/backtests.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { TradeReport } from '../../jobs/trading/backtest/report.ts';
import type { BacktestView } from '../schemas/backtests.ts';
import { toBacktestJson } from './backtest-json.ts';
import { getBacktest, ownBacktest } from './backtests.server.ts';
import { notFound } from './ids.ts';

/** Yields a file of a user's own finished backtest, part by part. Throws 404 where there is none. */
export async function exportBacktest(
  deps: Deps,
  userId: string,
  { id, file }: { id: string; file: string },
): Promise<AsyncIterable<string>> {
  const own = ownBacktest(userId, id);
  const backtest = await getBacktest(deps, userId, id);
  const curves = await findBacktestCurves(deps.db, own);
  if (!curves) throw notFound('result');
  if (file === 'trades.csv') return tradesCsv(deps, own);
  const begin = backtest.metrics?.initial_balance ?? 0;
  if (file === 'equity.csv') return equityCsv(deps, own, { begin, thin: curves.curve });
  if (file === 'report.json') return reportJson(deps, backtest, { own, curve: curves.curve });
  throw notFound('file');
}

async function* eachChunk(deps: Deps, own: OwnBacktest): AsyncGenerator<TradeReport[], void> {
  for (let chunk = 0; ; chunk += 1) {
    const trades = await findTradeChunk(deps.db, own, chunk);
    if (trades.length > 0) yield trades;
    if (trades.length < TRADES_A_CHUNK) return;
  }
}

const TRADE_COLUMNS = [
  'symbol',
  'entry_time',
  'entry_price',
  'exit_time',
  'exit_price',
  'quantity',
  'fees',
  'pnl',
  'pnl_pct',
  'exit_reason',
] as const satisfies (keyof TradeReport)[];

async function* tradesCsv(deps: Deps, own: OwnBacktest): AsyncGenerator<string, void> {
  yield `${TRADE_COLUMNS.join(',')}\n`;
  for await (const trades of eachChunk(deps, own))
    yield trades.map((trade) => `${TRADE_COLUMNS.map((column) => trade[column]).join(',')}\n`).join('');
}

/** Every close: the whole curve chunk by chunk, so that no export holds more than one. */
async function* equityCsv(
  deps: Deps,
  own: OwnBacktest,
  { begin, thin }: { begin: number; thin: BacktestCurve },
): AsyncGenerator<string, void> {
  yield 'time,equity,drawdown,buy_and_hold\n';
  let peak = begin;
  for (let chunk = 0; ; chunk += 1) {
    const rows = await findEquityChunk(deps.db, own, chunk);
    // Results from before whole curves were kept have the thin one alone.
    if (!rows && chunk === 0)
      yield thin.timeMs.map((_, at) => toLine(thin, thin.drawdown[at] ?? 0, at)).join('');
    if (!rows) return;
    const lines = Array.from(rows.equity, (value, at) => {
      peak = Math.max(peak, value);
      return toLine(rows, peak > 0 ? (peak - value) / peak : 0, at);
    });
    yield lines.join('');
  }
}

type Columns = Record<'timeMs' | 'equity' | 'hold', ArrayLike<number>>;

const toLine = ({ timeMs, equity, hold }: Columns, drawdown: number, at: number) =>
  `${new Date(timeMs[at] ?? 0).toISOString()},${equity[at]},${drawdown},${hold[at]}\n`;

/** The database forgets the order of names. */
const inOrder = (trade: TradeReport) =>
  Object.fromEntries(TRADE_COLUMNS.map((column) => [column, trade[column]]));

/** The JSON of the command, with what was asked for before it. */
async function* reportJson(
  deps: Deps,
  backtest: BacktestView,
  { own, curve }: { own: OwnBacktest; curve: BacktestCurve },
): AsyncGenerator<string, void> {
  yield `${JSON.stringify(toBacktestJson(backtest)).slice(0, -1)},"trades":[`;
  let isFirst = true;
  for await (const trades of eachChunk(deps, own)) {
    yield (isFirst ? '' : ',') + JSON.stringify(trades.map(inOrder)).slice(1, -1);
    isFirst = false;
  }
  yield `],"equity_curve":${JSON.stringify(toPoints(curve))}}\n`;
}

const toPoints = ({ timeMs, equity, drawdown, hold }: BacktestCurve) =>
  timeMs.map((time, at) => ({
    time: new Date(time).toISOString(),
    equity: equity[at],
    drawdown: drawdown[at],
    buy_and_hold: hold[at],
  }));
