import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault, type Sealed, type Vault } from '../../jobs/vault.ts';
import { resealAll } from '../../scripts/reseal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

async function store(vault: Vault, userId: string, passphrase: string | null): Promise<string> {
  const id = randomUUID();
  const seal = (field: string, plain: string) => vault.seal(plain, { owner: userId, row: id, field });
  const [key, secret] = [seal('api_key', `key of ${id}`), seal('api_secret', `secret of ${id}`)];
  const phrase = passphrase === null ? null : seal('passphrase', passphrase);
  await database.sql`
    insert into exchange_keys (id, user_id, exchange, label, key_hint, encrypted_api_key, iv_api_key,
      encrypted_api_secret, iv_api_secret, encrypted_passphrase, iv_passphrase)
    values (${id}, ${userId}, 'binance', ${id}, '1234', ${key.encrypted}, ${key.iv},
      ${secret.encrypted}, ${secret.iv}, ${phrase?.encrypted ?? null}, ${phrase?.iv ?? null})`;
  return id;
}

describe('resealAll', () => {
  it('seals every secret under the current key, passes over what no key opens, and has nothing left to do then', async () => {
    const [old, lost, current] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const userId = randomUUID();
    await database.sql`insert into users (id, email, password_hash, role) values (${userId}, 'a@example.com', 'x', 'admin')`;
    const oldVault = createVault({ current: old, retired: [] });
    const ids: string[] = [];
    for (let n = 0; n < 250; n += 1) ids.push(await store(oldVault, userId, n % 2 === 0 ? 'phrase' : null));
    const lostId = await store(createVault({ current: lost, retired: [] }), userId, null);

    const channel = { owner: userId, row: randomUUID(), field: 'config' };
    const config = oldVault.seal('{"kind":"email"}', channel);
    await database.sql`insert into alert_channels (id, user_id, kind, label, target, topics, encrypted_config, iv_config)
      values (${channel.row}, ${userId}, 'email', 'E-mail', 'a', '{}', ${config.encrypted}, ${config.iv})`;

    const vault = createVault({ current, retired: [old] });
    const first = await resealAll(database.sql, vault, () => undefined);
    expect(first).toEqual({ resealed: 251, unopened: [lostId] });
    expect(await resealAll(database.sql, vault, () => undefined)).toEqual({
      resealed: 0,
      unopened: [lostId],
    });

    const alone = createVault({ current, retired: [] });
    const [sealed] =
      await database.sql`select encrypted_config as encrypted, iv_config as iv from alert_channels`;
    expect(alone.open(sealed as unknown as Sealed, channel)).toBe('{"kind":"email"}');
    const rows = await database.sql`select * from exchange_keys where id <> ${lostId}`;
    expect(rows).toHaveLength(ids.length);
    for (const row of rows) {
      const at = (field: string) => ({ owner: userId, row: row['id'] as string, field });
      const sealed = (field: string) => ({
        encrypted: row[`encrypted_${field}`] as string,
        iv: row[`iv_${field}`] as string,
      });
      expect(alone.open(sealed('api_key'), at('api_key'))).toBe(`key of ${String(row['id'])}`);
      expect(alone.open(sealed('api_secret'), at('api_secret'))).toBe(`secret of ${String(row['id'])}`);
      if (row['iv_passphrase'] !== null)
        expect(alone.open(sealed('passphrase'), at('passphrase'))).toBe('phrase');
    }
  });
});
