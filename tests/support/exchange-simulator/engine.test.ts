import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Amount } from './decimals.ts';
import { ExchangeEngine } from './engine.ts';
import { Refusal, type PlaceRequest } from './engine-types.ts';

const SYMBOL = 'BTC/USDT';
const candles = Array.from({ length: 300 }, (_, index) => {
  const [open, close] = [100 + 10 * Math.sin(index / 3), 100 + 10 * Math.sin((index + 1) / 3)];
  return { openTimeMs: 0, open, close, high: Math.max(open, close), low: Math.min(open, close), volume: 1 };
});

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 4000 }),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  type: fc.constantFrom('MARKET' as const, 'LIMIT' as const, 'STOP_LOSS' as const),
  lots: fc.integer({ min: 1, max: 200_000 }),
  price: fc.integer({ min: 8500, max: 11500 }),
  cancels: fc.boolean(),
});

describe('the simulated exchange', () => {
  it('keeps its ledger equal to the sum of its fills, locks only what open orders need, and is never negative', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(undefined, 'BNB'), (steps, feeAsset) => {
        let now = 0;
        const start: Record<string, string> = { USDT: '1000', BTC: '3', BNB: '0.01' };
        const engine = new ExchangeEngine({
          clock: { now: () => now },
          markets: [
            {
              symbol: SYMBOL,
              candles,
              timeframeMs: 1000,
              startMs: 0,
              spread: '0.001',
              fillsPerMarketOrder: 2,
              restingFillLimit: '0.3',
            },
          ],
          accounts: [
            { apiKey: 'k', secret: 's', balances: start, ...(feeAsset === undefined ? {} : { feeAsset }) },
          ],
          fees: { maker: '0.0007', taker: '0.001', feeAssetPrices: { BNB: '300' } },
        });
        const account = engine.accounts.get('k');
        if (!account) throw new Error('no account');
        steps.forEach((item, index) => {
          now += item.waitMs;
          attempt(() => engine.place(account, toRequest(item, `c${index}`)));
          const open = engine.orders(account).find(({ status }) => status === 'NEW');
          if (item.cancels && open) attempt(() => engine.cancel(account, open));
        });
        const expected = new Map(Object.entries(start).map(([asset, amount]) => [asset, new Amount(amount)]));
        const add = (asset: string, amount: Amount) =>
          expected.set(asset, (expected.get(asset) ?? new Amount(0)).plus(amount));
        for (const trade of engine.orders(account).flatMap(({ trades }) => trades)) {
          const sign = trade.side === 'BUY' ? 1 : -1;
          add('BTC', trade.quantity.times(sign));
          add('USDT', trade.price.times(trade.quantity).times(-sign));
          add(trade.feeAsset, trade.fee.negated());
        }
        const balances = engine.balances(account);
        for (const [asset, amount] of expected)
          expect([asset, balances[asset]?.total]).toEqual([asset, amount.toFixed()]);
        const isResting = engine
          .orders(account)
          .some(({ status }) => status === 'NEW' || status === 'PARTIALLY_FILLED');
        if (!isResting) expect(Object.values(balances).every(({ locked }) => locked === '0')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

function toRequest(
  item: { side: 'BUY' | 'SELL'; type: 'MARKET' | 'LIMIT' | 'STOP_LOSS'; lots: number; price: number },
  clientOrderId: string,
): PlaceRequest {
  const price = new Amount(item.price).div(100);
  return {
    symbol: SYMBOL,
    side: item.side,
    type: item.type,
    quantity: new Amount(item.lots).times('0.00001'),
    clientOrderId,
    ...(item.type === 'LIMIT' ? { price } : {}),
    ...(item.type === 'STOP_LOSS' ? { stopPrice: price } : {}),
  };
}

function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
