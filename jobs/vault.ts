import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** What a sealed text is tied to: it opens for the same owner, row and field only. */
export type SealContext = { owner: string; row: string; field: string };

/** `encrypted` is `<key id>.<base64 of ciphertext and tag>`; `iv` is base64. One pair of text columns holds them. */
export type Sealed = { encrypted: string; iv: string };

export type Vault = {
  /** Names the current key; no secret. */
  keyId: string;
  seal(plain: string, context: SealContext): Sealed;
  /** Throws VaultError when the key is unknown, the text was changed, or it belongs elsewhere. */
  open(sealed: Sealed, context: SealContext): string;
  /** True when a retired key sealed it. */
  needsReseal(sealed: Sealed): boolean;
};

/** A sealed text does not open, or a key is unusable. The message holds neither plaintext nor key. */
export class VaultError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VaultError';
  }
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES).toString('hex');
}

function toAssociatedData({ owner, row, field }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([owner, row, field]));
}

function keyIdIn(sealed: Sealed): string {
  return sealed.encrypted.slice(0, KEY_ID_BYTES * 2);
}

function sealWith(key: KeyObject, plain: string, context: SealContext): { iv: Buffer; body: Buffer } {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(toAssociatedData(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { iv, body };
}

function openWith(key: KeyObject, sealed: Sealed, context: SealContext): string {
  const iv = Buffer.from(sealed.iv, 'base64');
  const body = Buffer.from(sealed.encrypted.slice(KEY_ID_BYTES * 2 + 1), 'base64');
  if (iv.length !== IV_BYTES || body.length < TAG_BYTES) {
    throw new VaultError(`The sealed ${context.field} is damaged: restore the row from a backup.`);
  }
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(toAssociatedData(context));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  const plain = decipher.update(body.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    throw new VaultError(
      `The sealed ${context.field} does not open: it was changed, or moved from another owner, row or field.`,
    );
  }
}

function toKeyObject(key: Uint8Array): KeyObject {
  if (key.length !== KEY_BYTES) {
    throw new VaultError(`A key has ${String(key.length)} bytes; give ${String(KEY_BYTES)}.`);
  }
  return createSecretKey(key);
}

/** Returns a vault that seals with `current` (32 bytes), and opens what `current` or one of `retired` sealed. */
export function createVault({ current, retired }: { current: Uint8Array; retired: Uint8Array[] }): Vault {
  const keyId = keyIdOf(current);
  const currentKey = toKeyObject(current);
  const keys = new Map([...retired, current].map((key) => [keyIdOf(key), toKeyObject(key)]));
  return {
    keyId,
    seal(plain, context) {
      const { iv, body } = sealWith(currentKey, plain, context);
      return { encrypted: `${keyId}.${body.toString('base64')}`, iv: iv.toString('base64') };
    },
    open(sealed, context) {
      const key = keys.get(keyIdIn(sealed));
      if (key === undefined || sealed.encrypted[KEY_ID_BYTES * 2] !== '.') {
        throw new VaultError(
          `The sealed ${context.field} names a key that is not here: add that key to ENCRYPTION_KEYS_RETIRED.`,
        );
      }
      return openWith(key, sealed, context);
    },
    needsReseal: (sealed) => keyIdIn(sealed) !== keyId,
  };
}
