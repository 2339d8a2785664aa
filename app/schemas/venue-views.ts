/** Part of `views.ts`: the same rules for decimals, times and units hold. */
export type VenueView = {
  id: string;
  name: string;
  needsPassphrase: boolean;
  hasSandbox: boolean;
  /** True for the built-in market only: it has no keys and no live mode. */
  isDemo: boolean;
};

export type SymbolView = {
  symbol: string;
  base: string;
  quote: string;
  /** Least that an order may be worth, in quote; "0" where the venue states none. */
  minNotional: string;
  minQuantity: string;
};

export type ExchangeKeyView = {
  id: string;
  exchange: string;
  exchangeName: string;
  label: string;
  /** The last four characters of the API key. */
  keyHint: string;
  permissions: { read: boolean; trade: boolean; withdraw: boolean } | null;
  sandbox: boolean;
  createdAt: string;
  checkedAt: string | null;
  /** What to be careful about, in a sentence; null when nothing. */
  warning: string | null;
  /** Bots that use this key and are not stopped: it cannot be deleted while there are any. */
  activeBots: number;
};

export type StrategyView = {
  name: string;
  title: string;
  description: string;
  enabled: boolean;
  /** JSON Schema (draft 2020-12) of its parameters, with titles, descriptions, defaults and bounds. */
  paramsSchema: Record<string, unknown>;
};
