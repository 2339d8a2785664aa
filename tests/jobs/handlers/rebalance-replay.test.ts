import { asc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRebalance } from '../../../db/queries/rebalances.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { paperBalances } from '../../../db/schema/paper.ts';
import { scheduleTicks } from '../../../jobs/scheduler.ts';
import type { RebalanceRun } from '../../../jobs/trading/backtest/rebalance-run.ts';
import { simulateRebalance } from '../../../jobs/trading/backtest/simulate-rebalance.ts';
import { toCandles } from '../../../jobs/trading/candles.ts';
import { money, type Money } from '../../../jobs/trading/decimal.ts';
import { paramsSchema } from '../../../jobs/trading/rebalance/params.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import { createTestClock, insertKey, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { makeRebalanced } from '../../support/rebalance-basket.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const BASES = ['BTC', 'ETH', 'LTC'];
const SYMBOLS = BASES.map((base) => `${base}/USDT`);
const FILES = BASES.map((base) => findCandleFile(`BINANCE_${base}-USDT_5m`));
const STEP_MS = 1_000;
const START_MS = Date.UTC(2030, 0, 1);
/** The bot starts with the candle after this one. */
const FIRST = 2;
const KEY = { apiKey: 'weights-api-key-0001', apiSecret: 'weights-secret-0001' };
/** Narrow bands and no money left over: sales must pay for buys again and again. */
const PARAMS = paramsSchema.parse({
  weights: 'BTC/USDT:40, ETH/USDT:35, LTC/USDT:25',
  drift_points: 0.5,
  relative_drift_pct: 0.6,
});
type Plain = { symbol: string; timeMs: number; side: string; quantity: string; price: string; fee: number };

function toPlain(
  fill: Pick<Plain, 'symbol' | 'timeMs' | 'side'> & Record<'quantity' | 'price' | 'fee', Money>,
): Plain {
  const { symbol, timeMs, side, quantity, price, fee } = fill;
  return { symbol, timeMs, side, quantity: quantity.toFixed(), price: price.toFixed(), fee: fee.toNumber() };
}

const inOrder = (fills: Plain[]): Plain[] =>
  fills.toSorted((one, other) => one.timeMs - other.timeMs || one.symbol.localeCompare(other.symbol));

/** An account fills paper orders a little worse than the price of the moment; the simulated exchange at that price. */
const CASES = [
  { mode: 'paper' as const, candles: 160, slippageBps: 2 },
  { mode: 'live' as const, candles: 80, slippageBps: 0 },
];

