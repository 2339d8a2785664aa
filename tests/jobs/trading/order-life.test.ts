import { describe, expect, it } from 'vitest';
import { isFinal, sourcesOf, WORKING_STATUSES } from '../../../jobs/trading/order-life.ts';
import type { OrderStatus } from '../../../jobs/trading/types.ts';

const FINAL: OrderStatus[] = ['filled', 'canceled', 'rejected', 'expired'];
const ALL: OrderStatus[] = [...WORKING_STATUSES, ...FINAL];

describe('the life of an order', () => {
  it('ends in four ways, and nowhere else', () => {
    expect(ALL.filter(isFinal)).toEqual(FINAL);
  });

  it('never leaves an end', () => {
    for (const status of ALL) expect(sourcesOf(status).filter(isFinal)).toEqual([]);
  });

  it('does not know an order as unknown that was never sent', () => {
    expect(sourcesOf('unknown')).toEqual(['submitting']);
  });

  it('makes an order ready to be sent only where nothing can have reached the exchange', () => {
    expect(sourcesOf('intended')).toEqual(['submitting', 'unknown']);
    expect(sourcesOf('submitting')).toEqual(['intended']);
  });

  it('does not take back a fill', () => {
    expect(sourcesOf('open')).not.toContain('partially_filled');
    expect(sourcesOf('rejected')).not.toContain('partially_filled');
  });

  it('can come to an end from everywhere', () => {
    const reachesEnd = new Set<OrderStatus>(FINAL);
    for (let round = 0; round < ALL.length; round++) {
      for (const status of [...reachesEnd]) for (const source of sourcesOf(status)) reachesEnd.add(source);
    }
    expect([...reachesEnd].sort()).toEqual([...ALL].sort());
  });
});
