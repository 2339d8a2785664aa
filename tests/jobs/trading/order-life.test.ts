import { describe, expect, it } from 'vitest';
import { isFinal, readWord, sourcesOf, WORKING_STATUSES } from '../../../jobs/trading/order-life.ts';
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

describe('the venue’s word on an order', () => {
  const SAID: OrderStatus[] = ['open', 'partially_filled', ...FINAL];

  it('is the next step wherever the table allows that, and known where it changes nothing', () => {
    for (const said of SAID) {
      expect(readWord(said, said)).toBe('known');
      for (const held of sourcesOf(said).filter((status) => status !== 'intended'))
        expect(readWord(held, said)).toBe('next');
    }
  });

  it('contradicts every end that we hold, but for the same', () => {
    for (const held of FINAL) {
      const meanings = SAID.filter((said) => said !== held).map((said) => readWord(held, said));
      expect(new Set(meanings)).toEqual(new Set(['contradiction']));
    }
  });

  it('contradicts an intent whatever it is: nothing can be known of what was never sent', () => {
    expect(new Set(SAID.map((said) => readWord('intended', said)))).toEqual(new Set(['contradiction']));
  });

  it('is old when it tells of less than we have seen', () => {
    expect(readWord('partially_filled', 'open')).toBe('stale');
  });
});
