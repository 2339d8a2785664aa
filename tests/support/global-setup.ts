import { startTestServer } from './database.ts';

/** One Postgres for a whole test run, with a migrated template that each test file copies. */
export default startTestServer;
