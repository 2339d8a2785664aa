/** An exchange of ccxt that bots can trade on: it has spot markets, candles and orders. */
export type Venue = { id: string; name: string; needsPassphrase: boolean; hasSandbox: boolean };

/**
 * Every such exchange, by id. Written out, so that a process can list and check exchanges without loading ccxt; a test
 * compares it with the installed ccxt, and `scripts/venues.ts` prints it anew.
 */
export const VENUES: readonly Venue[] = [
  { id: 'alpaca', name: 'Alpaca', needsPassphrase: false, hasSandbox: true },
  { id: 'aster', name: 'Aster', needsPassphrase: false, hasSandbox: false },
  { id: 'backpack', name: 'Backpack', needsPassphrase: false, hasSandbox: false },
  { id: 'bequant', name: 'Bequant', needsPassphrase: false, hasSandbox: true },
  { id: 'bigone', name: 'BigONE', needsPassphrase: false, hasSandbox: false },
  { id: 'binance', name: 'Binance', needsPassphrase: false, hasSandbox: true },
  { id: 'binanceus', name: 'Binance US', needsPassphrase: false, hasSandbox: true },
  { id: 'bingx', name: 'BingX', needsPassphrase: false, hasSandbox: true },
  { id: 'bitbank', name: 'bitbank', needsPassphrase: false, hasSandbox: false },
  { id: 'bitfinex', name: 'Bitfinex', needsPassphrase: false, hasSandbox: false },
  { id: 'bitget', name: 'Bitget', needsPassphrase: true, hasSandbox: false },
  { id: 'bithumb', name: 'Bithumb', needsPassphrase: false, hasSandbox: false },
  { id: 'bitopro', name: 'BitoPro', needsPassphrase: false, hasSandbox: false },
  { id: 'bitrue', name: 'Bitrue', needsPassphrase: false, hasSandbox: false },
  { id: 'bitso', name: 'Bitso', needsPassphrase: false, hasSandbox: true },
  { id: 'bitstamp', name: 'Bitstamp', needsPassphrase: false, hasSandbox: false },
  { id: 'bitteam', name: 'BIT.TEAM', needsPassphrase: false, hasSandbox: false },
  { id: 'bittrade', name: 'BitTrade', needsPassphrase: false, hasSandbox: false },
  { id: 'bitvavo', name: 'Bitvavo', needsPassphrase: false, hasSandbox: false },
  { id: 'btcmarkets', name: 'BTC Markets', needsPassphrase: false, hasSandbox: false },
  { id: 'btcturk', name: 'BTCTurk', needsPassphrase: false, hasSandbox: false },
  { id: 'btse', name: 'BTSE', needsPassphrase: false, hasSandbox: true },
  { id: 'bullish', name: 'Bullish', needsPassphrase: false, hasSandbox: true },
  { id: 'bybit', name: 'Bybit', needsPassphrase: false, hasSandbox: true },
  { id: 'bybiteu', name: 'Bybit EU', needsPassphrase: false, hasSandbox: true },
  { id: 'bybitid', name: 'Bybit Indonesia', needsPassphrase: false, hasSandbox: true },
  { id: 'cex', name: 'CEX.IO', needsPassphrase: false, hasSandbox: false },
  { id: 'coinbase', name: 'Coinbase Advanced', needsPassphrase: false, hasSandbox: false },
  { id: 'coinbaseexchange', name: 'Coinbase Exchange', needsPassphrase: true, hasSandbox: true },
  { id: 'coinbaseinternational', name: 'Coinbase International', needsPassphrase: true, hasSandbox: true },
  { id: 'coinex', name: 'CoinEx', needsPassphrase: false, hasSandbox: false },
  { id: 'coinsph', name: 'Coins.ph', needsPassphrase: false, hasSandbox: false },
  { id: 'cryptocom', name: 'Crypto.com', needsPassphrase: false, hasSandbox: true },
  { id: 'deepcoin', name: 'DeepCoin', needsPassphrase: true, hasSandbox: false },
  { id: 'delta', name: 'Delta Exchange', needsPassphrase: false, hasSandbox: true },
  { id: 'deribit', name: 'Deribit', needsPassphrase: false, hasSandbox: true },
  { id: 'digifinex', name: 'DigiFinex', needsPassphrase: false, hasSandbox: false },
  { id: 'fmfwio', name: 'FMFW.io', needsPassphrase: false, hasSandbox: true },
  { id: 'foxbit', name: 'Foxbit', needsPassphrase: false, hasSandbox: false },
  { id: 'gate', name: 'Gate', needsPassphrase: false, hasSandbox: true },
  { id: 'gateeu', name: 'Gate EU', needsPassphrase: false, hasSandbox: true },
  { id: 'gemini', name: 'Gemini', needsPassphrase: false, hasSandbox: true },
  { id: 'hashkey', name: 'HashKey Global', needsPassphrase: false, hasSandbox: true },
  { id: 'hitbtc', name: 'HitBTC', needsPassphrase: false, hasSandbox: true },
  { id: 'hollaex', name: 'HollaEx', needsPassphrase: false, hasSandbox: true },
  { id: 'htx', name: 'HTX', needsPassphrase: false, hasSandbox: false },
  { id: 'hyperliquid', name: 'Hyperliquid', needsPassphrase: false, hasSandbox: true },
  { id: 'indodax', name: 'INDODAX', needsPassphrase: false, hasSandbox: false },
  { id: 'kraken', name: 'Kraken', needsPassphrase: false, hasSandbox: false },
  { id: 'kucoin', name: 'KuCoin', needsPassphrase: true, hasSandbox: false },
  { id: 'lbank', name: 'LBank', needsPassphrase: false, hasSandbox: false },
  { id: 'lighter', name: 'Lighter', needsPassphrase: false, hasSandbox: true },
  { id: 'luno', name: 'Luno', needsPassphrase: false, hasSandbox: false },
  { id: 'mercado', name: 'Mercado Bitcoin', needsPassphrase: false, hasSandbox: false },
  { id: 'mexc', name: 'MEXC Global', needsPassphrase: false, hasSandbox: false },
  { id: 'myokx', name: 'MyOKX (EEA)', needsPassphrase: true, hasSandbox: true },
  { id: 'nado', name: 'Nado', needsPassphrase: false, hasSandbox: true },
  { id: 'ndax', name: 'NDAX', needsPassphrase: true, hasSandbox: true },
  { id: 'okx', name: 'OKX', needsPassphrase: true, hasSandbox: true },
  { id: 'okxus', name: 'OKX (US)', needsPassphrase: true, hasSandbox: true },
  { id: 'onetrading', name: 'One Trading', needsPassphrase: false, hasSandbox: false },
  { id: 'p2b', name: 'p2b', needsPassphrase: false, hasSandbox: false },
  { id: 'pacifica', name: 'Pacifica', needsPassphrase: false, hasSandbox: true },
  { id: 'phemex', name: 'Phemex', needsPassphrase: false, hasSandbox: true },
  { id: 'poloniex', name: 'Poloniex', needsPassphrase: false, hasSandbox: true },
  { id: 'revolutx', name: 'Revolut X', needsPassphrase: false, hasSandbox: false },
  { id: 'tokocrypto', name: 'Tokocrypto', needsPassphrase: false, hasSandbox: false },
  { id: 'toobit', name: 'Toobit', needsPassphrase: false, hasSandbox: false },
  { id: 'upbit', name: 'Upbit', needsPassphrase: false, hasSandbox: false },
  { id: 'weex', name: 'Weex', needsPassphrase: true, hasSandbox: true },
  { id: 'whitebit', name: 'WhiteBit', needsPassphrase: false, hasSandbox: false },
  { id: 'woo', name: 'WOO X', needsPassphrase: false, hasSandbox: true },
  { id: 'xt', name: 'XT', needsPassphrase: false, hasSandbox: false },
  { id: 'zebpay', name: 'Zebpay', needsPassphrase: false, hasSandbox: true },
];

/** Returns the exchange of that id; `undefined` where there is none that bots can trade on. */
export function findVenue(id: string): Venue | undefined {
  return VENUES.find((venue) => venue.id === id);
}

const IDS: ReadonlySet<string> = new Set(VENUES.map((venue) => venue.id));

/** Returns whether bots can trade on an exchange of this id. */
export function isVenue(id: string): boolean {
  return IDS.has(id);
}
