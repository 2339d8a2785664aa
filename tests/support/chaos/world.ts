import type { Candle } from '../../../jobs/trading/types.ts';
import type { AccountSetup, MarketSetup } from '../exchange-simulator/engine-types.ts';
import type { Exchange } from './protocol.ts';
import { createRandom, type Random } from './random.ts';

/** One account at an exchange and the key that the product keeps of it. */
export type ChaosAccount = AccountSetup & { keyId: string; exchange: Exchange };

export type ChaosBot = {
  id: string;
  /** RSI_CROSS, one that keeps orders, or one that acts on posted signals. */
  strategy: 'RSI_CROSS' | 'GRID' | 'DCA' | 'WEBHOOK';
  /** Where signals for it are posted to. */
  webhookId: string;
  account: ChaosAccount;
  symbol: string;
  parameters: Record<string, unknown>;
  risk: Record<string, string | number | boolean>;
  quoteAmount: string;
};

/** Everything that a campaign begins with; a pure function of its seed. */
export type ChaosWorld = {
  startMs: number;
  userId: string;
  markets: MarketSetup[];
  accounts: ChaosAccount[];
  bots: ChaosBot[];
};

const EPOCH_MS = Date.UTC(2030, 0, 1);
const ROW_MS = 10_000;
/** Rows before the first step, so that every strategy has its history. */
const HISTORY_ROWS = 600;
const ROWS_PER_STEP = 4;

const MARKETS = [
  { symbol: 'BTC/USDT', price: 50_000, fillsPerMarketOrder: 3, restingFillLimit: '0.004', spread: '0.0002' },
  { symbol: 'ETH/USDT', price: 2_500, fillsPerMarketOrder: 1, restingFillLimit: '0.05', lotSize: '0.0001' },
  {
    symbol: 'SOL/USDT',
    price: 150,
    fillsPerMarketOrder: 2,
    restingFillLimit: '0',
    lotSize: '0.001',
    spread: '0.0005',
  },
] as const;

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** One account is poor: its bots meet refusals for want of balance. One pays its fees in a third asset. */
const ACCOUNTS: Omit<ChaosAccount, 'keyId'>[] = [
  {
    exchange: 'binance',
    apiKey: 'chaos-binance-rich',
    secret: 'chaos-secret-0001',
    feeAsset: 'BNB',
    balances: { USDT: '100000', BTC: '1', ETH: '20', SOL: '300', BNB: '2' },
  },
  {
    exchange: 'binance',
    apiKey: 'chaos-binance-poor',
    secret: 'chaos-secret-0002',
    balances: { USDT: '1500' },
  },
  {
    exchange: 'kraken',
    apiKey: 'chaos-kraken-first',
    secret: base64('chaos-secret-0003'),
    balances: { USDT: '60000', BTC: '0.5', ETH: '10', SOL: '100' },
  },
  {
    exchange: 'kraken',
    apiKey: 'chaos-kraken-other',
    secret: base64('chaos-secret-0004'),
    balances: { USDT: '9000' },
  },
];

/** Makes the world of a seed, with prices for so many steps: a longer campaign begins like a shorter one. */
export function createWorld(seed: string, steps: number): ChaosWorld {
  const random = createRandom(`world:${seed}`);
  const rows = HISTORY_ROWS + steps * ROWS_PER_STEP;
  const replay = { timeframeMs: ROW_MS, startMs: EPOCH_MS };
  const accounts = ACCOUNTS.map((account) => ({ ...account, keyId: random.uuid() }));
  return {
    startMs: EPOCH_MS + HISTORY_ROWS * ROW_MS,
    userId: random.uuid(),
    accounts,
    markets: [
      ...MARKETS.map(({ price, ...market }) => ({
        ...market,
        ...replay,
        candles: walk(createRandom(`prices:${seed}:${market.symbol}`), price, rows),
      })),
      { symbol: 'BNB/USDT', ...replay, candles: [still(600)] },
    ],
    bots: accounts.flatMap((account) => MARKETS.map(({ symbol }) => createBot(random, account, symbol))),
  };
}

const RISKS: ChaosBot['risk'][] = [
  {},
  { stop_loss_pct: '0.4' },
  { take_profit_pct: '0.5', trailing_stop_pct: '0.3' },
  { stop_loss_pct: '0.3', stop_on_exchange: true },
  { stop_loss_pct: '0.5', trailing_stop_pct: '0.4', stop_on_exchange: true },
  { take_profit_pct: '0.4', trailing_stop_pct: '0.3', stop_on_exchange: true },
];

type Special = Pick<ChaosBot, 'strategy' | 'parameters' | 'quoteAmount'> & { risk?: ChaosBot['risk'] };

/** Steps of two or three tenths of a per cent: prices here go that far within a minute or two. */
const grid = (price: number, levels: number): Special => ({
  strategy: 'GRID',
  parameters: {
    lower_price: price * 0.997,
    upper_price: price * 1.003,
    levels,
    spacing: 'arithmetic',
    initial_buy: true,
    trails_up: true,
    stop_price: price * 0.985,
    take_profit_pct: 0,
  },
  quoteAmount: '400',
  risk: {},
});

const deals = (quoteAmount: string): Special => ({
  strategy: 'DCA',
  parameters: {
    start: 'at_once',
    rsi_period: 14,
    rsi_level: 30,
    base_order: 'market',
    safety_orders: 1,
    deviation_pct: 0.15,
    step_scale: 1,
    safety_volume: 1,
    volume_scale: 1.5,
    take_profit_pct: 0.2,
    stop_loss_pct: 0.6,
    cooldown_minutes: 0,
    max_deals: 0,
  },
  quoteAmount,
  risk: {},
});

const posted: Special = {
  strategy: 'WEBHOOK',
  parameters: { authentication: 'secret', maximum_age_s: 60, signals_per_minute: 120 },
  quoteAmount: '500',
};

/** The bots that do not go by RSI, by account and symbol. */
const SPECIAL: Readonly<Record<string, Special>> = {
  'chaos-binance-rich ETH/USDT': grid(2_500, 4),
  'chaos-kraken-other SOL/USDT': grid(150, 3),
  'chaos-kraken-first ETH/USDT': deals('300'),
  'chaos-binance-poor BTC/USDT': deals('150'),
  'chaos-binance-rich SOL/USDT': posted,
  'chaos-kraken-first BTC/USDT': posted,
};

function createBot(random: Random, account: ChaosAccount, symbol: string): ChaosBot {
  return {
    id: random.uuid(),
    webhookId: random.uuid(),
    strategy: 'RSI_CROSS',
    account,
    symbol,
    parameters: {
      rsi_period: random.int(2, 5),
      oversold: random.int(30, 45),
      overbought: random.int(55, 70),
      smoothing: random.pick(['simple', 'wilder']),
    },
    risk: random.pick(RISKS),
    quoteAmount: random.pick(['300', '700', '1100']),
    ...SPECIAL[`${account.apiKey} ${symbol}`],
  };
}

const still = (price: number): Candle => ({
  openTimeMs: EPOCH_MS,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
});

/** Prices that swing around the first one: enough for signals both ways, and for limits to be reached. */
function walk(random: Random, first: number, rows: number): Candle[] {
  const candles: Candle[] = [];
  let open = first;
  for (let index = 0; index < rows; index += 1) {
    const pull = (first - open) / first / 200;
    const close = Math.round(open * (1 + pull + (random.next() - 0.5) * 0.002) * 100) / 100;
    candles.push({
      openTimeMs: EPOCH_MS + index * ROW_MS,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 1,
    });
    open = close;
  }
  return candles;
}
