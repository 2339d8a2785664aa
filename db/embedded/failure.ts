/** The embedded Postgres cannot be used; the message says why and what to do, and is fit for a terminal. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EmbeddedPostgresError';
  }
}
