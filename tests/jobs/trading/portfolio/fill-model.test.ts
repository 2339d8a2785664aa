import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { fillLimitOrder, fillMarketOrder } from '../../../../jobs/trading/portfolio/fill-model.ts';
import type { Side } from '../../../../jobs/trading/types.ts';
import { btcUsdt } from '../../../support/markets.ts';

const market = btcUsdt();
const feeRate = money('0.001');
const prices = { bid: money('99.99'), ask: money('100.01') };
const order = (side: Side, slippageBps = 0) => ({
  side,
  quantity: money(2),
  prices,
  slippageBps,
  feeRate,
  market,
});
const shown = (fill: ReturnType<typeof fillLimitOrder>) =>
  fill && `${fill.price} fee ${fill.fee} ${fill.feeCurrency}`;

describe('a market order on paper', () => {
  it('buys at the ask and pays its fee in base; sells at the bid and pays in quote', () => {
    expect(shown(fillMarketOrder(order('BUY')))).toBe('100.01 fee 0.002 BTC');
    expect(shown(fillMarketOrder(order('SELL')))).toBe('99.99 fee 0.19998 USDT');
  });

  it('slips against the trader and is rounded against the trader', () => {
    // 100.01 x 1.0005 = 100.060005 -> 100.07; 99.99 x 0.9995 = 99.940005 -> 99.94
    expect(shown(fillMarketOrder(order('BUY', 5)))).toBe('100.07 fee 0.002 BTC');
    expect(shown(fillMarketOrder(order('SELL', 5)))).toBe('99.94 fee 0.19988 USDT');
  });

  it('adds half a stated spread on either side', () => {
    const last = { bid: money(100), ask: money(100) };
    expect(String(fillMarketOrder({ ...order('BUY'), prices: last, spreadBps: 10 }).price)).toBe('100.05');
    expect(String(fillMarketOrder({ ...order('SELL'), prices: last, spreadBps: 10 }).price)).toBe('99.95');
  });

  it('is never better than the best price, and always on a tick', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 10_000_000 }),
        fc.integer({ min: 0, max: 100 }),
        (cents, slippage) => {
          const at = { bid: money(cents).div(100), ask: money(cents + 1).div(100) };
          const buy = fillMarketOrder({ ...order('BUY', slippage), prices: at }).price;
          const sale = fillMarketOrder({ ...order('SELL', slippage), prices: at }).price;
          expect(buy.gte(at.ask) && sale.lte(at.bid)).toBe(true);
          expect(buy.mod(market.tickSize).isZero() && sale.mod(market.tickSize).isZero()).toBe(true);
        },
      ),
    );
  });
});

describe('a limit order on paper', () => {
  const limit = (side: Side, price: string) =>
    shown(fillLimitOrder({ side, quantity: money(2), prices, feeRate, market, limitPrice: money(price) }));

  it('fills at its own price once the market has touched it', () => {
    expect(limit('BUY', '100.01')).toBe('100.01 fee 0.002 BTC');
    expect(limit('BUY', '101')).toBe('101 fee 0.002 BTC');
    expect(limit('SELL', '99.99')).toBe('99.99 fee 0.19998 USDT');
  });

  it('rests while the market has not', () => {
    expect(limit('BUY', '100')).toBeNull();
    expect(limit('SELL', '100')).toBeNull();
  });
});
