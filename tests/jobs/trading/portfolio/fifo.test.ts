import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, ZERO } from '../../../../jobs/trading/decimal.ts';
import { balanceChanges } from '../../../../jobs/trading/portfolio/balance-changes.ts';
import {
  applyFifo,
  foldFifo,
  lotsCost,
  NO_LOTS,
  openLots,
  type Lots,
} from '../../../../jobs/trading/portfolio/fifo.ts';
import { applyFill, FLAT, foldFills, unrealizedPnl } from '../../../../jobs/trading/portfolio/ledger.ts';
import type { ValuedFill } from '../../../../jobs/trading/types.ts';
import { fillCase, fillsOf, toFill, units, type FillCase } from '../../../support/fill-cases.ts';
import { btcUsdt } from '../../../support/markets.ts';

const market = btcUsdt();

/** What each fill earns by first in, first out. */
function earned(fills: ValuedFill[]): string[] {
  let lots = NO_LOTS;
  return fills.map((fill) => {
    const applied = applyFifo(lots, fill, market);
    lots = applied.lots;
    return String(applied.realizedPnl);
  });
}

const left = (lots: Lots) => lots.open.map((lot) => `${String(lot.left)} of ${String(lot.quantity)}`);

describe('first in, first out', () => {
  it('sells the oldest buy first, where average cost sells a share of all', () => {
    const fills = fillsOf(
      ['BUY', '1', '100'],
      ['BUY', '1', '200'],
      ['SELL', '1', '180'],
      ['SELL', '1', '180'],
    );
    expect(earned(fills)).toEqual(['0', '0', '80', '-20']);
    const average = fills.map((_fill, index) => foldFills(fills.slice(0, index + 1), market).realizedPnl);
    expect(average.map(String)).toEqual(['0', '0', '30', '60']);
  });

  it('takes what a sale needs from several buys, and leaves the rest of the last one', () => {
    const fills = fillsOf(['BUY', '1', '100'], ['BUY', '2', '200'], ['SELL', '1.5', '300']);
    const { lots, realizedPnl } = foldFifo(fills, market);
    expect(String(realizedPnl)).toBe('250'); // 450 − 100 − 400/4
    expect(left(lots)).toEqual(['1.5 of 2']);
    expect(String(lotsCost(lots))).toBe('300');
  });

  it.each([
    ['in base makes each unit dearer', 'BTC', '0.4', undefined, '65'], // 190 − 200/1.6
    ['in quote is part of the cost', 'USDT', '10', undefined, '85'], // 190 − 210/2
    ['in BNB is part of the cost, at its value then', 'BNB', '0.1', '30', '75'], // 190 − 230/2
  ])('a fee of a buy %s', (...row) => {
    const [, feeCurrency, fee, feeQuote, profit] = row;
    const fills = fillsOf(['BUY', '2', '100', fee, feeCurrency, feeQuote], ['SELL', '1', '190']);
    expect(earned(fills)).toEqual(['0', profit]);
  });

  it('spends at once what a buy pays for units that were sold beyond what was held', () => {
    const fills = fillsOf(['BUY', '1', '100'], ['SELL', '1', '100', '0.25', 'BTC'], ['BUY', '1', '80']);
    expect(earned(fills)).toEqual(['0', '0', '-20']);
    const { lots } = foldFifo(fills, market);
    expect(left(lots)).toEqual(['0.75 of 1']);
    expect(String(lotsCost(lots))).toBe('60');
  });

  it('owes on while a buy covers only part of it', () => {
    const fills = fillsOf(['SELL', '2', '100'], ['BUY', '0.5', '90']);
    const { lots } = foldFifo(fills, market);
    expect(lots.open).toEqual([]);
    expect(String(lots.owed)).toBe('1.5');
  });
});

describe('the lots of a holding', () => {
  it('are the newest buys that make it up', () => {
    const buys = fillsOf(['BUY', '1', '100'], ['BUY', '2', '200'], ['BUY', '4', '300']).reverse();
    expect(left(openLots(money(5), buys, market))).toEqual(['1 of 2', '4 of 4']);
    expect(left(openLots(ZERO, buys, market))).toEqual([]);
    expect(String(openLots(money(-2), buys, market).owed)).toBe('2');
  });
});

