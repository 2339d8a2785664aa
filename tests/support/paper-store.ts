import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type {
  PaperBalance,
  PaperBalanceChange,
  PaperOrder,
  PaperStore,
} from '../../jobs/exchange/paper-store.ts';

/** Returns a paper store in memory, with one account that begins with the given balances. */
export function createMemoryPaperStore(accountId: string, initial: Record<string, string>): PaperStore {
  let balances = new Map<string, PaperBalance>(
    Object.entries(initial).map(([asset, free]) => [asset, { free: money(free), used: ZERO }]),
  );
  const orders = new Map<string, PaperOrder>();
  const check = (id: string) => {
    if (id !== accountId) throw new Error(`No paper account ${id}`);
  };
  const apply = (changes: PaperBalanceChange[]): string | null => {
    const changed = new Map(balances);
    for (const { asset, free, used } of changes) {
      const before = changed.get(asset) ?? { free: ZERO, used: ZERO };
      const after = { free: before.free.plus(free), used: before.used.plus(used) };
      if (after.free.lt(0) || after.used.lt(0)) return asset;
      changed.set(asset, after);
    }
    balances = changed;
    return null;
  };
  return {
    balances: async (id) => (check(id), balances),
    findOrder: async (id, clientOrderId) => (check(id), orders.get(clientOrderId)),
    listOrders: async (id, { symbol, status }) => {
      check(id);
      return [...orders.values()].filter(
        (order) => order.symbol === symbol && (status === undefined || order.status === status),
      );
    },
    add: async (id, order, changes) => {
      check(id);
      const existing = orders.get(order.clientOrderId);
      if (existing) return existing;
      const lackingAsset = apply(changes);
      if (lackingAsset !== null) return { lackingAsset };
      orders.set(order.clientOrderId, order);
      return order;
    },
    trigger: async (id, clientOrderId) => {
      check(id);
      const stored = orders.get(clientOrderId);
      if (!stored) throw new Error(`No paper order ${clientOrderId}`);
      orders.set(clientOrderId, { ...stored, isTriggered: true });
      return { ...stored, isTriggered: true };
    },
    finish: async (id, order, changes) => {
      check(id);
      const stored = orders.get(order.clientOrderId);
      if (stored?.status !== 'open') return stored ?? order;
      const lacking = apply(changes);
      if (lacking !== null) throw new Error(`Finishing an order takes ${lacking} that was not set aside`);
      orders.set(order.clientOrderId, order);
      return order;
    },
  };
}

/** An account's figures as text: free, and what is set aside after a plus. */
export function showBalances(
  balances: ReadonlyMap<string, { free: Money; used: Money }>,
): Record<string, string> {
  return Object.fromEntries(
    [...balances].map(([asset, { free, used }]) => [
      asset,
      used.isZero() ? String(free) : `${free} + ${used}`,
    ]),
  );
}
