import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Signal, StoredRisk, Verdict } from '../../jobs/trading/types.ts';
import { decimal, id, moment } from './columns.ts';
import { exchangeKeys } from './exchange-keys.ts';
import { users } from './users.ts';

export const strategies = pgTable('strategies', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique('strategies_name_key'),
  description: text().notNull(),
  enabled: boolean().notNull().default(true),
});

/**
 * A bot over several symbols that share one balance. Each symbol is a row of `bot_runs`, its legs, which trade one by one;
 * what they were told is written on each of them too, and never changed.
 */
export const baskets = pgTable(
  'baskets',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    strategy: text()
      .notNull()
      .references(() => strategies.name),
    venue: text().notNull(),
    quote: text().notNull(),
    timeframe: text().notNull(),
    mode: text({ enum: ['paper', 'live'] }).notNull(),
    exchangeKeyId: uuid().references(() => exchangeKeys.id, { onDelete: 'set null' }),
    parameters: jsonb().$type<Record<string, unknown>>().notNull(),
    sizingType: text({ enum: ['quote_amount', 'equity_fraction'] }).notNull(),
    sizingValue: decimal().notNull(),
    risk: jsonb().$type<StoredRisk>().notNull().default({}),
    /** What all legs may spend together. */
    initialBalance: decimal().notNull(),
    /** Legs that may hold a position, or have an entry on its way, at a time. */
    maxOpen: integer().notNull(),
    /** The most that all legs owned together since a person last started it; null until it was looked at. */
    equityPeak: decimal(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    index('baskets_user_id_idx').on(t.userId, t.createdAt),
    check('baskets_mode_check', sql`${t.mode} in ('paper', 'live')`),
    check('baskets_max_open_check', sql`${t.maxOpen} > 0`),
    check('baskets_initial_balance_check', sql`${t.initialBalance} >= 0`),
  ],
);

/** A bot: what it was told to do (never changed after the start), and where it stands (changed by ticks and fills). */
export const botRuns = pgTable(
  'bot_runs',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    strategy: text()
      .notNull()
      .references(() => strategies.name),
    venue: text().notNull(),
    symbol: text().notNull(),
    base: text().notNull(),
    quote: text().notNull(),
    timeframe: text().notNull(),
    mode: text({ enum: ['paper', 'live'] }).notNull(),
    exchangeKeyId: uuid().references(() => exchangeKeys.id, { onDelete: 'set null' }),
    /** The account that its orders belong to: the exchange key's id, or for paper the bot's own id, a leg's basket's. */
    accountId: uuid().notNull(),
    /** The basket that it is a leg of, and its place there, from 0: of several entries at a candle the first comes first. */
    basketId: uuid().references(() => baskets.id, { onDelete: 'cascade' }),
    basketPlace: integer(),
    parameters: jsonb().$type<Record<string, unknown>>().notNull(),
    sizingType: text({ enum: ['quote_amount', 'equity_fraction'] }).notNull(),
    sizingValue: decimal().notNull(),
    /** Risk rules as given; an absent one is off. */
    risk: jsonb().$type<StoredRisk>().notNull().default({}),
    /** Of a leg its equal share, so that sums over bots are right: what a leg may spend, its basket says. */
    initialBalance: decimal().notNull(),

    status: text({ enum: ['RUNNING', 'STOPPING', 'STOPPED', 'HALTED', 'ERROR'] }).notNull(),
    closeOnStop: boolean().notNull().default(false),
    startedAt: moment().notNull(),
    stoppedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
    /** Open time of the newest candle decided on: only moves forward. */
    lastCandleTime: moment(),
    lastTickAt: moment(),
    lastSignal: jsonb().$type<Signal & { candleTimeMs: number }>(),
    lastPrice: decimal(),
    lastPriceAt: moment(),
    /** What is wrong right now, in a sentence; null when nothing is. */
    error: text(),
    /** What halted it last, and why, in a sentence. */
    haltedAt: moment(),
    haltRule: text(),
    haltReason: text(),
    /** The most that it owned since a person last started it; null until a price was seen. */
    equityPeak: decimal(),

    positionQuantity: decimal()
      .notNull()
      .default(sql`0`),
    positionCost: decimal()
      .notNull()
      .default(sql`0`),
    positionEntryPrice: decimal()
      .notNull()
      .default(sql`0`),
    positionHighPrice: decimal()
      .notNull()
      .default(sql`0`),
    positionOpenedAt: moment(),
    realizedPnl: decimal()
      .notNull()
      .default(sql`0`),
    /** Sum of all fees, valued in quote at fill time. */
    feesQuote: decimal()
      .notNull()
      .default(sql`0`),
    lastExitAt: moment(),
    lastExitPnl: decimal(),
    /** What the open trade has realised so far, and the trades lost in a row. */
    openTradePnl: decimal()
      .notNull()
      .default(sql`0`),
    lossStreak: integer().notNull().default(0),
  },
  (t) => [
    index('bot_runs_user_id_idx').on(t.userId, t.createdAt),
    index('bot_runs_due_idx')
      .on(t.timeframe)
      .where(sql`${t.status} = 'RUNNING'`),
    index('bot_runs_exchange_key_idx').on(t.exchangeKeyId),
    unique('bot_runs_basket_place_key').on(t.basketId, t.basketPlace),
    unique('bot_runs_basket_symbol_key').on(t.basketId, t.symbol),
    check('bot_runs_basket_check', sql`(${t.basketId} is null) = (${t.basketPlace} is null)`),
    check('bot_runs_status_check', sql`${t.status} in ('RUNNING', 'STOPPING', 'STOPPED', 'HALTED', 'ERROR')`),
    check('bot_runs_mode_check', sql`${t.mode} in ('paper', 'live')`),
    check(
      'bot_runs_sizing_check',
      sql`${t.sizingValue} > 0 and ${t.sizingType} in ('quote_amount', 'equity_fraction')`,
    ),
    check('bot_runs_initial_balance_check', sql`${t.initialBalance} >= 0`),
  ],
);

/** What was decided and why: every BUY, SELL, refusal and skipped stretch. HOLDs only update the bot. */
export const decisions = pgTable(
  'decisions',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    botRunId: uuid()
      .notNull()
      .references(() => botRuns.id, { onDelete: 'cascade' }),
    /**
     * `candle`: a strategy's signal; `signal`: one that was posted; `risk`: a rule that watches the price; `person`:
     * somebody's click.
     */
    source: text({ enum: ['candle', 'signal', 'risk', 'person'] }).notNull(),
    /** Open time of the candle decided on; for other sources the moment itself. */
    candleTime: moment().notNull(),
    signal: text({ enum: ['BUY', 'SELL', 'HOLD'] }).notNull(),
    confidence: decimal().notNull(),
    reason: text().notNull(),
    outcome: text({ enum: ['hold', 'order', 'ignored', 'refused'] }).notNull(),
    detail: text().notNull(),
    verdicts: jsonb().$type<Verdict[]>().notNull().default([]),
    /** Close of the candle, or the price that the rule saw. Quote units. */
    price: decimal().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [
    unique('decisions_once_key').on(t.botRunId, t.candleTime, t.source),
    check('decisions_signal_check', sql`${t.signal} in ('BUY', 'SELL', 'HOLD')`),
    check('decisions_outcome_check', sql`${t.outcome} in ('hold', 'order', 'ignored', 'refused')`),
  ],
);
