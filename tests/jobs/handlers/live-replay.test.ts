import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEngineBots } from '../../../db/queries/bot-state.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { scheduleTicks } from '../../../jobs/scheduler.ts';
import { simulate } from '../../../jobs/trading/backtest/simulate.ts';
import { toCandles } from '../../../jobs/trading/candles.ts';
import { money, sum, ZERO } from '../../../jobs/trading/decimal.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import {
  createTestClock,
  insertBot,
  insertKey,
  insertUser,
  startEngine,
  type Engine,
} from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_5m');
const WARM_UP = 30;
/** Kraken has no candles below a minute, and hands out 720 at most. */
const CASES = [
  { venue: 'binance', timeframe: '1s', stepMs: 1_000, candles: 1_000 },
  { venue: 'kraken', timeframe: '1m', stepMs: 60_000, candles: 400 },
] as const;
const START_MS = Date.UTC(2030, 0, 1);
const KEY = {
  apiKey: 'replay-api-key-0001',
  apiSecret: Buffer.from('replay-secret-0001').toString('base64'),
};

type Expected = { candleTimeMs: number; signal: 'BUY' | 'SELL'; acts: boolean };

/** RSI by simple averages and its crossings, written out anew from the contract: shares nothing with the product. */
function expectedSignals(closes: readonly number[], stepMs: number): Expected[] {
  const rsiAt = (index: number): number => {
    if (index < 14) return 50;
    let gains = 0;
    let losses = 0;
    for (let at = index - 13; at <= index; at++) {
      const change = (closes[at] ?? 0) - (closes[at - 1] ?? 0);
      if (change > 0) gains += change;
      else losses -= change;
    }
    return losses === 0 ? 100 : 100 - 100 / (1 + gains / losses);
  };
  const snap = (value: number) =>
    Math.abs(value - 30) < 1e-9 ? 30 : Math.abs(value - 70) < 1e-9 ? 70 : value;
  const found: Expected[] = [];
  let holds = false;
  for (let index = WARM_UP; index < closes.length; index++) {
    const before = snap(rsiAt(index - 1));
    const now = snap(rsiAt(index));
    const candleTimeMs = START_MS + index * stepMs;
    if (before < 30 && now >= 30) {
      found.push({ candleTimeMs, signal: 'BUY', acts: !holds });
      holds = true;
    } else if (before > 70 && now <= 70) {
      found.push({ candleTimeMs, signal: 'SELL', acts: holds });
      holds = false;
    }
  }
  return found;
}

