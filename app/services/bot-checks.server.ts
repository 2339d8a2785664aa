import { readBasketBooks } from '../../db/queries/basket-books.ts';
import { listHealth } from '../../db/queries/account-health.ts';
import { countDay, listEngineBots, toBotState, type EngineBot } from '../../db/queries/bot-state.ts';
import type { BotRun } from '../../db/queries/bots.ts';
import {
  countOwnerOrders,
  findRiskLimits,
  listExposures,
  sumExposure,
} from '../../db/queries/risk-limits.ts';
import { findRebalance } from '../../db/queries/rebalances.ts';
import { findStoredStrategy } from '../../db/queries/strategies.ts';
import type { Deps } from '../../jobs/deps.ts';
import { toLegState } from '../../jobs/trading/basket/books.ts';
import { judgeBasket, ofLeg } from '../../jobs/trading/basket/decide-entry.ts';
import { judgeBuy, type BuyJudgement } from '../../jobs/trading/decide.ts';
import { tailCandles } from '../../jobs/trading/candles.ts';
import { money, type Money } from '../../jobs/trading/decimal.ts';
import type { OwnerBook } from '../../jobs/trading/risk/owner-rule.ts';
import { judgeOwnerEntry } from '../../jobs/trading/risk/owner-rules.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { timeframeMs, utcDayStart } from '../../jobs/trading/timeframe.ts';
import type { BotState, Candles, Market, RiskSettings, Verdict } from '../../jobs/trading/types.ts';
import type { CheckView } from '../schemas/chart-views.ts';
import {
  sayBalance,
  sayCandles,
  sayHealth,
  sayRule,
  saySignal,
  sayStatus,
  type BotHealth,
} from './bot-check-words.ts';
import { checkKept, type Kept } from './kept-orders.server.ts';

type Read = {
  bot: BotRun;
  candles: Candles;
  problem: string | null;
  market: Market | undefined;
  /** What a bot that keeps orders said, and how many of them work. */
  kept: Kept | null;
  openOrders: number;
};

/**
 * Returns what stands between a bot and its next buy, in the order in which it is asked; the first that is in the way is
 * marked. The rules are those of the engine: the same functions, with the same figures.
 */
export async function listBotChecks(deps: Deps, read: Read): Promise<CheckView[]> {
  const { bot, candles, problem, market } = read;
  const stored = await findStoredStrategy(deps.db, bot.strategy);
  const first = [sayStatus(bot, stored?.enabled ?? false), sayCandles(bot, problem)];
  const [engineBot] = await listEngineBots(deps.db, [bot.id]);
  const last = sayHealth(bot, await readHealth(deps, bot));
  if (read.kept) return markFirst([...first, ...checkKept(read.kept, read.openOrders), last]);
  if (engineBot?.strategy === REBALANCE)
    return markFirst([...first, await checkRebalanced(deps, engineBot), last]);
  if (!engineBot || !market || candles.close.length === 0) return markFirst([...first, last]);
  const judged = await judge(deps, engineBot, { market, candles });
  const rules = judged.verdicts.map(sayRule);
  return markFirst([
    ...first,
    saySignal(engineBot, judged.signal),
    ...rules,
    sayBalance(judged, market),
    last,
  ]);
}

/** A leg at its target weight decides nothing by itself. */
async function checkRebalanced(deps: Deps, { basketId }: EngineBot): Promise<CheckView> {
  const stored = basketId === null ? undefined : await findRebalance(deps.db, basketId);
  const detail = stored?.detail ?? 'It decides at the next close.';
  return { outcome: 'wait', title: 'Its basket decides for all pairs', detail, isReason: false };
}

async function readHealth(deps: Deps, { exchangeKeyId, venue }: BotRun): Promise<BotHealth> {
  const nowMs = deps.clock.now();
  const [account, prices] = [exchangeKeyId ?? '', `venue:${venue}`];
  const known = await listHealth(deps.db, [account, prices], nowMs);
  return { account: known.get(account), prices: known.get(prices), nowMs };
}

type Judged = BuyJudgement & { freeQuote: Money };

async function judge(
  deps: Deps,
  bot: EngineBot,
  { market, candles }: { market: Market; candles: Candles },
): Promise<Judged> {
  const nowMs = deps.clock.now();
  const { state, risk, verdicts: ofBasket } = await readState(deps, bot, candles);
  const config = { ...bot, risk, params: bot.parameters };
  const warmUp = findStrategy(bot.strategy)?.warmUp(bot.parameters, bot.timeframe) ?? candles.close.length;
  const seen = tailCandles(candles, warmUp);
  const judged = judgeBuy({ config, market, state, candles: seen, price: null, nowMs });
  const limits = await findRiskLimits(deps.db, bot.userId);
  const price = money(candles.close.at(-1) ?? 0);
  const quantity = judged.size.quantity ?? money(0);
  const book = await readBook(deps, bot, nowMs);
  const ownerVerdicts = judgeOwnerEntry({ quantity, price, market, limits, book, nowMs });
  const verdicts: Verdict[] = [...ofBasket, ...judged.verdicts, ...ownerVerdicts];
  return { ...judged, verdicts, freeQuote: state.freeQuote };
}

type Stated = { state: BotState; risk: RiskSettings; verdicts: Verdict[] };

/** A leg's money and counts are its basket's, whose own rules come first. */
async function readState(deps: Deps, bot: EngineBot, candles: Candles): Promise<Stated> {
  const nowMs = deps.clock.now();
  if (bot.basketId === null) {
    const counts = await countDay(deps.db, [bot.id], utcDayStart(nowMs));
    return { state: toBotState(bot, counts.get(bot.id)), risk: bot.risk, verdicts: [] };
  }
  const settledBeforeMs = (candles.openTimeMs.at(-1) ?? 0) + timeframeMs(bot.timeframe);
  const query = { basketId: bot.basketId, settledBeforeMs };
  const books = (await readBasketBooks(deps.db, [query], nowMs)).get(bot.basketId);
  if (!books) return { state: toBotState(bot), risk: bot.risk, verdicts: [] };
  const verdicts = judgeBasket(books, { legId: bot.id, risk: bot.risk, quote: bot.quote });
  return { state: toLegState(toBotState(bot), books), risk: ofLeg(bot.risk), verdicts };
}

async function readBook(deps: Deps, bot: EngineBot, nowMs: number): Promise<OwnerBook> {
  const [exposures, orders] = await Promise.all([
    listExposures(deps.db, [bot.userId]),
    countOwnerOrders(deps.db, [bot.userId], nowMs),
  ]);
  const mine = exposures.filter(({ mode, quote }) => mode === bot.mode && quote === bot.quote);
  const counts = orders.get(`${bot.userId} ${bot.mode}`);
  return {
    symbol: sumExposure(mine, ({ symbol }) => symbol === bot.symbol),
    account: sumExposure(mine, ({ accountId }) => accountId === bot.accountId),
    total: sumExposure(mine, () => true),
    openOrders: counts?.open ?? 0,
    ordersLastMinute: counts?.lastMinute ?? 0,
  };
}

/** The first that blocks is the reason; without one, the first that is waited for. */
function markFirst(checks: CheckView[]): CheckView[] {
  const reason =
    checks.find(({ outcome }) => outcome === 'block') ?? checks.find(({ outcome }) => outcome === 'wait');
  return checks.map((check) => ({ ...check, isReason: check === reason }));
}
