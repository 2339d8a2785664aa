import { money } from '../../jobs/trading/decimal.ts';
import type { Market } from '../../jobs/trading/types.ts';

/** BTC/USDT with Binance's usual rules. */
export function btcUsdt(change: Partial<Market> = {}): Market {
  return {
    symbol: 'BTC/USDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: money('0.01'),
    lotSize: money('0.00001'),
    minQuantity: money('0.00001'),
    maxQuantity: money('9000'),
    minNotional: money('5'),
    makerFee: money('0.001'),
    takerFee: money('0.001'),
    isActive: true,
    ...change,
  };
}
