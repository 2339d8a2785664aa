import { money } from '../trading/decimal.ts';
import type { Market } from '../trading/types.ts';

/** A market of the demo venue. Prices move around `price`; ticks and lots are powers of ten, given by their decimals. */
export type DemoSymbol = {
  market: Market;
  priceDecimals: number;
  lotDecimals: number;
  priceTicks: number;
  lotsPerDay: number;
};

type Row = [base: string, price: number, priceDecimals: number, lotDecimals: number, basePerDay: number];

const ROWS: readonly Row[] = [
  ['BTC', 64_000, 2, 5, 25_000],
  ['ETH', 3_200, 2, 4, 300_000],
  ['SOL', 150, 3, 3, 3_000_000],
  ['BNB', 580, 2, 3, 400_000],
  ['XRP', 0.55, 5, 1, 400_000_000],
  ['ADA', 0.45, 5, 1, 200_000_000],
  ['DOGE', 0.12, 6, 0, 1_500_000_000],
  ['LTC', 82, 3, 3, 900_000],
];

/** The demo venue's markets, by symbol; fees, steps and minimums in the manner of Binance's spot market. */
export const DEMO_SYMBOLS: ReadonlyMap<string, DemoSymbol> = new Map(
  ROWS.map((row) => [`${row[0]}/USDT`, toSymbol(row)]),
);

function toSymbol([base, price, priceDecimals, lotDecimals, basePerDay]: Row): DemoSymbol {
  const lotSize = money(10).pow(-lotDecimals);
  const market: Market = {
    symbol: `${base}/USDT`,
    base,
    quote: 'USDT',
    tickSize: money(10).pow(-priceDecimals),
    lotSize,
    minQuantity: lotSize,
    maxQuantity: money(basePerDay),
    minNotional: money(5),
    makerFee: money('0.001'),
    takerFee: money('0.001'),
    isActive: true,
  };
  const lotsPerDay = basePerDay * 10 ** lotDecimals;
  return {
    market,
    priceDecimals,
    lotDecimals,
    priceTicks: Math.round(price * 10 ** priceDecimals),
    lotsPerDay,
  };
}
