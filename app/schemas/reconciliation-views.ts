/** What the comparison of an account with its exchange shows. Decimals are strings, times ISO 8601 UTC. */
export type ReconciliationView = {
  /** Null before the first comparison. */
  checkedAt: string | null;
  /** Why the newest comparison could not be made; null when it could. */
  error: string | null;
  /** What the exchange has more (or, negative, less) than bots, known trades and transfers explain. */
  differences: { asset: string; amount: string }[];
  foreignOrders: ForeignOrderView[];
  changes: { id: string; kind: string; detail: string; happenedAt: string }[];
  /** Bots of this account that an order could be adopted by. */
  bots: { id: string; name: string; symbol: string }[];
};

export type ForeignOrderView = {
  id: string;
  symbol: string;
  side: 'BUY' | 'SELL';
  type: string;
  quantity: string;
  filledQuantity: string;
  status: string;
  isOpen: boolean;
  choice: 'adopted' | 'canceled' | 'ignored' | null;
  placedAt: string;
};

/** What an account holds, dearest first. `currency`: that in which it is valued. */
export type HoldingsView = { currency: string; holdings: HoldingView[] };

export type HoldingView = {
  asset: string;
  total: string;
  /** At the latest price; null where there is none. */
  worth: string | null;
  /** The least that its market takes, where there is less of it than that; null where it can be sold. */
  dust: { minQuantity: string; minNotional: string } | null;
};
