import { z } from 'zod';
import type { MetricsReport, SymbolReport, TradeReport } from '../../jobs/trading/backtest/report.ts';
import type { Verdict } from '../../jobs/trading/research/verdict.ts';
import { TIMEFRAMES } from '../../jobs/trading/timeframe.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import { paramsInput, quoteAmount, riskInput, sizingInput, wholeNumber } from './bots.ts';
import type { ChartView } from './chart-views.ts';
import { decimalBetween } from './decimal-input.ts';
import { flag, line, orLeftOut } from './text.ts';

const MOST_SYMBOLS = 10;
const EARLIEST_MS = Date.UTC(2009, 0, 3);
const LATEST_MS = Date.UTC(2100, 0, 1);

const symbol = line(50)
  .toUpperCase()
  .regex(/^[^\s/,]+\/[^\s/,]+$/, 'Write base and quote asset, such as BTC/USDT.');

/** One symbol, a list, or a form's line of several with commas between them. */
const symbols = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((each) => each.trim()) : value),
  z
    .array(symbol, 'Write base and quote asset, such as BTC/USDT.')
    .min(1, 'Choose a symbol.')
    .max(MOST_SYMBOLS, `At most ${String(MOST_SYMBOLS)} symbols.`)
    .refine((all) => new Set(all).size === all.length, 'Each symbol once.'),
);

const moment = (empty: string) =>
  z.string(empty).transform((text, context) => {
    const trimmed = text.trim();
    const isIso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(trimmed);
    const ms = isIso ? Date.parse(trimmed) : NaN;
    if (ms >= EARLIEST_MS && ms < LATEST_MS) return ms;
    context.addIssue({
      code: 'custom',
      message: trimmed === '' ? empty : 'Give a day or a time, such as 2026-01-31 or 2026-01-31T12:00Z.',
    });
    return z.NEVER;
  });

const step = orLeftOut(decimalBetween({ above: '0', max: '1000000000' }));

/**
 * `POST /backtests`. What is left out has the defaults of `npm run backtest`: fee 0.001, no slippage, a balance of 1000,
 * all of it in each trade, no rounding to a market's steps. Fees and slippage are fractions; `to` is exclusive.
 */
export const startBacktestInput = z
  .strictObject({
    name: orLeftOut(line(80, 'Choose a name of at most 80 characters.')),
    strategy: line(100).min(1, 'Choose a strategy.'),
    params: paramsInput.optional(),
    exchange: line(50).toLowerCase().min(1, 'Choose an exchange.'),
    symbol: symbols.optional(),
    symbols: symbols.optional(),
    timeframe: z.enum(TIMEFRAMES, 'Choose a timeframe of the list.'),
    /** Of finer candles, to tell in which order a candle touched stop and target. */
    detail_timeframe: orLeftOut(z.enum(TIMEFRAMES, 'Choose a timeframe of the list.')),
    from: moment('Give the first day.'),
    to: moment('Give the last day.'),
    fee: orLeftOut(decimalBetween({ min: '0', max: '0.1' })),
    /** Of fills of orders that rested; left out, the same as `fee`. */
    maker_fee: orLeftOut(decimalBetween({ min: '0', max: '0.1' })),
    slippage: orLeftOut(decimalBetween({ min: '0', max: '0.1' })),
    initial_balance: orLeftOut(quoteAmount),
    stake: orLeftOut(z.union([z.literal('all'), quoteAmount])),
    sizing: orLeftOut(sizingInput),
    max_open_positions: orLeftOut(wholeNumber(MOST_SYMBOLS)),
    risk: orLeftOut(riskInput),
    lot_size: step,
    tick_size: step,
    min_notional: step,
    /** The steps and the minimum of the market as its exchange states them. */
    market_rules: orLeftOut(flag),
    /** What the store lacks is fetched from the exchange; on unless told otherwise. */
    fetch_missing: orLeftOut(flag),
  })
  .transform(({ symbol: one, symbols: several, ...rest }, context) => {
    const all = one ?? several;
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    if (!all) return refuse('symbol', 'Choose a symbol.');
    if (one && several) return refuse('symbol', 'Give symbol or symbols, not both.');
    if (rest.stake !== undefined && rest.sizing) return refuse('stake', 'Give stake or sizing, not both.');
    return { ...rest, symbols: all };
  });

export type StartBacktestInput = z.infer<typeof startBacktestInput>;

export type BacktestStatus = 'queued' | 'running' | 'done' | 'failed' | 'canceled';

/** One backtest. Decimals that were given are strings; figures of the result are numbers, as in 5.4's JSON. */
export type BacktestView = {
  id: string;
  name: string;
  status: BacktestStatus;
  /** 0..1. */
  progress: number;
  problem: string | null;
  strategy: string;
  strategyTitle: string;
  /** It keeps orders working, rather than acting on signals. */
  keepsOrders: boolean;
  params: Record<string, unknown>;
  venue: string;
  venueName: string;
  symbols: string[];
  quote: string;
  timeframe: string;
  detailTimeframe: string | null;
  fromTime: string;
  /** Exclusive. */
  toTime: string;
  initialBalance: string;
  stake: string;
  /** A bot's own sizing, instead of the stake. */
  sizing: { type: 'quote_amount' | 'equity_fraction'; value: string } | null;
  maxOpen: number | null;
  /** Of fills at the market, and of orders that rested. */
  fee: string;
  makerFee: string;
  slippage: string;
  risk: StoredRisk;
  lotSize: string | null;
  tickSize: string | null;
  minNotional: string | null;
  fetchesMissing: boolean;
  source: { stored: number; fetched: number; computed: number; missing: number } | null;
  metrics: MetricsReport | null;
  /** `null` also for a result from before it was kept. */
  bySymbol: SymbolReport[] | null;
  /** `null` where an optimisation checks that, and for a result from before it was kept. */
  bias: Pick<Verdict, 'lookAhead' | 'warmUp'> | null;
  candles: number | null;
  elapsedMs: number | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

/** A finished backtest beside others; `gain` in per cent of what it began with, at closes. */
export type ComparedBacktest = {
  backtest: BacktestView & { metrics: MetricsReport };
  timeMs: number[];
  gain: number[];
};

/** Columns of equal length; `hold` is what holding would be worth. */
export type BacktestCurveView = { timeMs: number[]; equity: number[]; drawdown: number[]; hold: number[] };

/** A page of trades, newest first. `number` counts from 1 in the order of exits. */
export type BacktestTradePage = {
  trades: (TradeReport & { number: number })[];
  page: number;
  pages: number;
  total: number;
};

export type BacktestReportView = {
  curve: BacktestCurveView;
  trades: BacktestTradePage;
  /** Of the span of the trades on this page, or of the whole run. */
  chart: ChartView;
  chartSymbol: string;
};
