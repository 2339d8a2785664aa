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
import type { Decided } from './decide-group.ts';

/** What the entries of a batch are held against; each one that is let in is counted before the next is asked. */
type Books = {
  limits: ReadonlyMap<string, RiskLimits>;
  exposures: Exposure[];
  orders: Map<string, OrderCounts>;
};

/**
 * Holds a batch's entries against their owners' limits, one after another, in the caller's transaction. Returns the batch
 * with those entries made smaller or refused that go beyond them. Exits pass.
 */
export async function admitEntries(tx: Db, decided: Decided[], nowMs: number): Promise<Decided[]> {
  const userIds = decided.filter(isEntry).map(({ bot }) => bot.userId);
  const limits = await lockRiskLimits(tx, [...new Set(userIds)]);
  if (limits.size === 0) return decided;
  const owners = [...limits.keys()];
  const exposures = await listExposures(tx, owners);
  const books: Books = { limits, exposures, orders: await countOwnerOrders(tx, owners, nowMs) };
  return decided.map((entry) => {
    const held = limits.get(entry.bot.userId);
    if (!held || !entry.decision.intent) return entry;
    const admitted = isEntry(entry) ? admit(entry, { books, limits: held, nowMs }) : entry;
    if (admitted.decision.intent) count(books, admitted);
    return admitted;
  });
}

const isEntry = ({ decision }: Decided) => decision.intent?.side === 'BUY';

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
