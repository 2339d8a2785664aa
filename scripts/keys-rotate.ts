import { openDatabase } from '../db/client.ts';
import { findRunningPostgres } from '../db/embedded.ts';
import { loadEnv } from '../jobs/env.ts';
import { createVault } from '../jobs/vault.ts';
import { findEncryptionKeys, openDatabaseServer } from './database.ts';
import { explainFailure } from './launch.ts';
import { createLifecycle, StartError } from './lifecycle.ts';
import { resealAll } from './reseal.ts';

const say = (line: string) => {
  console.log(line);
};
const lifecycle = createLifecycle(say);

async function rotate(): Promise<void> {
  const env = loadEnv();
  const running = env.DATABASE_URL === undefined ? await findRunningPostgres(env.DATA_DIR) : undefined;
  const url = running ?? (await openDatabaseServer(env, lifecycle, say));
  const vault = createVault(await findEncryptionKeys(env));
  const database = await lifecycle.hold(
    () => Promise.resolve(openDatabase(url, { max: 1, applicationName: 'keys:rotate' })),
    (opened) => opened.close(),
  );
  const { resealed, unopened } = await resealAll(database.sql, vault, (count) => {
    say(`${String(count)} secrets sealed anew …`);
  });
  say(
    `${String(resealed)} keys and channels sealed anew under key ${vault.keyId}; every other one already was.`,
  );
  if (unopened.length === 0) return;
  throw new StartError(
    `${String(unopened.length)} keys and channels open with no key at hand (${unopened.join(', ')}). Add the key that sealed them to ENCRYPTION_KEYS_RETIRED and run this again.`,
  );
}

await rotate().then(() => lifecycle.stop(0), explainFailure(lifecycle));
