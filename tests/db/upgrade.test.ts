import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEngineBots } from '../../db/queries/bot-state.ts';
import { findBotRun } from '../../db/queries/bots.ts';
import { findExchangeKey } from '../../db/queries/exchange-keys.ts';
import { claimIntents, findEngineOrder, listWorkingOrders, moveOrder } from '../../db/queries/orders.ts';
import { findOrder, listOrderEvents, listOrders, listTrades } from '../../db/queries/trades.ts';
import { migrateDatabase } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../db/migrations');

const USER = '00000000-0000-4000-8000-000000000001';
const KEY = '00000000-0000-4000-8000-000000000002';
const BOT = '00000000-0000-4000-8000-000000000003';
const BOUGHT = '00000000-0000-4000-8000-000000000004';
const SOLD = '00000000-0000-4000-8000-000000000007';
const LOST = '00000000-0000-4000-8000-000000000005';
const WRITTEN = '00000000-0000-4000-8000-000000000006';

/** What somebody had who installed the first version: written as that version wrote it, whatever the code says today. */
const ROWS = `
  insert into users (id, email, password_hash, role) values ('${USER}', 'first@example.org', 'hash', 'admin');
  insert into strategies (name, description) values ('RSI_CROSS', 'RSI');
  insert into exchange_keys (id, user_id, exchange, label, key_hint, encrypted_api_key, iv_api_key, encrypted_api_secret, iv_api_secret)
    values ('${KEY}', '${USER}', 'binance', 'main', '0001', 'k', 'iv1', 's', 'iv2');
  insert into bot_runs (id, user_id, name, strategy, venue, symbol, base, quote, timeframe, mode, exchange_key_id, account_id,
      parameters, sizing_type, sizing_value, risk, initial_balance, status, started_at, position_quantity, position_cost,
      position_entry_price, position_high_price, position_opened_at, fees_quote)
    values ('${BOT}', '${USER}', 'Old bot', 'RSI_CROSS', 'binance', 'BTC/USDT', 'BTC', 'USDT', '1h', 'live', '${KEY}', '${KEY}',
      '{"rsi_period":14}', 'quote_amount', 1000, '{"stop_loss_pct":"5"}', 10000.000000000000000001, 'RUNNING', '2026-01-01',
      0.001998, 100, 50000, 51000, '2026-01-01 01:00', 0.1);
  insert into orders (id, bot_run_id, user_id, account_id, venue, symbol, client_order_id, exchange_order_id, side, type, reason,
      quantity, filled_quantity, status, candle_time, leg, decided_at, submitted_at, acknowledged_at, closed_at) values
    ('${BOUGHT}', '${BOT}', '${USER}', '${KEY}', 'binance', 'BTC/USDT', 'old1', '77', 'BUY', 'market', 'signal', 0.002, 0.002,
      'filled', '2026-01-01 01:00', 0, '2026-01-01 01:00', '2026-01-01 01:00', '2026-01-01 01:00', '2026-01-01 01:00'),
    ('${LOST}', '${BOT}', '${USER}', '${KEY}', 'binance', 'BTC/USDT', 'old2', null, 'SELL', 'market', 'stop_loss', 0.001, 0,
      'unknown', '2026-01-01 02:00', 1, '2026-01-01 02:00', '2026-01-01 02:00', null, null),
    ('${WRITTEN}', '${BOT}', '${USER}', '${KEY}', 'binance', 'BTC/USDT', 'old3', null, 'SELL', 'market', 'stop_loss', 0.0009, 0,
      'intended', '2026-01-01 03:00', 1, '2026-01-01 03:00', null, null, null);
  insert into orders (id, bot_run_id, user_id, account_id, venue, symbol, client_order_id, exchange_order_id, side, type, reason,
      quantity, filled_quantity, status, candle_time, leg, decided_at) values
    ('${SOLD}', '${BOT}', '${USER}', '${KEY}', 'binance', 'BTC/USDT', 'old0', '70', 'SELL', 'market', 'signal', 0.001, 0.001,
      'filled', '2025-12-31 01:00', 0, '2025-12-31 01:00');
  insert into order_events (order_id, status, at) values
    ('${BOUGHT}', 'intended', '2026-01-01 01:00'), ('${BOUGHT}', 'submitting', '2026-01-01 01:00'), ('${BOUGHT}', 'filled', '2026-01-01 01:00');
  insert into fills (order_id, bot_run_id, user_id, account_id, symbol, exchange_trade_id, side, quantity, price, fee,
      fee_currency, fee_quote, executed_at) values
    ('${BOUGHT}', '${BOT}', '${USER}', '${KEY}', 'BTC/USDT', '5001', 'BUY', 0.001, 50000, 0.000001, 'BTC', 0.05, '2026-01-01 01:00'),
    ('${BOUGHT}', '${BOT}', '${USER}', '${KEY}', 'BTC/USDT', '5002', 'BUY', 0.001, 50000.01, 0.000001, 'BTC', 0.05000001, '2026-01-01 01:00');
  insert into fills (order_id, bot_run_id, user_id, account_id, symbol, exchange_trade_id, side, quantity, price, fee,
      fee_currency, fee_quote, pnl, executed_at) values
    ('${SOLD}', '${BOT}', '${USER}', '${KEY}', 'BTC/USDT', '4001', 'SELL', 0.001, 49000, 0, 'USDT', 0, -1, '2025-12-31 01:00');`;

