import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, sum } from '../../../../jobs/trading/decimal.ts';
import { admitSale, type OtherSale } from '../../../../jobs/trading/portfolio/admit-sale.ts';
import { btcUsdt } from '../../../support/markets.ts';

const other = (slot: string | null, left: string, isSent = true): OtherSale => ({
  slot,
  isSent,
  left: money(left),
});

function verdictOn(
  quantity: string,
  held: string,
  othersAndSlot: OtherSale[] | { others: OtherSale[]; slot: string },
) {
  const { others, slot } = Array.isArray(othersAndSlot)
    ? { others: othersAndSlot, slot: null }
    : othersAndSlot;
  const verdict = admitSale({
    sale: { slot, quantity: money(quantity) },
    others,
    held: money(held),
    price: money(50_000),
    market: btcUsdt(),
  });
  return verdict.outcome === 'send' ? `sends ${verdict.quantity.toFixed()}` : `${verdict.outcome}s`;
}

describe('a sale about to be sent', () => {
  it('goes as decided where all of it is held and nothing else is on sale', () => {
    expect(verdictOn('0.5', '0.5', [])).toBe('sends 0.5');
  });

  it('waits while an order of a slot may still fill, and not for one that was never sent', () => {
    expect(verdictOn('0.5', '0.5', [other('stop', '0.5')])).toBe('waits');
    expect(verdictOn('0.5', '0.5', [other('stop', '0.5', false)])).toBe('sends 0.5');
  });

  it('is cut to what a stop that filled in part has left, down to the lot', () => {
    expect(verdictOn('0.5', '0.1234567', [])).toBe('sends 0.12345');
  });

  it('is dropped where nothing is left, or less than the exchange takes', () => {
    expect(verdictOn('0.5', '0', [])).toBe('drops');
    expect(verdictOn('0.5', '0.00001', [])).toBe('drops');
  });

  it('is cut to what another exit leaves', () => {
    expect(verdictOn('0.5', '0.5', [other(null, '0.2')])).toBe('sends 0.3');
    expect(verdictOn('0.5', '0.5', [other(null, '0.5')])).toBe('drops');
  });

  it('gives way to an exit where it belongs to a slot, even to one that only is to be sent', () => {
    expect(verdictOn('0.5', '0.5', { others: [other(null, '0.5', false)], slot: 'stop' })).toBe('drops');
  });

  it('shares what is held with the other slots', () => {
    expect(verdictOn('0.5', '0.8', { others: [other('a', '0.5')], slot: 'b' })).toBe('sends 0.3');
  });

  it('says what is held where it is dropped', () => {
    const verdict = admitSale({
      sale: { slot: null, quantity: money('0.5') },
      others: [other(null, '0.5')],
      held: money('0.5'),
      price: money(50_000),
      market: btcUsdt(),
    });
    expect(verdict).toMatchObject({
      detail: 'Not sent: nothing is left to sell (0.5 BTC held, 0.5 of it on sale).',
    });
  });

  it('never brings what is on sale above what is held', () => {
    const others = fc.array(
      fc.record({ slot: fc.constantFrom('stop', 'a', null), isSent: fc.boolean(), left: fc.nat(1_000) }),
      { maxLength: 4 },
    );
    const scenes = fc.record({
      quantity: fc.nat(1_000),
      held: fc.nat(2_000),
      rows: others,
      slot: fc.constantFrom('stop', null),
    });
    fc.assert(
      fc.property(scenes, ({ quantity, held, rows, slot }) => {
        const sales = rows.map((row) => ({ ...row, left: money(row.left).div(1_000) }));
        const onSale = sum(sales.filter(({ isSent }) => isSent).map(({ left }) => left));
        const verdict = admitSale({
          sale: { slot, quantity: money(quantity).div(1_000) },
          others: sales,
          held: money(held).div(1_000),
          price: money(50_000),
          market: btcUsdt(),
        });
        if (verdict.outcome !== 'send') return;
        expect(verdict.quantity.plus(onSale).lte(money(held).div(1_000))).toBe(true);
        expect(verdict.quantity.lte(money(quantity).div(1_000))).toBe(true);
      }),
    );
  });
});
