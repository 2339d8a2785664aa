import {
  listEngineBots,
  listWatchedBots,
  lockEngineBot,
  type EngineBot,
} from '../../db/queries/bot-state.ts';
import { listStoppingBots, markPrices } from '../../db/queries/engine-bots.ts';
import { haltBots } from '../../db/queries/halts.ts';
import { listUnvaluedFills, valueFee } from '../../db/queries/fills.ts';
import { listKeptBots, listRestingStops, type RestingStop } from '../../db/queries/slots.ts';
import { insertSnapshots, syncBotAlerts, syncHaltAlerts } from '../../db/queries/watch.ts';
import type { Deps } from '../deps.ts';
import { ExchangeError } from '../exchange/errors.ts';
import { rebuildLedger } from '../orders/book-fills.ts';
import { wishExit } from '../orders/exit-order.ts';
import { watchBaskets } from '../ticks/watch-baskets.ts';
import { leaveToExchange } from '../orders/leave-to-exchange.ts';
import { feeInQuote } from '../orders/fee-value.ts';
import { findMarket } from '../orders/record-venue-order.ts';
import type { Payload } from '../queues.ts';
import { ZERO, type Money } from '../trading/decimal.ts';
import { listOrderStrategies } from '../trading/order-strategies/registry.ts';
import { observePrice } from '../trading/portfolio/ledger.ts';
import { STOP_SLOT } from '../trading/portfolio/wanted-stop.ts';
import { findExit } from '../trading/risk/exits.ts';
import { judgeDrawdown } from '../trading/risk/max-drawdown.ts';

/** A snapshot of every bot's equity, this often. */
const SNAPSHOT_MS = 60_000;

/**
 * Looks at everything that does not wait for a candle: prices against stops and targets, equity, alerts, fees that could
 * not be valued when they were paid, and stops whose job was lost.
 */
export async function assessRisk(deps: Deps, { slotMs }: Payload<'assess-risk'>): Promise<void> {
  const watched = await listWatchedBots(deps.db);
  const bots = watched.filter((bot) => bot.position.quantity.gt(0));
  const prices = await fetchPrices(deps, bots);
  const priced = bots.flatMap((bot) => {
    const price = prices.get(marketKey(bot));
    return price ? [{ bot, price }] : [];
  });
  const marks = priced.map(({ bot, price }) => ({ botRunId: bot.id, price }));
  await markPrices(deps.db, marks, deps.clock.now());
  const kept = priced.filter(({ bot }) => bot.risk.stopOnExchange === true).map(({ bot }) => bot.id);
  const stops = await listRestingStops(deps.db, kept, STOP_SLOT);
  for (const { bot, price } of priced) await watchPrice(deps, { bot, price, stop: stops.get(bot.id) });
  const flat = watched.filter((bot) => bot.position.quantity.lte(0));
  await haltDrawnDown(deps, [...priced, ...flat.map((bot) => ({ bot, price: ZERO }))]);
  await watchBaskets(deps);
  await insertSnapshots(deps.db, Math.floor(slotMs / SNAPSHOT_MS) * SNAPSHOT_MS);
  await valueFees(deps);
  await syncBotAlerts(deps.db, deps.clock.now());
  await syncHaltAlerts(deps.db, deps.clock.now());
  await keepSlots(deps, slotMs);
  await resumeStops(deps);
}

const marketKey = ({ venue, symbol }: { venue: string; symbol: string }) => `${venue} ${symbol}`;

/** One price per market, whatever the number of bots; a market whose venue does not answer is left out. */
async function fetchPrices(deps: Deps, bots: EngineBot[]): Promise<Map<string, Money>> {
  const markets = new Map(bots.map((bot) => [marketKey(bot), { venue: bot.venue, symbol: bot.symbol }]));
  const prices = new Map<string, Money>();
  await Promise.all(
    [...markets].map(async ([key, { venue, symbol }]) => {
      try {
        prices.set(key, (await deps.marketData(venue).fetchTicker(symbol)).last);
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        deps.log.warn({ venue, symbol, err: error }, 'no price to hold stops against');
      }
    }),
  );
  return prices;
}

type Watched = { bot: EngineBot; price: Money; stop: RestingStop | undefined };

async function watchPrice(deps: Deps, { bot, price, stop }: Watched): Promise<void> {
  if (bot.status === 'STOPPING' || bot.hasWorkingOrder) return;
  const { risk, timeframe } = bot;
  const position = observePrice(bot.position, price);
  const exit = findExit({ position, price, risk, timeframe, nowMs: deps.clock.now() });
  if (stop && (await leaveToExchange(deps, { stop, price, exit }))) return;
  if (!exit) return;
  const market = await findMarket(deps, bot);
  await wishExit(deps, bot.id, { source: 'risk', reason: exit.reason, detail: exit.detail, price, market });
}

/** Halts the running bots whose equity fell too far; a leg's fall is its basket's. A flat bot's price does not matter. */
async function haltDrawnDown(deps: Deps, priced: { bot: EngineBot; price: Money }[]): Promise<void> {
  const halts = priced.flatMap(({ bot, price }) => {
    const verdict = judgeDrawdown({ state: bot, risk: bot.risk, price, quote: bot.quote });
    return bot.status === 'RUNNING' && bot.basketId === null && verdict?.halts
      ? [{ botRunId: bot.id, rule: verdict.rule, reason: verdict.detail }]
      : [];
  });
  await haltBots(deps.db, halts, deps.clock.now());
}

async function valueFees(deps: Deps): Promise<void> {
  for (const fill of await listUnvaluedFills(deps.db)) {
    const [bot] = await listEngineBots(deps.db, [fill.botRunId]);
    if (!bot) continue;
    const market = await findMarket(deps, bot);
    const feeQuote = await feeInQuote(
      deps,
      { venue: fill.venue, market },
      { ...fill, timeMs: fill.executedAtMs },
    );
    if (feeQuote === null) continue;
    await deps.db.transaction(async (tx) => {
      const locked = await lockEngineBot(tx, fill.botRunId);
      if (!locked) return;
      await valueFee(tx, fill.id, feeQuote);
      await rebuildLedger(tx, locked, market);
    });
  }
}

/** What rests follows prices and refusals too, not fills alone. */
async function keepSlots(deps: Deps, slotMs: number): Promise<void> {
  const bots = await listKeptBots(
    deps.db,
    listOrderStrategies().map(({ name }) => name),
  );
  const items = bots.map((botRunId) => ({ payload: { botRunId }, key: `${botRunId}:${slotMs}` }));
  await deps.boss.enqueue(deps.db, 'keep-orders', items);
}

async function resumeStops(deps: Deps): Promise<void> {
  const slot = Math.floor(deps.clock.now() / 10_000);
  const items = (await listStoppingBots(deps.db)).map((botRunId) => ({
    payload: { botRunId, isExtra: true },
    key: `${botRunId}:resume:${slot}`,
  }));
  await deps.boss.enqueue(deps.db, 'stop-bot', items);
}
