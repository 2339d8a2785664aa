import type postgres from 'postgres';
import { VaultError, type Sealed, type Vault } from '../jobs/vault.ts';

/** The secret fields of each table; each is a column pair `encrypted_<field>`, `iv_<field>`. */
const TABLES = [
  { table: 'exchange_keys', fields: ['api_key', 'api_secret', 'passphrase'] },
  { table: 'alert_channels', fields: ['config'] },
  { table: 'webhooks', fields: ['secret'] },
];
type SecretTable = (typeof TABLES)[number];
const BATCH = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Row = { id: string; user_id: string } & Record<string, string | null>;

export type Resealed = { resealed: number; /** Rows that no key at hand opens. */ unopened: string[] };

function resealRow(vault: Vault, { fields }: SecretTable, row: Row): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const field of fields) {
    const [encrypted, iv] = [row[`encrypted_${field}`], row[`iv_${field}`]];
    if (typeof encrypted !== 'string' || typeof iv !== 'string') continue;
    const sealed: Sealed = { encrypted, iv };
    if (!vault.needsReseal(sealed)) continue;
    const context = { owner: row.user_id, row: row.id, field };
    const fresh = vault.seal(vault.open(sealed, context), context);
    changed[`encrypted_${field}`] = fresh.encrypted;
    changed[`iv_${field}`] = fresh.iv;
  }
  return changed;
}

type From = { secrets: SecretTable; afterId: string };

async function resealBatch(sql: postgres.TransactionSql, vault: Vault, { secrets, afterId }: From) {
  const isCurrent = `${vault.keyId}.%`;
  const isOld = secrets.fields
    .map((field) => sql`${sql(`encrypted_${field}`)} not like ${isCurrent}`)
    .reduce((all, each) => sql`${all} or ${each}`);
  const rows = await sql<Row[]>`
    select * from ${sql(secrets.table)} where id > ${afterId} and (${isOld})
    order by id limit ${BATCH} for update`;
  const unopened: string[] = [];
  for (const row of rows) {
    try {
      const changed = resealRow(vault, secrets, row);
      await sql`update ${sql(secrets.table)} set ${sql(changed)} where id = ${row.id}`;
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      unopened.push(row.id);
    }
  }
  return { lastId: rows.at(-1)?.id, resealed: rows.length - unopened.length, unopened };
}

/**
 * Seals every stored secret under the vault's current key, in small transactions beside a serving app. Stopped half-way, the
 * next run goes on with what is left.
 */
export async function resealAll(
  sql: postgres.Sql,
  vault: Vault,
  onProgress: (resealed: number) => void,
): Promise<Resealed> {
  const total: Resealed = { resealed: 0, unopened: [] };
  for (const secrets of TABLES) {
    let afterId: string | undefined = FIRST_ID;
    while (afterId !== undefined) {
      const from: From = { secrets, afterId };
      const batch = await sql.begin((transaction) => resealBatch(transaction, vault, from));
      total.resealed += batch.resealed;
      total.unopened.push(...batch.unopened);
      if (batch.resealed > 0) onProgress(total.resealed);
      afterId = batch.lastId;
    }
  }
  return total;
}