describe.skipIf(FILES.includes(undefined)).each(CASES)(
  'a $mode basket at target weights on a replay of real candles',
  (scene) => {
    const { mode, slippageBps } = scene;
    let engine: Engine;
    let simulator: ExchangeSimulator;
    let basketId: string;
    let legIds: string[];
    let rows: Candle[][];

    beforeAll(async () => {
      rows = FILES.map((file) => readCandleFile(file ?? '', { from: 62_500, limit: FIRST + scene.candles }));
      const clock = createTestClock(START_MS + FIRST * STEP_MS);
      simulator = await startExchangeSimulator({
        clock,
        markets: SYMBOLS.map((symbol, at) => ({
          symbol,
          candles: rows[at] ?? [],
          timeframeMs: STEP_MS,
          startMs: START_MS,
          spread: '0',
        })),
        accounts: [{ apiKey: KEY.apiKey, secret: KEY.apiSecret, balances: { USDT: '10000' } }],
        fees: { maker: '0.001', taker: '0.001' },
      });
      engine = await startEngine({ clock, exchangeUrls: { binance: simulator.url } });
      const userId = await insertUser(engine);
      const account =
        mode === 'live'
          ? { exchangeKeyId: await insertKey(engine, userId, { exchange: 'binance', credentials: KEY }) }
          : {};
      ({ basketId, legIds } = await makeRebalanced(engine, {
        userId,
        venue: 'binance',
        symbols: SYMBOLS,
        params: PARAMS,
        ...account,
      }));
      for (let index = FIRST; index < FIRST + scene.candles; index += 1) {
        // At the very open of the next candle: that is the price of a backtest's fills.
        clock.nowMs = START_MS + (index + 1) * STEP_MS;
        await scheduleTicks(engine.deps, '1s');
        await engine.drain(['tick-bot', 'place-order', 'sync-order']);
      }
    }, 600_000);

    afterAll(async () => {
      await engine.stop();
      await simulator.stop();
    });

    async function backtest(): Promise<RebalanceRun> {
      const market = (await engine.deps.marketData('binance').loadMarkets()).get('BTC/USDT')!;
      const pairs = SYMBOLS.map((symbol, at) => ({
        symbol,
        candles: toCandles(
          (rows[at] ?? []).map((row, index) => ({ ...row, openTimeMs: START_MS + index * STEP_MS })),
        ),
        warmUp: FIRST + 1,
      }));
      let run: RebalanceRun | undefined;
      const settings = {
        strategy: 'REBALANCE',
        params: PARAMS,
        timeframe: '1s' as const,
        initialBalance: money('10000'),
        stake: 'all' as const,
        risk: {},
        fee: money('0.001'),
        slippageBps,
        tickSize: market.tickSize,
        lotSize: market.lotSize,
        minNotional: market.minNotional,
        arithmetic: 'exact' as const,
      };
      simulateRebalance(pairs, settings, (seen) => (run = seen));
      return run!;
    }

    it('makes the orders of its backtest, one by one', async () => {
      const { fills: expected } = await backtest();
      const made = await engine.deps.db
        .select()
        .from(fills)
        .where(inArray(fills.botRunId, legIds))
        .orderBy(asc(fills.executedAt), asc(fills.id));
      // What was decided on the last candle has no open any more in the backtest.
      const endMs = START_MS + (FIRST + scene.candles - 1) * STEP_MS;
      const wanted = inOrder(
        expected
          .map(({ symbol, fill }) => toPlain({ ...fill, symbol }))
          .filter(({ timeMs }) => timeMs < endMs),
      );
      const got = inOrder(
        made
          .map((fill) => toPlain({ ...fill, timeMs: fill.executedAt.getTime() }))
          .filter(({ timeMs }) => timeMs < endMs),
      );
      expect(wanted.length).toBeGreaterThan(scene.candles / 5);
      expect(wanted.filter(({ side }) => side === 'SELL').length).toBeGreaterThan(scene.candles / 20);
      const noFee = (fills: Plain[]) => fills.map((fill) => ({ ...fill, fee: 0 }));
      expect(noFee(got)).toEqual(noFee(wanted));
      // An exchange rounds its fees to eight decimals, a backtest does not.
      for (const [at, { fee }] of got.entries())
        expect(fee).toBeCloseTo(wanted[at]!.fee, mode === 'live' ? 7 : 12);
    });

    it('says of each order why it was made, and of itself what it waits for', async () => {
      const [log, sent] = await Promise.all([
        engine.deps.db.select().from(decisions).where(inArray(decisions.botRunId, legIds)),
        engine.deps.db.select().from(orders).where(inArray(orders.botRunId, legIds)),
      ]);
      expect(log.map(({ outcome }) => outcome)).toEqual(sent.map(() => 'order'));
      expect(log[0]?.reason).toMatch(/^BTC\/USDT is 0 % of all, its target 39\.56 %: buys 0\.0\d+ BTC$/);
      const stored = await findRebalance(engine.deps.db, basketId);
      expect(stored?.candleTimeMs).toBe(START_MS + (FIRST + scene.candles - 1) * STEP_MS);
      expect(stored?.shares.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
      expect(stored?.detail).toMatch(/its target/);
    });

    it('owns by its ledgers what its one account holds, to the last decimal', async () => {
      const legs = await engine.deps.db.select().from(botRuns).where(inArray(botRuns.id, legIds));
      const quote = legs.reduce(
        (total, { realizedPnl, positionCost }) => total.plus(realizedPnl).minus(positionCost),
        money('10000'),
      );
      const held = await readHoldings();
      expect(quote.toFixed()).toBe(held.get('USDT'));
      for (const { base, positionQuantity } of legs)
        expect(positionQuantity.toFixed()).toBe(held.get(base) ?? '0');
    });

    async function readHoldings(): Promise<Map<string, string>> {
      if (mode === 'live')
        return new Map(
          Object.entries(simulator.balances(KEY.apiKey)).map(([asset, { total }]) => [
            asset,
            money(total).toFixed(),
          ]),
        );
      const stored = await engine.deps.db
        .select()
        .from(paperBalances)
        .where(eq(paperBalances.accountId, basketId));
      return new Map(stored.map(({ asset, free, used }) => [asset, free.plus(used).toFixed()]));
    }
  },
);
