import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameSecret, isSigned, signMessage } from '../../../app/services/signal-proof.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const secretText = fc.string({ minLength: 1, maxLength: 60 });

describe('the proof of a signal', () => {
  it('takes every message signed with the secret, with or without sha256=, in either case', () => {
    const spelling = fc.record({ mark: fc.constantFrom('', 'sha256='), isUpper: fc.boolean() });
    fc.assert(
      fc.property(bytes, secretText, spelling, (body, secret, { mark, isUpper }) => {
        const hex = createHmac('sha256', secret).update(body).digest('hex');
        const signature = mark + (isUpper ? hex.toUpperCase() : hex);
        expect(isSigned({ body, signature, timestamp: null }, secret)).toBe(true);
      }),
    );
  });

  it('refuses a message with a changed body, secret, signature or timestamp', () => {
    const what = fc.constantFrom('body', 'secret', 'signature', 'timestamp', 'no timestamp');
    const changes = fc.record({ at: fc.nat(255), change: what });
    fc.assert(
      fc.property(bytes, secretText, changes, (body, secret, { at, change }) => {
        const message = { body, timestamp: '1900000000000' };
        const signature = signMessage(message, secret);
        expect(isSigned({ ...message, signature }, secret)).toBe(true);
        const flipped = (Number.parseInt(signature[at % 64] ?? '0', 16) ^ 1).toString(16);
        const changed = {
          body: { ...message, signature, body: Uint8Array.of(...body, at) },
          secret: { ...message, signature },
          signature: {
            ...message,
            signature: signature.slice(0, at % 64) + flipped + signature.slice((at % 64) + 1),
          },
          timestamp: { ...message, signature, timestamp: '1900000000001' },
          'no timestamp': { ...message, signature, timestamp: null },
        }[change];
        expect(isSigned(changed, change === 'secret' ? `${secret}x` : secret)).toBe(false);
      }),
    );
  });

  it.each([
    [null],
    [''],
    ['sha256='],
    ['0'.repeat(64)],
    ['0'.repeat(63)],
    ['sha512=' + '0'.repeat(64)],
    ['é'.repeat(64)],
  ])('refuses what is no signature: %j', (signature) => {
    expect(isSigned({ body: Buffer.from('{}'), signature, timestamp: null }, 'secret')).toBe(false);
  });

  it('takes the secret itself and nothing else for it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (given, secret) => {
        expect(isSameSecret(given, secret)).toBe(given === secret);
      }),
    );
    for (const given of [undefined, null, 5, {}, ['secret']])
      expect(isSameSecret(given, 'secret')).toBe(false);
  });
});