/** Both methods side by side over the same fills. */
function play(cases: FillCase[]) {
  const start = new Map([
    ['BTC', money('3')],
    ['USDT', money('1000')],
    ['BNB', money('7')],
  ]);
  const balances = new Map(start);
  const fees = new Map<string, typeof ZERO>();
  const fills: ValuedFill[] = [];
  let position = FLAT;
  let average = ZERO;
  for (const [index, fillOf] of cases.entries()) {
    const fill = toFill(fillOf, position, index);
    for (const [asset, change] of balanceChanges(fill, market))
      balances.set(asset, balances.get(asset)!.plus(change));
    fees.set(fill.feeCurrency, (fees.get(fill.feeCurrency) ?? ZERO).plus(fill.fee));
    const applied = applyFill(position, fill, market);
    position = applied.position;
    average = average.plus(applied.realizedPnl);
    fills.push(fill);
  }
  return { start, balances, fees, fills, position, average };
}

describe('over any fills with fees in base, quote or a third currency', () => {
  const cases = fc.array(fillCase, { minLength: 1, maxLength: 60 });
  const deposits = fc.array(
    fc.record({ asset: fc.constantFrom('BTC', 'USDT', 'BNB'), amount: units(8, 1_000_000_000) }),
    { maxLength: 10 },
  );

  it('initial + deposits + fills − fees is the balance of each asset, exactly', () => {
    fc.assert(
      fc.property(cases, deposits, (list, paidIn) => {
        const { start, balances, fees, fills } = play(list);
        for (const { asset, amount } of paidIn) balances.set(asset, balances.get(asset)!.plus(amount));
        for (const asset of ['BTC', 'USDT', 'BNB']) {
          const moved = fills.map(({ side, quantity, price }) => {
            const amount = asset === 'BTC' ? quantity : quantity.times(price).neg();
            if (asset === 'BNB') return ZERO;
            return side === 'BUY' ? amount : amount.neg();
          });
          const expected = [
            ...moved,
            ...paidIn.filter((each) => each.asset === asset).map(({ amount }) => amount),
          ].reduce((total, change) => total.plus(change), start.get(asset)!.minus(fees.get(asset) ?? ZERO));
          expect(String(balances.get(asset))).toBe(String(expected));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('realised + unrealised is the same by both methods at any price', () => {
    fc.assert(
      fc.property(cases, units(2, 10_000_000), (list, price) => {
        const { fills, position, average } = play(list);
        const { lots, realizedPnl } = foldFifo(fills, market);
        const fifo = realizedPnl.plus(position.quantity.times(price)).minus(lotsCost(lots));
        expect(String(fifo)).toBe(String(average.plus(unrealizedPnl(position, price))));
      }),
      { numRuns: 300 },
    );
  });

  it('what is all sold has earned the same by both methods', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const open = play(list);
        const side = open.position.quantity.gt(0) ? 'SELL' : 'BUY';
        const [closing] = fillsOf([side, String(open.position.quantity.abs()), '12345.67', '3', 'USDT']);
        const fills = open.position.quantity.isZero() ? open.fills : [...open.fills, closing!];
        const { position, realizedPnl } = foldFills(fills, market);
        const fifo = foldFifo(fills, market);
        expect(String(position.quantity)).toBe('0');
        expect(left(fifo.lots)).toEqual([]);
        // Covering what was sold beyond what was held is a cost of the position by average cost until the next sale.
        expect(String(fifo.realizedPnl)).toBe(String(realizedPnl.minus(position.cost)));
        if (side === 'SELL') expect(String(position.cost)).toBe('0');
      }),
      { numRuns: 200 },
    );
  });

  it('the lots follow from the newest buys alone', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const { fills, position } = play(list);
        const buys = fills.filter(({ side }) => side === 'BUY').reverse();
        const { lots } = foldFifo(fills, market);
        const derived = openLots(position.quantity, buys, market);
        expect(left(derived)).toEqual(left(lots));
        expect(String(derived.owed)).toBe(String(lots.owed));
        expect(String(lotsCost(derived))).toBe(String(lotsCost(lots)));
      }),
      { numRuns: 200 },
    );
  });
});
