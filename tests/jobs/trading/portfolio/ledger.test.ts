import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, ZERO, type Money } from '../../../../jobs/trading/decimal.ts';
import { balanceChanges } from '../../../../jobs/trading/portfolio/balance-changes.ts';
import {
  applyFill,
  equity,
  FLAT,
  foldFills,
  observePrice,
  unrealizedPnl,
} from '../../../../jobs/trading/portfolio/ledger.ts';
import type { Position, ValuedFill } from '../../../../jobs/trading/types.ts';
import { fillCase, fillsOf, toFill, units, type FillCase } from '../../../support/fill-cases.ts';
import { btcUsdt } from '../../../support/markets.ts';

const market = btcUsdt();

function figures(position: Position): Record<string, string | number | null> {
  const { quantity, cost, entryPrice, highPrice, openedAtMs } = position;
  return {
    quantity: String(quantity),
    cost: String(cost),
    entryPrice: String(entryPrice),
    highPrice: String(highPrice),
    openedAtMs,
  };
}

describe('a buy', () => {
  it.each([
    ['in base lowers the quantity', 'BTC', '0.001', '0.999', '50000'],
    ['in quote raises the cost', 'USDT', '50', '1', '50050'],
    ['in a third currency raises the cost by its quote value', 'BNB', '0.1', '1', '50060'],
  ])('whose fee is %s', (...row) => {
    const [, feeCurrency, fee, quantity, cost] = row;
    const [fill] = fillsOf(['BUY', '1', '50000', fee, feeCurrency, feeCurrency === 'BNB' ? '60' : undefined]);
    const { position, realizedPnl } = applyFill(FLAT, fill!, market);
    expect(figures(position)).toEqual({
      quantity,
      cost,
      entryPrice: '50000',
      highPrice: '50000',
      openedAtMs: 1_000,
    });
    expect(realizedPnl).toEqual(ZERO);
  });

  it('enters at the mean price of what was bought, weighted by quantity', () => {
    const { position } = foldFills(fillsOf(['BUY', '1', '100'], ['BUY', '3', '200']), market);
    expect(figures(position)).toEqual({
      quantity: '4',
      cost: '700',
      entryPrice: '175',
      highPrice: '200',
      openedAtMs: 1_000,
    });
  });
});

describe('a sale', () => {
  it('realises proceeds less fee less its share of the cost', () => {
    const fills = fillsOf(['BUY', '2', '100', '2'], ['SELL', '0.5', '120', '1']);
    const { position, realizedPnl, fees } = foldFills(fills, market);
    expect(String(realizedPnl)).toBe('8.5'); // 60 − 1 − 202/4
    expect(String(fees)).toBe('3');
    expect(figures(position)).toMatchObject({ quantity: '1.5', cost: '151.5', entryPrice: '100' });
  });

  it('of everything takes the whole cost and leaves nothing', () => {
    const fills = fillsOf(['BUY', '0.3', '100', '0.1'], ['SELL', '0.1', '100'], ['SELL', '0.2', '100']);
    const { position, realizedPnl } = foldFills(fills, market);
    expect(position).toEqual(FLAT);
    expect(String(realizedPnl)).toBe('-0.1');
  });

  it('whose fee is taken in base lowers the quantity further', () => {
    const { position } = foldFills(
      fillsOf(['BUY', '1', '100'], ['SELL', '0.5', '100', '0.1', 'BTC']),
      market,
    );
    expect(figures(position)).toMatchObject({ quantity: '0.4', cost: '40' });
  });

  it('that leaves a rest too small to sell ends the trade, and the next buy enters anew', () => {
    const rest = foldFills(
      fillsOf(['BUY', '0.10000999', '50000'], ['SELL', '0.1', '60000']),
      market,
    ).position;
    expect(figures(rest)).toMatchObject({ quantity: '0.00000999', highPrice: '0', openedAtMs: null });
    expect(rest.cost.gt(0)).toBe(true);
    const [buy] = fillsOf(['BUY', '1', '40000']);
    const entered = applyFill(rest, buy!, market).position;
    expect(figures(entered)).toMatchObject({ entryPrice: '40000', highPrice: '40000', openedAtMs: 1_000 });
    expect(String(entered.quantity)).toBe('1.00000999');
  });

  it('of more than is held leaves a debt that the profit accounts for', () => {
    const { position, realizedPnl } = foldFills(
      fillsOf(['BUY', '1', '100'], ['SELL', '1', '100', '0.001', 'BTC']),
      market,
    );
    expect(figures(position)).toMatchObject({ quantity: '-0.001', cost: '0', openedAtMs: null });
    expect(String(realizedPnl.plus(unrealizedPnl(position, money(100))))).toBe('-0.1');
  });
});

