import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { createVault } from '../../jobs/vault.ts';
import { microsecondsEach, type Benchmark } from '../measure.ts';

const TEXT = 'a secret of the usual length of an exchange: sixty-four bytes. ';
const CONTEXT = { owner: 'owner', row: 'row', field: 'api_secret' };
const TAG_BYTES = 16;

/** The cipher alone: no key id, no associated data, no base64. */
function bareRoundTrip(key: KeyObject): void {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  const body = Buffer.concat([cipher.update(TEXT, 'utf8'), cipher.final()]);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(cipher.getAuthTag());
  Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

export const benchmark: Benchmark = {
  title: 'Vault: one seal and one open, next to the bare cipher',
  run: () => {
    const key = randomBytes(32);
    const keyObject = createSecretKey(key);
    const vault = createVault({ current: key, retired: [] });
    const ours = () => vault.open(vault.seal(TEXT, CONTEXT), CONTEXT);
    return {
      unit: 'µs',
      ours: microsecondsEach(ours),
      yardstick: microsecondsEach(() => {
        bareRoundTrip(keyObject);
      }),
    };
  },
};
