/**
 * Prints `jobs/exchange/venues.ts` anew from the installed ccxt: node scripts/venues.ts > jobs/exchange/venues.ts, then
 * prettier. Listed is every exchange of ccxt; `canTrade` where it has spot markets, candles and orders.
 */
import { listVenues } from '../jobs/exchange/ccxt-client.ts';

const rows = (await listVenues()).map((venue) => `  ${JSON.stringify(venue)},`).join('\n');
console.log(`/** An exchange of ccxt. Bots can trade where it has spot markets, candles and orders; elsewhere it can be connected only. */
export type Venue = {
  id: string;
  name: string;
  needsPassphrase: boolean;
  hasSandbox: boolean;
  canTrade: boolean;
};

/**
 * Every exchange, by id. Written out, so that a process can list and check exchanges without loading ccxt; a test
 * compares it with the installed ccxt, and \`scripts/venues.ts\` prints it anew.
 */
export const VENUES: readonly Venue[] = [
${rows}
];

/** Returns the exchange of that id; \`undefined\` where there is none. */
export function findVenue(id: string): Venue | undefined {
  return VENUES.find((venue) => venue.id === id);
}`);
