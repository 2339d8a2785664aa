import { describe, expect, it } from 'vitest';
import { createDemoMarket } from '../../../jobs/exchange/demo-market.ts';
import { feeInQuote } from '../../../jobs/orders/fee-value.ts';
import { money } from '../../../jobs/trading/decimal.ts';

const NOW = Date.UTC(2026, 4, 6, 12, 34, 56, 789);
const TWO_DAYS = 2 * 86_400_000;
const clock = { now: () => NOW };
const demo = createDemoMarket({ clock });
const deps = { clock, marketData: () => demo };

const valueOf = (paid: { fee: string; feeCurrency: string; timeMs?: number; market?: [string, string] }) => {
  const [base, quote] = paid.market ?? ['BTC', 'USDT'];
  const fill = {
    fee: money(paid.fee),
    feeCurrency: paid.feeCurrency,
    price: money('50000'),
    timeMs: paid.timeMs ?? NOW,
  };
  return feeInQuote(deps, { venue: 'demo', market: { base, quote } }, fill);
};

async function closeOf(symbol: string, timeMs: number): Promise<number | undefined> {
  const sinceMs = Math.floor(timeMs / 60_000) * 60_000;
  const [candle] = await demo.fetchCandles({ symbol, timeframe: '1m', sinceMs, limit: 1 });
  return candle?.close;
}

describe('the worth of a fee', () => {
  it('is itself in quote, and counts at the price of its fill in base', async () => {
    expect((await valueOf({ fee: '0.5', feeCurrency: 'USDT' }))?.toFixed()).toBe('0.5');
    expect((await valueOf({ fee: '0.001', feeCurrency: 'BTC' }))?.toFixed()).toBe('50');
  });

  it('in a third currency follows the latest price while the fill is fresh', async () => {
    const { last } = await demo.fetchTicker('ETH/USDT');
    const worth = await valueOf({ fee: '0.01', feeCurrency: 'ETH', timeMs: NOW - 5_000 });
    expect(worth?.toFixed()).toBe(last.times('0.01').toFixed());
  });

  it('in a third currency follows the close of its own minute when it is valued late', async () => {
    const timeMs = NOW - TWO_DAYS;
    const worth = await valueOf({ fee: '0.01', feeCurrency: 'ETH', timeMs });
    const close = await closeOf('ETH/USDT', timeMs);
    expect(close).toBeGreaterThan(0);
    expect(worth?.toFixed()).toBe(
      money(close ?? NaN)
        .times('0.01')
        .toFixed(),
    );
    expect(worth?.eq((await demo.fetchTicker('ETH/USDT')).last.times('0.01'))).toBe(false);
  });

  it('is found through the market in the other direction, too', async () => {
    const { last } = await demo.fetchTicker('BTC/USDT');
    const worth = await valueOf({ fee: '10', feeCurrency: 'USDT', market: ['ETH', 'BTC'] });
    expect(worth?.eq(money(1).div(last).times('10'))).toBe(true);
  });

  it('is open where the venue has no price for its currency', async () => {
    expect(await valueOf({ fee: '1', feeCurrency: 'NOPE' })).toBeNull();
  });
});
