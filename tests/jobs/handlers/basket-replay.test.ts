import { asc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEngineBots } from '../../../db/queries/bot-state.ts';
import { botRuns, decisions } from '../../../db/schema/bots.ts';
import { fills } from '../../../db/schema/orders.ts';
import { paperBalances } from '../../../db/schema/paper.ts';
import { scheduleTicks } from '../../../jobs/scheduler.ts';
import type { BacktestTrade } from '../../../jobs/trading/backtest/run.ts';
import { simulate } from '../../../jobs/trading/backtest/simulate.ts';
import { toCandles } from '../../../jobs/trading/candles.ts';
import { money, sum, ZERO } from '../../../jobs/trading/decimal.ts';
import type { Candle } from '../../../jobs/trading/types.ts';
import { makeBasket } from '../../support/basket.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import { createTestClock, insertKey, insertUser, startEngine, type Engine } from '../../support/engine.ts';
import { startExchangeSimulator, type ExchangeSimulator } from '../../support/exchange-simulator/start.ts';

const BASES = ['BTC', 'ETH', 'LTC'];
const SYMBOLS = BASES.map((base) => `${base}/USDT`);
const FILES = BASES.map((base) => findCandleFile(`BINANCE_${base}-USDT_5m`));
const WARM_UP = 30;
const STEP_MS = 1_000;
const START_MS = Date.UTC(2030, 0, 1);
const KEY = { apiKey: 'basket-api-key-0001', apiSecret: 'basket-secret-0001' };
const MAX_OPEN = 2;
const PARAMS = { rsi_period: 7, oversold: 35, overbought: 60, smoothing: 'simple' };
const TERMS = {
  sizing: { type: 'equity_fraction' as const, value: '0.6' },
  risk: { cooldown_candles: 3, max_daily_loss_pct: '20', max_position_quote: '5900' },
};
/** An account fills paper orders a little worse than the price of the moment; the simulated exchange at that price. */
const CASES = [
  { mode: 'paper' as const, candles: 450, slippageBps: 2, processes: 1 },
  { mode: 'paper' as const, candles: 130, slippageBps: 2, processes: 2 },
  { mode: 'live' as const, candles: 250, slippageBps: 0, processes: 1 },
];

type Trade = Pick<
  BacktestTrade,
  'symbol' | 'entryTimeMs' | 'entryPrice' | 'exitTimeMs' | 'exitPrice' | 'quantity'
>;
type Fill = typeof fills.$inferSelect;

const inOrder = <T extends Pick<Trade, 'symbol' | 'entryTimeMs'>>(trades: T[]): T[] =>
  trades.toSorted(
    (one, other) => one.entryTimeMs - other.entryTimeMs || one.symbol.localeCompare(other.symbol),
  );

