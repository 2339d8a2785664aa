/** A process that holds the embedded Postgres of the folder named by its argument until it is killed. */
import { startEmbeddedPostgres } from '../../db/embedded.ts';

const postgres = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  log: (line) => {
    console.error(line);
  },
  tuning: { fsync: 'off' },
});
console.log(postgres.url);
process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
