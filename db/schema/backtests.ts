import { sql } from 'drizzle-orm';
import {
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { MetricsReport, SymbolReport, TradeReport } from '../../jobs/trading/backtest/report.ts';
import type { Verdict } from '../../jobs/trading/research/verdict.ts';
import type { Timeframe } from '../../jobs/trading/timeframe.ts';
import type { StoredRisk } from '../../jobs/trading/types.ts';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

/** What a backtest was asked to do: all that its result depends on, beside the candles. Decimals are strings. */
export type BacktestRequest = {
  strategy: string;
  /** Parsed by the strategy's schema. */
  params: Record<string, unknown>;
  venue: string;
  symbols: string[];
  timeframe: Timeframe;
  /** Of finer candles, to tell in which order a candle touched stop and target. */
  detailTimeframe?: Timeframe;
  /** Open times, ms; `toMs` is exclusive. */
  fromMs: number;
  toMs: number;
  /** Quote units that all symbols share. */
  initialBalance: string;
  /** Quote units per entry, or `all`. */
  stake: string;
  /** A bot's own sizing, instead of the stake: a fraction of its equity, or quote units. */
  sizing?: { type: 'quote_amount' | 'equity_fraction'; value: string };
  /** Positions at a time, over all symbols. */
  maxOpen?: number;
  /** Fractions of a fill and of the open. Where a fee of resting orders is given, `fee` is that of the others. */
  fee: string;
  makerFee?: string;
  slippage: string;
  risk: StoredRisk;
  /** The market's steps and minimum; without them nothing is rounded or refused. */
  lotSize?: string;
  tickSize?: string;
  minNotional?: string;
  /** What the store lacks is asked for at the venue. */
  fetchesMissing: boolean;
};

/** Where the candles came from: how many were stored already, fetched for this run, or computed by the demo market. */
export type CandleSource = { stored: number; fetched: number; computed: number; missing: number };

export const backtests = pgTable(
  'backtests',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    request: jsonb().$type<BacktestRequest>().notNull(),
    status: text({ enum: ['queued', 'running', 'done', 'failed', 'canceled'] })
      .notNull()
      .default('queued'),
    /** 0..1; only meant for people. */
    progress: doublePrecision().notNull().default(0),
    /** Why it failed, or what a running one waits for. */
    problem: text(),
    source: jsonb().$type<CandleSource>(),
    metrics: jsonb().$type<MetricsReport>(),
    /** What each symbol made of it. */
    bySymbol: jsonb().$type<SymbolReport[]>(),
    /** Whether the result could be had live; `null` where an optimisation checks that. */
    bias: jsonb().$type<Pick<Verdict, 'lookAhead' | 'warmUp'>>(),
    candles: integer(),
    elapsedMs: doublePrecision(),
    createdAt: moment().notNull(),
    startedAt: moment(),
    finishedAt: moment(),
  },
  (t) => [
    index('backtests_user_idx').on(t.userId, t.createdAt),
    check('backtests_done_check', sql`${t.status} <> 'done' or ${t.metrics} is not null`),
  ],
);

/** Equity at closes as columns of equal length, thinned to what a chart can show; `hold` is what holding would be worth. */
export type BacktestCurve = { timeMs: number[]; equity: number[]; drawdown: number[]; hold: number[] };

/** Candles of the whole run for a chart, each of several of its own timeframe, as columns. */
export type BacktestChart = {
  symbol: string;
  timeMs: number[];
  open: number[];
  high: number[];
  low: number[];
  close: number[];
};

/** What only the page of one backtest shows: apart, so that a list reads none of it. */
export const backtestCurves = pgTable('backtest_curves', {
  backtestId: uuid()
    .primaryKey()
    .references(() => backtests.id, { onDelete: 'cascade' }),
  curve: jsonb().$type<BacktestCurve>().notNull(),
  charts: jsonb().$type<BacktestChart[]>().notNull(),
});

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** The whole equity curve for its export: packed columns, a chunk of many points a row, oldest first. */
export const backtestEquity = pgTable(
  'backtest_equity',
  {
    backtestId: uuid()
      .notNull()
      .references(() => backtests.id, { onDelete: 'cascade' }),
    chunk: integer().notNull(),
    points: bytes().notNull(),
  },
  (t) => [primaryKey({ columns: [t.backtestId, t.chunk] })],
);

/** Trades by exit, a chunk of many a row: Postgres packs them to a fraction, and a page of them is one row. */
export const backtestTrades = pgTable(
  'backtest_trades',
  {
    backtestId: uuid()
      .notNull()
      .references(() => backtests.id, { onDelete: 'cascade' }),
    chunk: integer().notNull(),
    trades: jsonb().$type<TradeReport[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.backtestId, t.chunk] })],
);