describe.skipIf(!FILE).each(CASES)(
  'a live bot on a replay of real candles, through ccxt, on $venue',
  (scene) => {
    const { venue, timeframe, stepMs } = scene;
    let engine: Engine;
    let simulator: ExchangeSimulator;
    let botId: string;
    let rows: Candle[];

    beforeAll(async () => {
      rows = readCandleFile(FILE ?? '', { from: 0, limit: WARM_UP + scene.candles });
      const clock = createTestClock(START_MS + WARM_UP * stepMs);
      simulator = await startExchangeSimulator({
        clock,
        face: venue,
        markets: [{ symbol: 'BTC/USDT', candles: rows, timeframeMs: stepMs, startMs: START_MS }],
        accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '10000' } }],
        fees: { maker: '0.001', taker: '0.001' },
      });
      engine = await startEngine({ clock, exchangeUrls: { [venue]: simulator.url } });
      const userId = await insertUser(engine);
      const exchangeKeyId = await insertKey(engine, userId, { exchange: venue, credentials: KEY });
      botId = await insertBot(engine, { userId, exchangeKeyId, venue, timeframe });
      for (let index = WARM_UP; index < rows.length; index++) {
        // At the very open of the next candle: that is the price of a backtest's fills.
        clock.nowMs = START_MS + (index + 1) * stepMs;
        await scheduleTicks(engine.deps, timeframe);
        await engine.drain(['tick-bot', 'place-order', 'sync-order']);
      }
    }, 600_000);

    async function readConfig() {
      const [bot] = await listEngineBots(engine.deps.db, [botId]);
      return { risk: bot!.risk, sizing: bot!.sizing, params: bot!.parameters };
    }

    afterAll(async () => {
      await engine.stop();
      await simulator.stop();
    });

    it('makes exactly the signals of an independent computation, candle by candle', async () => {
      const expected = expectedSignals(
        rows.map((row) => row.close),
        stepMs,
      );
      const made = await engine.deps.db
        .select()
        .from(decisions)
        .where(eq(decisions.botRunId, botId))
        .orderBy(asc(decisions.candleTime));
      const seen = made.map((row) => ({
        candleTimeMs: row.candleTime.getTime(),
        signal: row.signal,
        acts: row.outcome === 'order',
      }));
      expect(expected.length).toBeGreaterThan(scene.candles / 50);
      expect(seen).toEqual(expected);
    });

    it('sends exactly one order for each signal that finds something to do', async () => {
      const acting = expectedSignals(
        rows.map((row) => row.close),
        stepMs,
      ).filter((signal) => signal.acts);
      const ours = await engine.deps.db
        .select()
        .from(orders)
        .where(eq(orders.botRunId, botId))
        .orderBy(asc(orders.candleTime));
      expect(ours.map((order) => [order.candleTime.getTime(), order.side, order.status])).toEqual(
        acting.map((signal) => [signal.candleTimeMs, signal.signal, 'filled']),
      );
      const theirs = simulator.orders(KEY.apiKey);
      expect(theirs.map((order) => order.clientOrderId)).toEqual(ours.map((order) => order.clientOrderId));
    });

    it('makes the trades of its backtest, one by one', async () => {
      const market = (await engine.deps.marketData(venue).loadMarkets()).get('BTC/USDT')!;
      const { risk, sizing, params } = await readConfig();
      const candles = toCandles(
        rows.map((row, index) => ({ ...row, openTimeMs: START_MS + index * stepMs })),
      );
      const { trades } = simulate([{ symbol: 'BTC/USDT', candles, warmUp: WARM_UP + 1 }], {
        strategy: 'RSI_CROSS',
        params,
        timeframe,
        initialBalance: money('10000'),
        stake: 'all',
        sizing,
        fee: money('0.001'),
        slippageBps: 0,
        risk,
        tickSize: market.tickSize,
        lotSize: market.lotSize,
        minNotional: market.minNotional,
        arithmetic: 'exact',
      });
      const closed = trades.filter(({ exitReason }) => exitReason === 'signal');
      const made = await engine.deps.db
        .select()
        .from(fills)
        .where(eq(fills.botRunId, botId))
        .orderBy(asc(fills.id));
      const pairs = closed.map((_, at) => [made[2 * at]!, made[2 * at + 1]!] as const);
      expect(closed.length).toBeGreaterThan(scene.candles / 250);
      expect(
        pairs.map(([buy, sale]) => [
          buy.executedAt.getTime(),
          sale.executedAt.getTime(),
          buy.side,
          sale.side,
        ]),
      ).toEqual(closed.map(({ entryTimeMs, exitTimeMs }) => [entryTimeMs, exitTimeMs, 'BUY', 'SELL']));
      expect(pairs.map(([buy, sale]) => [buy.price.toNumber(), sale.price.toNumber()])).toEqual(
        closed.map(({ entryPrice, exitPrice }) => [entryPrice, exitPrice]),
      );
      // Kraken takes a buy's fee in quote, so that all that was bought is sold.
      if (venue === 'binance') {
        expect(pairs.map(([, sale]) => sale.quantity.toNumber())).toEqual(
          closed.map(({ quantity }) => quantity),
        );
        // The exchange rounds its fees to eight decimals, a backtest does not.
        for (const [at, [buy, sale]] of pairs.entries())
          expect(sum([buy.feeQuote ?? ZERO, sale.feeQuote ?? ZERO]).toNumber()).toBeCloseTo(
            closed[at]!.fees,
            7,
          );
      }
      // A backtest ignores a signal on the last candle: no candle follows at whose open it could fill.
      const inside = made.filter(({ executedAt }) => executedAt.getTime() < START_MS + rows.length * stepMs);
      expect(inside.length - 2 * closed.length).toBe(trades.length - closed.length);
    });

    it('agrees with the exchange on every fill and on every balance to the last decimal', async () => {
      const ours = await engine.deps.db
        .select()
        .from(fills)
        .where(eq(fills.botRunId, botId))
        .orderBy(asc(fills.id));
      const theirs = simulator.trades(KEY.apiKey);
      expect(
        ours.map((fill) => [
          // Kraken's ids have letters before the number.
          Number(/\d+$/.exec(fill.exchangeTradeId)?.[0]),
          fill.side,
          fill.quantity.toFixed(),
          fill.price.toFixed(),
          fill.fee.toFixed(),
          fill.feeCurrency,
        ]),
      ).toEqual(
        theirs.map((trade) => [
          trade.id,
          trade.side,
          trade.quantity.toFixed(),
          trade.price.toFixed(),
          trade.fee.toFixed(),
          trade.feeAsset,
        ]),
      );

      const balances = { BTC: ZERO, USDT: money('10000') };
      for (const fill of ours) {
        const sign = fill.side === 'BUY' ? 1 : -1;
        balances.BTC = balances.BTC.plus(fill.quantity.times(sign));
        balances.USDT = balances.USDT.minus(fill.quantity.times(fill.price).times(sign));
        const currency = fill.feeCurrency as 'BTC' | 'USDT';
        balances[currency] = balances[currency].minus(fill.fee);
      }
      const held = simulator.balances(KEY.apiKey);
      expect(balances.BTC.toFixed()).toBe(money(held['BTC']?.total ?? '0').toFixed());
      expect(balances.USDT.toFixed()).toBe(money(held['USDT']?.total ?? '0').toFixed());

      const [bot] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
      expect(bot?.positionQuantity.toFixed()).toBe(balances.BTC.toFixed());
      const ledgerQuote = bot?.initialBalance.plus(bot.realizedPnl).minus(bot.positionCost);
      expect(ledgerQuote?.toFixed()).toBe(balances.USDT.toFixed());
    });
  },
);
