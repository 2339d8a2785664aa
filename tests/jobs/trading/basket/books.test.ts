import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countEntry,
  expectedCost,
  freeQuote,
  sharedEquity,
  toLegState,
  type SharedBooks,
} from '../../../../jobs/trading/basket/books.ts';
import { decideLegEntry, judgeBasket } from '../../../../jobs/trading/basket/decide-entry.ts';
import { money, sum, ZERO, type Money } from '../../../../jobs/trading/decimal.ts';
import type { BotConfig, RiskSettings } from '../../../../jobs/trading/types.ts';
import { freshState, holding } from '../../../support/bot-states.ts';
import { btcUsdt } from '../../../support/markets.ts';

function books(change: Partial<SharedBooks> = {}): SharedBooks {
  return {
    initialBalance: money(1_000),
    maxOpen: 2,
    realizedPnl: ZERO,
    cost: ZERO,
    worth: ZERO,
    unsettled: { proceeds: ZERO, pnl: ZERO },
    spokenFor: ZERO,
    taken: new Set(),
    tradesToday: 0,
    realizedPnlToday: ZERO,
    equityPeak: money(1_000),
    ...change,
  };
}

const CONFIG: BotConfig = {
  strategy: 'RSI_CROSS',
  params: {},
  timeframe: '1h',
  sizing: { type: 'equity_fraction', value: money('0.5') },
  risk: {},
};

function decide(legId: string, shared: SharedBooks, change: { config?: BotConfig; price?: Money } = {}) {
  const { config = CONFIG, price = money(100) } = change;
  const state = freshState();
  const where = { legId, books: shared, config, market: btcUsdt(), state, price };
  return decideLegEntry({ kind: 'BUY', confidence: 1 }, { ...where, candleTimeMs: 0, nowMs: 3_600_000 });
}

describe('what a basket may spend', () => {
  it.each([
    ['all of it before anything happened', {}, '1000'],
    ['less what is held cost', { cost: money(300) }, '700'],
    ['more by what was earned', { realizedPnl: money(50), cost: money(300) }, '750'],
    ['less what working buys speak for', { cost: money(300), spokenFor: money('200.2') }, '499.8'],
    [
      'without what a sale of this very moment brought in',
      { realizedPnl: money(20), unsettled: { proceeds: money(320), pnl: money(20) } },
      '700',
    ],
  ])('is %s', (_what, change, expected) => {
    expect(freeQuote(books(change)).toFixed()).toBe(expected);
  });

  it('is nothing, never less, where it is overdrawn', () => {
    const shared = books({ cost: money(900), spokenFor: money(200) });
    expect(toLegState(freshState(), shared).freeQuote.toFixed()).toBe('0');
  });

  it('is sized by what the basket owns with its positions at their cost', () => {
    const shared = books({ realizedPnl: money(100), cost: money(400), worth: money(900) });
    expect(decide('a', shared).intent?.quantity.toFixed()).toBe('5.5');
    expect(sharedEquity(shared).toFixed()).toBe('1600');
  });
});

describe('a leg’s entry', () => {
  it('is refused while as many legs as may hold a place', () => {
    const ruling = decide('c', books({ taken: new Set(['a', 'b']) }));
    expect(ruling).toMatchObject({ outcome: 'refused', intent: null });
    expect(ruling.explain()).toBe(
      '2 of 2 positions of the basket are open or on their way: no entry before one is closed.',
    );
  });

  it('is ignored while the leg itself holds something, whatever the basket says', () => {
    const state = freshState({ position: holding('1', '100') });
    const shared = books({ taken: new Set(['a', 'b']) });
    const where = { legId: 'a', books: shared, config: CONFIG, market: btcUsdt(), state };
    const situation = { ...where, price: money(100), candleTimeMs: 0, nowMs: 0 };
    expect(decideLegEntry({ kind: 'BUY', confidence: 1 }, situation).outcome).toBe('ignored');
  });

  it.each<{ what: string; change: Partial<SharedBooks>; risk: RiskSettings; rule: string }>([
    {
      what: 'the basket’s loss of the day',
      change: { realizedPnl: money(-60), realizedPnlToday: money(-60) },
      risk: { maxDailyLossPct: money(5) },
      rule: 'max-daily-loss',
    },
    {
      what: 'the basket’s trades of the day',
      change: { tradesToday: 3 },
      risk: { maxTradesPerDay: 3 },
      rule: 'max-trades-per-day',
    },
    {
      what: 'the basket’s fall, open positions counted',
      change: { cost: money(500), worth: money(390), equityPeak: money(1_000) },
      risk: { maxDrawdownPct: money(10) },
      rule: 'max-drawdown',
    },
  ])('is refused for $what', ({ change, risk, rule }) => {
    const { outcome, verdicts } = decide('a', books(change), { config: { ...CONFIG, risk } });
    expect(outcome).toBe('refused');
    expect(verdicts.at(-1)).toMatchObject({ rule, outcome: 'deny' });
  });

  it('is let in by a fall that is another leg’s gain short of the limit', () => {
    const shared = books({ realizedPnl: money(-150), cost: money(500), worth: money(600) });
    const verdicts = judgeBasket(shared, {
      legId: 'a',
      risk: { maxDrawdownPct: money(10) },
      quote: 'USDT',
    });
    expect(verdicts.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['max-open-positions', 'allow'],
      ['max-drawdown', 'allow'],
    ]);
  });
});

describe('entries in any order', () => {
  const entry = fc.record({
    leg: fc.integer({ min: 0, max: 7 }),
    price: fc.double({ min: 0.5, max: 50_000, noNaN: true }),
  });

  it('never speak for more than there is, nor take more places than there are', () => {
    const amount = fc.integer({ min: 6, max: 3_000 });
    const given = fc.tuple(fc.array(entry, { maxLength: 30 }), amount, fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(given, ([entries, quote, maxOpen]) => {
        const config = { ...CONFIG, sizing: { type: 'quote_amount' as const, value: money(quote) } };
        let shared = books({ maxOpen });
        const costs: Money[] = [];
        const legs = new Set<string>();
        for (const { leg, price } of entries) {
          const legId = String(leg);
          // A leg with an order on its way decides nothing more.
          if (legs.has(legId)) continue;
          const at = money(price.toFixed(2));
          const { intent } = decide(legId, shared, { config, price: at });
          if (!intent) continue;
          const cost = expectedCost(intent.quantity, at, btcUsdt());
          shared = countEntry(shared, { legId, cost, position: { openedAtMs: null } });
          costs.push(cost);
          legs.add(legId);
        }
        expect(sum(costs).lte(1_000)).toBe(true);
        expect(shared.taken.size).toBe(legs.size);
        expect(legs.size).toBeLessThanOrEqual(maxOpen);
      }),
    );
  });
});
