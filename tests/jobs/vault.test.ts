import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, VaultError, type SealContext } from '../../jobs/vault.ts';

const vaultOf = (current = randomBytes(32), retired: Uint8Array[] = []) => createVault({ current, retired });
const here: SealContext = { owner: 'user-1', row: 'key-1', field: 'api_secret' };
const context = fc.record({ owner: fc.string(), row: fc.string(), field: fc.string() });

describe('vault', () => {
  it('opens what it sealed, for any text and context', () => {
    const vault = vaultOf();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), context, (plain, where) => {
        expect(vault.open(vault.seal(plain, where), where)).toBe(plain);
      }),
    );
  });

  it('opens nowhere but where it was sealed', () => {
    const vault = vaultOf();
    fc.assert(
      fc.property(context, context, (from, to) => {
        fc.pre(JSON.stringify(from) !== JSON.stringify(to));
        expect(() => vault.open(vault.seal('plain', from), to)).toThrow(VaultError);
      }),
    );
  });

  it('does not mistake a boundary between owner and row', () => {
    const vault = vaultOf();
    const sealed = vault.seal('plain', { ...here, owner: 'ab', row: 'c' });
    expect(() => vault.open(sealed, { ...here, owner: 'a', row: 'bc' })).toThrow(VaultError);
  });

  it('notices any changed bit', () => {
    const vault = vaultOf();
    const sealed = vault.seal('a secret of some length', here);
    const body = Buffer.from(sealed.encrypted.slice(9), 'base64');
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(7), (byte, bit) => {
        const changed = Buffer.from(body);
        changed[byte] = (changed[byte] ?? 0) ^ (1 << bit);
        const encrypted = `${vault.keyId}.${changed.toString('base64')}`;
        expect(() => vault.open({ ...sealed, encrypted }, here)).toThrow(VaultError);
      }),
    );
  });

  it('takes a fresh 12-byte iv for every seal', () => {
    const vault = vaultOf();
    const ivs = Array.from({ length: 1000 }, () => vault.seal('same', here).iv);
    expect(new Set(ivs).size).toBe(1000);
    expect(Buffer.from(ivs[0] ?? '', 'base64')).toHaveLength(12);
  });

  it('opens what a retired key sealed, and asks to seal it again', () => {
    const [old, current] = [randomBytes(32), randomBytes(32)];
    const sealed = vaultOf(old).seal('plain', here);
    const rotated = vaultOf(current, [old]);
    expect(rotated.open(sealed, here)).toBe('plain');
    expect(rotated.needsReseal(sealed)).toBe(true);
    expect(rotated.needsReseal(rotated.seal('plain', here))).toBe(false);
  });

  it('says which setting is missing when the key is not here', () => {
    const sealed = vaultOf().seal('plain', here);
    expect(() => vaultOf().open(sealed, here)).toThrow(/ENCRYPTION_KEYS_RETIRED/);
  });

  it.each([
    { encrypted: '', iv: '' },
    { encrypted: 'nonsense', iv: 'AAAA' },
  ])('refuses the damaged pair $encrypted/$iv', (sealed) => {
    expect(() => vaultOf().open(sealed, here)).toThrow(VaultError);
  });

  it('refuses a pair cut short', () => {
    const vault = vaultOf();
    const sealed = vault.seal('plain', here);
    expect(() => vault.open({ ...sealed, iv: sealed.iv.slice(0, 8) }, here)).toThrow(/damaged/);
    expect(() => vault.open({ ...sealed, encrypted: `${vault.keyId}.AAAA` }, here)).toThrow(/damaged/);
  });

  it('keeps the plaintext out of its errors', () => {
    const vault = vaultOf();
    const sealed = vault.seal('hunter2', here);
    expect(() => vault.open(sealed, { ...here, row: 'other' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }) as Error,
    );
  });

  it('refuses a key that is not 32 bytes', () => {
    expect(() => vaultOf(randomBytes(16))).toThrow('A key has 16 bytes; give 32.');
  });
});