/** Lays what the first migration alone lays. */
async function layFirstVersion(url: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-migration-'));
  const journal = JSON.parse(await readFile(path.join(MIGRATIONS, 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string }[];
  };
  const [first] = journal.entries;
  await mkdir(path.join(folder, 'meta'));
  await cp(path.join(MIGRATIONS, `${first?.tag ?? ''}.sql`), path.join(folder, `${first?.tag ?? ''}.sql`));
  await writeFile(path.join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: [first] }));
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await migrate(drizzle(sql), { migrationsFolder: folder });
    await sql.unsafe(ROWS);
  } finally {
    await sql.end({ timeout: 5 });
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a database of the first version', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ isEmpty: true });
    await layFirstVersion(database.url);
    await migrateDatabase(database.url);
  });

  afterAll(() => database.drop());

  it('has been through every migration, and a second start changes nothing', async () => {
    const count = async () => (await database.sql`select 1 from drizzle.__drizzle_migrations`).length;
    const journal = JSON.parse(await readFile(path.join(MIGRATIONS, 'meta/_journal.json'), 'utf8')) as {
      entries: unknown[];
    };
    expect(await count()).toBe(journal.entries.length);
    await migrateDatabase(database.url);
    expect(await count()).toBe(journal.entries.length);
  });

  it('still has its key and its bot, to the last decimal', async () => {
    expect(await findExchangeKey(database.db, USER, KEY)).toMatchObject({
      exchange: 'binance',
      label: 'main',
    });
    const bot = await findBotRun(database.db, USER, BOT);
    expect(bot).toMatchObject({ name: 'Old bot', status: 'RUNNING', venue: 'binance' });
    const [engineBot] = await listEngineBots(database.db, [BOT]);
    expect(engineBot?.initialBalance.toFixed()).toBe('10000.000000000000000001');
    expect(engineBot?.position.quantity.toFixed()).toBe('0.001998');
    expect(engineBot?.risk.stopLossPct?.toFixed()).toBe('5');
    expect(engineBot?.hasWorkingOrder).toBe(true);
    expect(engineBot?.exits.lossStreak).toBe(1);
    expect(engineBot?.exits.openTradePnl.toFixed()).toBe('0');
  });

  it('still has its orders with their steps and fills', async () => {
    const made = await listOrders(database.db, USER, { botRunId: BOT, limit: 10 });
    expect(made.map(({ status }) => status).sort()).toEqual(['filled', 'filled', 'intended', 'unknown']);
    expect(await findOrder(database.db, USER, BOUGHT)).toMatchObject({
      exchangeOrderId: '77',
      lookups: null,
    });
    const steps = await listOrderEvents(database.db, USER, BOUGHT);
    expect(steps.map(({ status }) => status)).toEqual(['intended', 'submitting', 'filled']);
    const trades = await listTrades(database.db, USER, { limit: 10 });
    expect(trades.map(({ price }) => price.toFixed())).toEqual(['49000', '50000.01', '50000']);
  });

  it('goes on with the orders that were on their way', async () => {
    const { db } = database;
    expect(await listWorkingOrders(db, BOT)).toHaveLength(2);
    const atMs = Date.UTC(2026, 0, 2);
    expect((await claimIntents(db, [WRITTEN], atMs)).get(WRITTEN)).toBe(1);
    const lost = await findEngineOrder(db, LOST);
    if (!lost) throw new Error('the order is gone');
    expect(await moveOrder(db, LOST, { status: 'intended', seen: lost, atMs })).toBe(true);
    // It had been sent once, though the first version did not count.
    expect((await claimIntents(db, [LOST], atMs)).get(LOST)).toBe(2);
  });
});