describe('equity', () => {
  it('is the initial balance with realised and unrealised profit', () => {
    const position = { ...FLAT, quantity: money(2), cost: money(150) };
    expect(String(unrealizedPnl(position, money(100)))).toBe('50');
    expect(
      String(equity({ initialBalance: money(1_000), realizedPnl: money(-7), position }, money(100))),
    ).toBe('1043');
  });
});

describe('the highest price', () => {
  it('rises with the price while a trade is open, and never falls', () => {
    const open = { ...FLAT, quantity: money(1), highPrice: money(100), openedAtMs: 1 };
    expect(String(observePrice(open, money(101)).highPrice)).toBe('101');
    expect(observePrice(open, money(99))).toBe(open);
    expect(observePrice(FLAT, money(99))).toBe(FLAT);
  });
});

/** Plays the cases against bare balances and the ledger side by side. */
function play(cases: FillCase[]) {
  const balances = new Map<string, Money>();
  let thirdFees = ZERO;
  let realized = ZERO;
  let position = FLAT;
  for (const [index, fillOf] of cases.entries()) {
    const fill = toFill(fillOf, position, index);
    for (const [asset, change] of balanceChanges(fill, market)) {
      balances.set(asset, (balances.get(asset) ?? ZERO).plus(change));
    }
    if (fill.feeCurrency === 'BNB') thirdFees = thirdFees.plus(fill.feeQuote);
    const applied = applyFill(position, fill, market);
    position = applied.position;
    realized = realized.plus(applied.realizedPnl);
  }
  return { balances, position, realized, thirdFees };
}

describe('the ledger, over any fills with fees in base, quote or a third currency', () => {
  const cases = fc.array(fillCase, { minLength: 1, maxLength: 60 });

  it('holds exactly what the balances hold', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const { balances, position } = play(list);
        expect(String(position.quantity)).toBe(String(balances.get('BTC')));
      }),
      { numRuns: 300 },
    );
  });

  it('earns exactly what the balances gained at the current price', () => {
    fc.assert(
      fc.property(cases, units(2, 10_000_000), (list, price) => {
        const { balances, position, realized, thirdFees } = play(list);
        const worth = balances.get('USDT')!.plus(balances.get('BTC')!.times(price)).minus(thirdFees);
        expect(String(realized.plus(unrealizedPnl(position, price)))).toBe(String(worth));
      }),
      { numRuns: 300 },
    );
  });

  it('never has a cost below zero, and none once nothing is held', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const { position } = play(list);
        expect(position.cost.gte(0)).toBe(true);
        if (position.quantity.lte(0)) expect(position.openedAtMs).toBeNull();
      }),
    );
  });
});

describe('balance changes', () => {
  const [buy] = fillsOf(['BUY', '2', '100', '0.002', 'BTC']);
  it('move both assets and take the fee where it was charged', () => {
    const changes = (change: Partial<ValuedFill>) =>
      Object.fromEntries(
        [...balanceChanges({ ...buy!, ...change }, market)].map(([asset, value]) => [asset, String(value)]),
      );
    expect(changes({})).toEqual({ BTC: '1.998', USDT: '-200' });
    expect(changes({ side: 'SELL', feeCurrency: 'USDT', fee: money('0.2') })).toEqual({
      BTC: '-2',
      USDT: '199.8',
    });
    expect(changes({ feeCurrency: 'BNB', fee: money('0.1') })).toEqual({
      BTC: '2',
      USDT: '-200',
      BNB: '-0.1',
    });
  });
});
