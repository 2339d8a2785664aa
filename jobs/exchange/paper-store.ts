import type { Money } from '../trading/decimal.ts';
import type { Fill, OrderType, Side } from '../trading/types.ts';

/** One execution of a paper order; its trade id is made from the order's id and its place among the order's trades. */
export type PaperTrade = Omit<Fill, 'tradeId' | 'side'>;

/** An order of a paper account, known by its client order id alone, with its trades (oldest first). */
export type PaperOrder = {
  clientOrderId: string;
  symbol: string;
  side: Side;
  type: OrderType;
  status: 'open' | 'filled' | 'canceled';
  quantity: Money;
  limitPrice: Money | null;
  stopPrice: Money | null;
  /** A stop-limit order whose stop the price has reached: it rests at its limit from then on. */
  isTriggered: boolean;
  trades: PaperTrade[];
  /** When it was placed. */
  timeMs: number;
};

/** What an asset of a paper account holds: free to spend, and set aside for resting orders. Never below zero. */
export type PaperBalance = { free: Money; used: Money };

/** What is added to an asset's two figures; negative to take away. Each asset comes once. */
export type PaperBalanceChange = { asset: string; free: Money; used: Money };

/**
 * Where paper accounts live. `add` and `finish` are each one transaction, and those of one account follow one another:
 * whatever dies in between, an order has happened with its trades and balances, or it has not.
 */
export type PaperStore = {
  balances(accountId: string): Promise<ReadonlyMap<string, PaperBalance>>;
  findOrder(accountId: string, clientOrderId: string): Promise<PaperOrder | undefined>;
  /** Every order of a symbol, or only those of one status; oldest first. */
  listOrders(
    accountId: string,
    filter: { symbol: string; status?: PaperOrder['status'] },
  ): Promise<PaperOrder[]>;
  /**
   * Writes a new order with its trades and applies the changes. Where the account already has an order of this client
   * order id, that one is returned and nothing changes. Where a change would take a figure below zero, nothing changes and
   * the answer names the asset.
   */
  add(
    accountId: string,
    order: PaperOrder,
    changes: PaperBalanceChange[],
  ): Promise<PaperOrder | { lackingAsset: string }>;
  /** Notes that the price has reached the stop of an open order, and returns the order as it is stored then. */
  trigger(accountId: string, clientOrderId: string): Promise<PaperOrder>;
  /**
   * Writes the given final status and the trades of an open order and applies the changes. Where the stored order is not
   * open any more, it is returned as it is and nothing changes.
   */
  finish(accountId: string, order: PaperOrder, changes: PaperBalanceChange[]): Promise<PaperOrder>;
};
