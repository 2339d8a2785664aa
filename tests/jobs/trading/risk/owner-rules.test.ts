import { describe, expect, it } from 'vitest';
import { money, ZERO } from '../../../../jobs/trading/decimal.ts';
import type { OwnerBook, RiskLimits } from '../../../../jobs/trading/risk/owner-rule.ts';
import { applyOwnerRules, judgeOwnerEntry } from '../../../../jobs/trading/risk/owner-rules.ts';
import { btcUsdt } from '../../../support/markets.ts';

const nowMs = Date.UTC(2024, 4, 6, 12);

/** An entry of 0.01 BTC at 50,000: 500 USDT. */
function entry(limits: RiskLimits, book: Partial<OwnerBook>) {
  return {
    quantity: money('0.01'),
    price: money(50_000),
    market: btcUsdt(),
    limits,
    book: { symbol: ZERO, account: ZERO, total: ZERO, openOrders: 0, ordersLastMinute: 0, ...book },
    nowMs,
  };
}

describe('an owner’s exposure, for an entry of 500', () => {
  const all = {
    maxExposureSymbolQuote: money(1_000),
    maxExposureAccountQuote: money(2_000),
    maxExposureTotalQuote: money(3_000),
  };

  it.each([
    // in use on the symbol (of 1,000), the account (of 2,000), in all (of 3,000): what may be bought
    ['0', '0', '0', '0.01'],
    ['500', '1500', '2500', '0.01'],
    ['501', '501', '501', '0.00998'],
    ['500', '1900', '1900', '0.002'],
    ['500', '1900', '2950', '0.001'],
    ['995', '995', '995', '0.0001'],
    ['995.01', '995.01', '995.01', null],
    ['0', '0', '3000', null],
    ['0', '0', '3500', null],
  ] as const)('in use %s, %s, %s: buys %s', (...row) => {
    const [symbol, account, total, left] = row;
    const book = { symbol: money(symbol), account: money(account), total: money(total) };
    expect(applyOwnerRules(entry(all, book)).quantity?.toFixed() ?? null).toBe(left);
  });

  it('is told with the figures', () => {
    const denied = applyOwnerRules(entry({ maxExposureTotalQuote: money(700) }, { total: money(700) }));
    expect(denied.verdicts).toEqual([
      {
        rule: 'max-exposure',
        outcome: 'deny',
        detail: '700 of 700 USDT are in use in all: no room for 500 more.',
      },
    ]);
  });
});

describe('an owner’s orders', () => {
  it.each([
    // open orders (of 3), orders in the last minute (of 10), the verdicts
    [2, 9, ['max-open-orders allow', 'max-orders-per-minute allow']],
    [3, 9, ['max-open-orders deny']],
    [2, 10, ['max-open-orders allow', 'max-orders-per-minute deny']],
  ])('%i open, %i in a minute: %j', (openOrders, ordersLastMinute, said) => {
    const { verdicts } = applyOwnerRules(
      entry({ maxOpenOrders: 3, maxOrdersPerMinute: 10 }, { openOrders, ordersLastMinute }),
    );
    expect(verdicts.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual(said);
  });

  it('can each be judged past a denial', () => {
    const limits = { maxOpenOrders: 3, maxOrdersPerMinute: 10 };
    const said = judgeOwnerEntry(entry(limits, { openOrders: 3, ordersLastMinute: 10 }));
    expect(said.map(({ outcome, untilMs }) => [outcome, untilMs])).toEqual([
      ['deny', undefined],
      ['deny', nowMs + 60_000],
    ]);
  });

  it('are free while no limit is set', () => {
    expect(applyOwnerRules(entry({}, { openOrders: 999 }))).toEqual({
      quantity: money('0.01'),
      verdicts: [],
    });
  });
});
