import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAttention } from '../../../app/services/attention.server.ts';
import { addKey } from '../../../app/services/exchange-keys.server.ts';
import { getHoldings } from '../../../app/services/holdings.server.ts';
import { storeBaselines, storeReconciliation, syncDriftAlert } from '../../../db/queries/reconciliation.ts';
import { ExchangeError } from '../../../jobs/exchange/errors.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { btcUsdt } from '../../support/markets.ts';
import { createUser, startWeb, type Web } from '../../support/web.ts';

let web: Web;

beforeAll(async () => {
  web = await startWeb();
  const doge = { symbol: 'DOGE/USDT', base: 'DOGE', lotSize: money('1'), minQuantity: money('1') };
  web.exchange.markets = [btcUsdt(), btcUsdt(doge)];
});
afterAll(() => web.stop());

/** A new user's account that was compared with its exchange a minute ago. */
async function arrange(totals: Record<string, string>, differences: Record<string, string> = {}) {
  const user = await createUser(web);
  const key = await addKey(web.deps, user.id, {
    exchange: 'binance',
    api_key: `holdings-${randomUUID()}`,
    api_secret: 'holdings-secret',
    label: randomUUID(),
  });
  const atMs = web.clock.nowMs - 60_000;
  const held = new Map(Object.entries(totals).map(([asset, total]) => [asset, money(total)]));
  const account = { accountId: key.id, userId: user.id, label: key.label };
  await storeBaselines(web.deps.db, key.id, { totals: held, takenAtMs: atMs });
  await storeReconciliation(web.deps.db, account, {
    booksOpenedAtMs: atMs,
    checkedAtMs: atMs,
    tradesUntilMs: atMs,
    differences,
    error: null,
  });
  return { userId: user.id, keyId: key.id, account };
}

describe('what an account holds', () => {
  it('is valued at the latest prices, dearest first, with what is too little to sell as dust', async () => {
    const { userId, keyId } = await arrange({ DOGE: '0.5', USDT: '900', BTC: '0.1', SHIB: '7' });
    expect(await getHoldings(web.deps, userId, keyId)).toEqual({
      currency: 'USDT',
      holdings: [
        { asset: 'DOGE', total: '0.5', worth: '25000', dust: { minQuantity: '1', minNotional: '5' } },
        { asset: 'BTC', total: '0.1', worth: '5000', dust: null },
        { asset: 'USDT', total: '900', worth: '900', dust: null },
        { asset: 'SHIB', total: '7', worth: null, dust: null },
      ],
    });
  });

  it('counts what the exchange has beyond the books', async () => {
    const { userId, keyId } = await arrange({ USDT: '900' }, { USDT: '-12.5' });
    const { holdings } = await getHoldings(web.deps, userId, keyId);
    expect(holdings.map(({ total }) => total)).toEqual(['887.5']);
  });

  it('is listed without its worth while the exchange says nothing', async () => {
    const { userId, keyId } = await arrange({ BTC: '0.1' });
    web.exchange.onMarketCall = () => {
      throw new ExchangeError('transient', 'no answer');
    };
    const { holdings } = await getHoldings(web.deps, userId, keyId);
    web.exchange.onMarketCall = () => undefined;
    expect(holdings).toEqual([{ asset: 'BTC', total: '0.1', worth: null, dust: null }]);
  });

  it('is nobody else’s business', async () => {
    const { keyId } = await arrange({ BTC: '0.1' });
    const other = await createUser(web);
    await expect(getHoldings(web.deps, other.id, keyId)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what wants attention', () => {
  it('counts accounts off their books until the difference is over', async () => {
    const { userId, account } = await arrange({ BTC: '0.1' });
    const drift = { detail: '−1 USDT', atMs: web.clock.nowMs };
    await syncDriftAlert(web.deps.db, account, drift);
    expect(await getAttention(web.deps, userId)).toEqual({
      haltedBots: 0,
      openDrifts: 1,
      reconciledAgoMs: null,
    });
    await syncDriftAlert(web.deps.db, account, { ...drift, detail: null });
    expect((await getAttention(web.deps, userId)).openDrifts).toBe(0);
  });
});
