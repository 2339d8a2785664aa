import { listAccountsInUse, listVenuesInUse } from '../db/queries/engine-bots.ts';
import type { Deps } from './deps.ts';

/** Accounts that are opened ahead of need; what more there are is opened by the first comparison with the exchange. */
const MOST_ACCOUNTS = 20;

/**
 * Loads ahead of need what bots that are not stopped will ask of their exchanges: ccxt itself, market tables, the accounts'
 * clients with their clocks. Nobody waits for it, and what fails is loaded by its first use.
 */
export async function warmUp(deps: Deps): Promise<void> {
  const attempt = async (where: Record<string, string>, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      deps.log.warn({ ...where, err: error }, 'could not load ahead of need');
    }
  };
  for (const venue of await listVenuesInUse(deps.db))
    await attempt({ venue }, () => deps.marketData(venue).loadMarkets());
  for (const account of await listAccountsInUse(deps.db, MOST_ACCOUNTS))
    await attempt({ accountId: account.accountId }, async () => {
      const gateway = await deps.accountFor({ ...account, mode: 'live' });
      await gateway.fetchBalances();
    });
}
