import type { Db } from '../../db/client.ts';
import {
  countOwnerOrders,
  listExposures,
  lockRiskLimits,
  sumExposure,
  type Exposure,
  type OrderCounts,
} from '../../db/queries/risk-limits.ts';
import type { EngineBot } from '../../db/queries/bot-state.ts';
import { money, type Money } from '../trading/decimal.ts';
import type { OwnerBook, RiskLimits } from '../trading/risk/owner-rule.ts';
import { applyOwnerRules } from '../trading/risk/owner-rules.ts';
import type { Decision, Intent } from '../trading/types.ts';
import { admitLeg, countLeg, openBaskets, type OpenBaskets } from './admit-leg.ts';
import type { Decided } from './decide-group.ts';

/** What the entries of a batch are held against; each one that is let in is counted before the next is asked. */
type Books = {
  baskets: OpenBaskets;
  limits: ReadonlyMap<string, RiskLimits>;
  exposures: Exposure[];
  orders: Map<string, OrderCounts>;
};

/**
 * Holds a batch's entries against what their baskets share and against their owners' limits, one after another, in the
 * caller's transaction, which holds the locks of the legs' baskets. Returns the batch with those entries made smaller or
 * refused that go beyond them. Exits pass.
 */
export async function admitEntries(tx: Db, decided: Decided[], nowMs: number): Promise<Decided[]> {
  const books = await openBooks(tx, decided, nowMs);
  const admitted = new Map<Decided, Decided>();
  for (const entry of decided.toSorted(byPlace)) {
    const inBasket = admitLeg(books.baskets, entry, nowMs);
    admitted.set(entry, admitForOwner(books, inBasket, nowMs));
  }
  return decided.map((entry) => admitted.get(entry) ?? entry);
}

/** Of several entries of a basket the first given symbol comes first. */
const byPlace = ({ bot: one }: Decided, { bot: other }: Decided) =>
  (one.basketPlace ?? 0) - (other.basketPlace ?? 0);

async function openBooks(tx: Db, decided: Decided[], nowMs: number): Promise<Books> {
  const baskets = await openBaskets(tx, decided, nowMs);
  const userIds = decided.filter(isEntry).map(({ bot }) => bot.userId);
  const limits = await lockRiskLimits(tx, [...new Set(userIds)]);
  const owners = [...limits.keys()];
  const exposures = await listExposures(tx, owners);
  return { baskets, limits, exposures, orders: await countOwnerOrders(tx, owners, nowMs) };
}

/** A leg's buy signal may become an entry once its basket's books are open. */
const isEntry = ({ bot, decision }: Decided) =>
  decision.intent?.side === 'BUY' || (bot.basketId !== null && decision.signal.kind === 'BUY');

function admitForOwner(books: Books, entry: Decided, nowMs: number): Decided {
  const limits = books.limits.get(entry.bot.userId);
  const isBuy = entry.decision.intent?.side === 'BUY';
  const admitted = limits && isBuy ? admit(entry, { books, limits, nowMs }) : entry;
  if (!admitted.decision.intent) return admitted;
  countLeg(books.baskets, admitted);
  if (limits) count(books, admitted);
  return admitted;
}

type Against = { books: Books; limits: RiskLimits; nowMs: number };

function admit(entry: Decided, { books, limits, nowMs }: Against): Decided {
  const { bot, decision, market } = entry;
  if (!decision.intent) return entry;
  const { quantity, verdicts } = applyOwnerRules({
    quantity: decision.intent.quantity,
    price: money(entry.price),
    market,
    limits,
    book: toBook(books, bot),
    nowMs,
  });
  const all = [...decision.verdicts, ...verdicts];
  return { ...entry, decision: { ...decision, ...conclude(decision.intent, quantity, all), verdicts: all } };
}

function conclude(intent: Intent, quantity: Money | null, verdicts: Decision['verdicts']): Partial<Decision> {
  const said = verdicts.at(-1)?.detail ?? '';
  if (!quantity) return { intent: null, outcome: 'refused', detail: said };
  return quantity.eq(intent.quantity)
    ? {}
    : { intent: { ...intent, quantity }, detail: lastShrink(verdicts) };
}

const lastShrink = (verdicts: Decision['verdicts']) =>
  verdicts.filter(({ outcome }) => outcome === 'shrink').at(-1)?.detail ?? '';

/** Returns what a bot's owner has in the market, as the bot's next entry sees it. */
function toBook({ exposures, orders }: Books, bot: EngineBot): OwnerBook {
  const mine = exposures.filter(
    ({ userId, mode, quote }) => userId === bot.userId && mode === bot.mode && quote === bot.quote,
  );
  const counts = orders.get(`${bot.userId} ${bot.mode}`);
  return {
    symbol: sumExposure(mine, ({ symbol }) => symbol === bot.symbol),
    account: sumExposure(mine, ({ accountId }) => accountId === bot.accountId),
    total: sumExposure(mine, () => true),
    openOrders: counts?.open ?? 0,
    ordersLastMinute: counts?.lastMinute ?? 0,
  };
}

function count({ exposures, orders }: Books, { bot, decision, price }: Decided): void {
  const { userId, mode, quote, symbol, accountId } = bot;
  const key = `${userId} ${mode}`;
  const counts = orders.get(key) ?? { open: 0, lastMinute: 0 };
  orders.set(key, { open: counts.open + 1, lastMinute: counts.lastMinute + 1 });
  if (decision.intent?.side !== 'BUY') return;
  const amount = decision.intent.quantity.times(price);
  exposures.push({ userId, mode, quote, symbol, accountId, amount });
}
