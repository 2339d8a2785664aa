import { sql } from 'drizzle-orm';
import {
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { OptimizationRequest } from '../../jobs/research/bench.ts';
import type { OptimizationOutcome, WalkStep } from '../../jobs/trading/research/outcome.ts';
import type { OptimizationPlan } from '../../jobs/trading/research/optimization.ts';
import type { ParamValue } from '../../jobs/trading/research/param-fields.ts';
import type { ParamSpace } from '../../jobs/trading/research/param-space.ts';
import type { SearchState } from '../../jobs/trading/research/search.ts';
import type { TrialMetrics, TrialResult } from '../../jobs/trading/research/trial.ts';
import type { CandleSource } from './backtests.ts';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

/** The best set so far. */
export type BestSoFar = {
  point: number;
  values: Record<string, ParamValue>;
  score: number;
  metrics: TrialMetrics;
};

export const optimizations = pgTable(
  'optimizations',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    request: jsonb().$type<OptimizationRequest>().notNull(),
    plan: jsonb().$type<OptimizationPlan>().notNull(),
    /** What the plan's lines mean, for those who show results. */
    space: jsonb().$type<ParamSpace>().notNull(),
    status: text({ enum: ['queued', 'running', 'done', 'failed', 'canceled'] })
      .notNull()
      .default('queued'),
    /** Rises when somebody takes over: whoever worked on it before can write no more. */
    revision: integer().notNull().default(0),
    /** Of `total` sets. */
    tried: integer().notNull().default(0),
    total: integer().notNull(),
    /** Where the search and the walk-forward run stand; what goes on later begins with them. */
    search: jsonb().$type<SearchState>(),
    walk: jsonb().$type<WalkStep[]>().notNull().default([]),
    best: jsonb().$type<BestSoFar>(),
    outcome: jsonb().$type<OptimizationOutcome>(),
    candles: integer(),
    /** Of the candles that the store lacked, how much was asked for, 0..1; 1 once there is nothing more to ask. */
    fetched: doublePrecision(),
    source: jsonb().$type<CandleSource>(),
    /** What its owner should know of the candles, in a sentence. */
    notice: text(),
    /** Why it failed, or what was in the way last. */
    problem: text(),
    /** Errors in a row. */
    failures: integer().notNull().default(0),
    createdAt: moment().notNull(),
    startedAt: moment(),
    /** When it last came forward. */
    movedAt: moment().notNull(),
    finishedAt: moment(),
  },
  (t) => [
    index('optimizations_user_idx').on(t.userId, t.createdAt),
    check('optimizations_done_check', sql`${t.status} <> 'done' or ${t.outcome} is not null`),
  ],
);

/** What sets came to, a batch a row, in the order in which they were tried; `first` is how many were tried before. */
export const optimizationTrials = pgTable(
  'optimization_trials',
  {
    optimizationId: uuid()
      .notNull()
      .references(() => optimizations.id, { onDelete: 'cascade' }),
    first: integer().notNull(),
    trials: jsonb().$type<TrialResult[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.optimizationId, t.first] })],
);
