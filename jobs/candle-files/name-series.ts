import { findVenue } from '../exchange/venues.ts';
import { isTimeframe, type Timeframe } from '../trading/timeframe.ts';

/** What a file's name says of its candles. `symbol` is the bare name where that tells no pair. */
export type NamedSeries = { symbol: string; venue: string | undefined; timeframe: Timeframe | undefined };

/** The quote assets by which a pair without a separator is parted, the longest first. */
const QUOTES = [
  'FDUSD',
  'USDT',
  'USDC',
  'BUSD',
  'TUSD',
  'DAI',
  'USD',
  'EUR',
  'GBP',
  'TRY',
  'BTC',
  'ETH',
  'BNB',
];
const PAIR = /^([A-Z0-9]{1,15})[-_]([A-Z0-9]{2,10})$/;

/**
 * Reads names such as `BINANCE_BTC-USDT_5m_2023.csv.gz`, `BTCUSDT-1m.csv` and `BTC_USDT-1h.csv`: a venue where the first
 * part is one, then the pair, then a timeframe, in this order; what follows is a remark.
 */
export function nameSeries(file: string): NamedSeries {
  const bare = file.replace(/^.*[/\\]/, '').replace(/(\.csv)?(\.gz)?$/i, '');
  const parts = bare.split(/[-_. ]/);
  const first = parts[0]?.toLowerCase() ?? '';
  const venue = parts.length > 1 && (first === 'demo' || findVenue(first)) ? first : undefined;
  const rest = venue === undefined ? parts : parts.slice(1);
  const at = rest.findIndex(isTimeframe);
  const named = at < 0 ? rest : rest.slice(0, at);
  const timeframe = rest.find(isTimeframe);
  return { symbol: toPair(named.join('-').toUpperCase()) ?? bare, venue, timeframe };
}

function toPair(text: string): string | undefined {
  const [, base, quote] = PAIR.exec(text) ?? [];
  if (base !== undefined && quote !== undefined) return `${base}/${quote}`;
  const joined = /^[A-Z0-9]+$/.test(text) ? QUOTES.find((each) => text.endsWith(each)) : undefined;
  return joined === undefined || joined === text ? undefined : `${text.slice(0, -joined.length)}/${joined}`;
}
