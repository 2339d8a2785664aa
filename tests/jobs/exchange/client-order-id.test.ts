import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromVenueClientId, toVenueClientId } from '../../../jobs/exchange/client-order-id.ts';

const ids = fc.stringMatching(/^[a-z0-9]{1,18}$/);

describe('client order ids', () => {
  it.each(['binance', 'kraken', 'okx', 'hyperliquid'])(
    'of %s are the same after a trip to the venue',
    (venue) => {
      fc.assert(fc.property(ids, (id) => fromVenueClientId(venue, toVenueClientId(venue, id)) === id));
    },
  );

  it('lose the mark that gate puts before them', () => {
    expect(fromVenueClientId('gate', 't-abc1')).toBe('abc1');
    expect(toVenueClientId('gate', 'abc1')).toBe('abc1');
  });

  it('are 128 bits of hexadecimal for hyperliquid', () => {
    fc.assert(fc.property(ids, (id) => /^0x[0-9a-f]{32}$/.test(toVenueClientId('hyperliquid', id))));
  });

  it('are integers below 2^45 for bitfinex, differing for differing ids', () => {
    fc.assert(
      fc.property(fc.uniqueArray(ids, { minLength: 2, maxLength: 50 }), (list) => {
        const numbers = list.map((id) => Number(toVenueClientId('bitfinex', id)));
        return (
          numbers.every((n) => Number.isSafeInteger(n) && n < 2 ** 45) &&
          new Set(numbers).size === list.length
        );
      }),
    );
  });
});
