/** Venues whose spot markets take, as far as ccxt knows, no stop orders. */
const NO_STOPS: ReadonlySet<string> = new Set(
  (
    'apex bit2c bitflyer bithumb bitstamp bitteam blofin btcbox bydfi coincheck coinone coinspot cryptomus derive ' +
    'digifinex dydx extended grvt hashkey hibachi hyperliquid independentreserve indodax krakenfutures lbank lighter ' +
    'mercado mexc modetrade mudrex nado onetrading p2b pacifica paradex paymium revolutx upbit weex xt zebpay'
  ).split(' '),
);

/**
 * Venues that keep stop orders in lists of their own, under ids that change when a stop is triggered: what we look orders up
 * by does not find them.
 */
const STOPS_APART: ReadonlySet<string> = new Set(
  'backpack bitbns bitget bybit bybiteu bybitid coinex deepcoin gate gateeu htx kucoin kucoinfutures latoken myokx okx okxus woo woofipro'.split(
    ' ',
  ),
);

/**
 * Returns whether a stop can rest on the spot markets of a venue, and be followed there like any other order to its last
 * fill. Written out so that ccxt need not be loaded; a test compares it with the installed ccxt. The demo market fills
 * stops itself.
 */
export function offersStops(venue: string): boolean {
  return !NO_STOPS.has(venue) && !STOPS_APART.has(venue);
}