describe.skipIf(FILES.includes(undefined)).each(CASES)(
  'a $mode basket of three pairs on a replay of real candles, in $processes process(es)',
  (scene) => {
    const { mode, slippageBps } = scene;
    let engine: Engine;
    /** All processes, the engine's own among them; one clock. */
    let engines: Engine[];
    let simulator: ExchangeSimulator;
    let basketId: string;
    let legIds: string[];
    let rows: Candle[][];

    beforeAll(async () => {
      rows = FILES.map((file) => readCandleFile(file ?? '', { from: 3_000, limit: WARM_UP + scene.candles }));
      const clock = createTestClock(START_MS + WARM_UP * STEP_MS);
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
      const exchangeUrls = { binance: simulator.url };
      engine = await startEngine({ clock, exchangeUrls });
      engines = [engine];
      for (let more = 1; more < scene.processes; more += 1)
        engines.push(await startEngine({ clock, exchangeUrls, database: engine.database }));
      const userId = await insertUser(engine);
      const account =
        mode === 'live'
          ? { exchangeKeyId: await insertKey(engine, userId, { exchange: 'binance', credentials: KEY }) }
          : {};
      ({ basketId, legIds } = await makeBasket(engine, {
        userId,
        venue: 'binance',
        symbols: SYMBOLS,
        maxOpen: MAX_OPEN,
        parameters: PARAMS,
        ...TERMS,
        ...account,
      }));
      for (let index = WARM_UP; index < WARM_UP + scene.candles; index += 1) {
        // At the very open of the next candle: that is the price of a backtest's fills.
        clock.nowMs = START_MS + (index + 1) * STEP_MS;
        await scheduleTicks(engine.deps, '1s');
        await Promise.all(engines.map((each) => each.drain(['tick-bot', 'place-order', 'sync-order'])));
      }
    }, 600_000);

    afterAll(async () => {
      for (const each of engines.toReversed()) await each.stop();
      await simulator.stop();
    });

    const readFills = (): Promise<Fill[]> =>
      engine.deps.db.select().from(fills).where(inArray(fills.botRunId, legIds)).orderBy(asc(fills.id));

    async function backtest(): Promise<BacktestTrade[]> {
      const market = (await engine.deps.marketData('binance').loadMarkets()).get('BTC/USDT')!;
      const [leg] = await listEngineBots(engine.deps.db, legIds);
      const pairs = SYMBOLS.map((symbol, at) => ({
        symbol,
        candles: toCandles(
          (rows[at] ?? []).map((row, index) => ({ ...row, openTimeMs: START_MS + index * STEP_MS })),
        ),
        warmUp: WARM_UP + 1,
      }));
      const { trades } = simulate(pairs, {
        strategy: 'RSI_CROSS',
        params: PARAMS,
        timeframe: '1s',
        initialBalance: money('10000'),
        stake: 'all',
        sizing: leg!.sizing,
        risk: leg!.risk,
        maxOpen: MAX_OPEN,
        fee: money('0.001'),
        slippageBps,
        tickSize: market.tickSize,
        lotSize: market.lotSize,
        minNotional: market.minNotional,
        arithmetic: 'exact',
      });
      return inOrder(trades.filter(({ exitReason }) => exitReason === 'signal'));
    }

    /** The round trips of a leg that are over. */
    function roundTrips(all: Fill[]): (Trade & { fees: number })[] {
      return all.flatMap((sale, at) => {
        const buy = all[at - 1];
        if (sale.side === 'BUY' || !buy) return [];
        return [
          {
            symbol: sale.symbol,
            entryTimeMs: buy.executedAt.getTime(),
            entryPrice: buy.price.toNumber(),
            exitTimeMs: sale.executedAt.getTime(),
            exitPrice: sale.price.toNumber(),
            quantity: sale.quantity.toNumber(),
            fees: sum([buy.feeQuote ?? ZERO, sale.feeQuote ?? ZERO]).toNumber(),
          },
        ];
      });
    }

    it('makes the trades of its backtest, one by one', async () => {
      const expected = await backtest();
      const made = await readFills();
      // A backtest ignores a signal on the last candle: none follows at whose open it could fill.
      const endMs = START_MS + (WARM_UP + scene.candles) * STEP_MS;
      const trips = legIds
        .flatMap((id) => roundTrips(made.filter(({ botRunId }) => botRunId === id)))
        .filter(({ exitTimeMs }) => exitTimeMs < endMs);
      expect(expected.length).toBeGreaterThan(scene.candles / 50);
      expect(new Set(expected.map(({ symbol }) => symbol)).size).toBe(SYMBOLS.length);
      const plain = ({ symbol, entryTimeMs, entryPrice, exitTimeMs, exitPrice, quantity }: Trade) => ({
        symbol,
        entryTimeMs,
        entryPrice,
        exitTimeMs,
        exitPrice,
        quantity,
      });
      expect(inOrder(trips).map(plain)).toEqual(expected.map(plain));
      // An exchange rounds its fees to eight decimals, a backtest does not.
      for (const [at, { fees }] of inOrder(trips).entries())
        expect(fees).toBeCloseTo(expected[at]!.fees, mode === 'live' ? 7 : 12);
    });

    it('never holds more than may be open, and is refused where it would', async () => {
      const open = new Set<string>();
      let most = 0;
      for (const { botRunId, side } of await readFills()) {
        if (side === 'BUY') open.add(botRunId);
        else open.delete(botRunId);
        most = Math.max(most, open.size);
      }
      expect(most).toBe(MAX_OPEN);
      const refused = await engine.deps.db
        .select()
        .from(decisions)
        .where(inArray(decisions.botRunId, legIds));
      expect(refused.some(({ detail }) => detail.startsWith('2 of 2 positions of the basket'))).toBe(true);
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
      expect(sum(legs.map(({ initialBalance }) => initialBalance)).toFixed()).toBe('10000');
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
