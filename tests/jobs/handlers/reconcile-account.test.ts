import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listActiveAccounts } from '../../../db/queries/reconciliation.ts';
import { botRuns } from '../../../db/schema/bots.ts';
import { fills, orders } from '../../../db/schema/orders.ts';
import { accountChanges, foreignOrders, reconciliations } from '../../../db/schema/reconciliation.ts';
import { alerts } from '../../../db/schema/reports.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import type { Engine } from '../../support/engine.ts';
import type { ExchangeSimulator } from '../../support/exchange-simulator/start.ts';
import { intend } from '../../support/intend.ts';
import { startVenueEngine, VENUE_NAMES, type VenueEngine } from '../../support/venue-engine.ts';

let at: VenueEngine;
let engine: Engine;
let simulator: ExchangeSimulator;
let accountId: string;
let botId: string;
let hands = 0;

async function reconcile(): Promise<void> {
  engine.clock.nowMs += 60_000;
  await engine.boss.enqueue(engine.deps.db, 'reconcile-account', [{ payload: { accountId } }]);
  await engine.drain(['reconcile-account']);
}

async function readOutcome() {
  const [row] = await engine.deps.db
    .select()
    .from(reconciliations)
    .where(eq(reconciliations.accountId, accountId));
  return row;
}

const readDriftAlerts = async () =>
  (await engine.deps.db.select().from(alerts)).filter(({ code }) => code.startsWith('drift'));

const placeByHand = (quantity: string, limitPrice?: string) =>
  at.byHand.placeOrder({
    clientOrderId: `hand${(hands += 1)}`,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: limitPrice === undefined ? 'market' : 'limit',
    quantity: money(quantity),
    ...(limitPrice === undefined ? {} : { limitPrice: money(limitPrice) }),
  });

async function buyByBot(): Promise<string> {
  const id = await intend(engine, botId);
  await engine.drain(['place-order', 'sync-order']);
  return id;
}

describe.each(VENUE_NAMES)('on %s', (venue) => {
  beforeAll(async () => {
    at = await startVenueEngine(venue);
    ({ engine, simulator, accountId } = at);
    botId = await at.makeBot();
  });

  afterAll(() => at.stop());

  describe('reconciling an account', () => {
    it('says why it could not, and opens no books, when the exchange does not answer the first time', async () => {
      simulator.setFault(() => ({ type: 'reply', status: 503, body: '{}' }));
      await reconcile();
      simulator.setFault(undefined);
      expect(await readOutcome()).toMatchObject({ booksOpenedAt: null });
      expect((await readOutcome())?.error).not.toBeNull();
    });

    it('opens the books with what is there, and agrees from then on', async () => {
      await buyByBot();
      await reconcile();
      await reconcile();
      expect(await readOutcome()).toMatchObject({ differences: {}, error: null });
      await buyByBot();
      await reconcile();
      expect(await readOutcome()).toMatchObject({ differences: {}, error: null });
      expect(await readDriftAlerts()).toEqual([]);
    });

    it('notes a trade by hand as such, and keeps it out of the bot', async () => {
      const [before] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
      await placeByHand('0.003');
      await reconcile();
      const noted = await engine.deps.db.select().from(accountChanges);
      expect(noted).toMatchObject([{ kind: 'trade', accountId }]);
      expect(noted[0]?.detail).toContain('Bought 0.003 BTC');
      expect(await readOutcome()).toMatchObject({ differences: {} });
      const [after] = await engine.deps.db.select().from(botRuns).where(eq(botRuns.id, botId));
      expect(after).toEqual(before);
      await reconcile();
      expect(await engine.deps.db.select().from(accountChanges)).toHaveLength(1);
    });

    it('lists an order placed by hand while it rests, and sees it go', async () => {
      const placed = await placeByHand('0.01', '40000');
      await reconcile();
      expect(await engine.deps.db.select().from(foreignOrders)).toMatchObject([
        { exchangeOrderId: placed.exchangeOrderId, status: 'open', choice: null },
      ]);
      await at.byHand.cancelOrder({
        symbol: 'BTC/USDT',
        exchangeOrderId: placed.exchangeOrderId,
        sinceMs: 0,
      });
      await reconcile();
      expect(await engine.deps.db.select().from(foreignOrders)).toMatchObject([{ status: 'canceled' }]);
      expect(await readOutcome()).toMatchObject({ differences: {} });
    });

    it('explains deposits and withdrawals, fees included', async () => {
      simulator.engine.deposit(at.apiKey, { asset: 'USDT', amount: '500' });
      simulator.engine.withdraw(at.apiKey, { asset: 'BTC', amount: '0.2', fee: '0.0005' });
      await reconcile();
      expect(await readOutcome()).toMatchObject({ differences: {} });
      const kinds = (await engine.deps.db.select().from(accountChanges)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['deposit', 'trade', 'withdrawal']);
    });

    it('books a fill of ours that is missing in the log', async () => {
      const id = await buyByBot();
      await engine.deps.db.delete(fills).where(eq(fills.orderId, id));
      await reconcile();
      expect(await engine.deps.db.select().from(fills).where(eq(fills.orderId, id))).toHaveLength(1);
      const [order] = await engine.deps.db.select().from(orders).where(eq(orders.id, id));
      expect(order?.filledQuantity.toFixed()).toBe('0.002');
    });

    it('raises one alert with the figures when a difference stays, and ends it when it is gone', async () => {
      const [noted] = await engine.deps.db
        .select()
        .from(accountChanges)
        .where(eq(accountChanges.kind, 'trade'));
      await engine.deps.db.delete(accountChanges).where(eq(accountChanges.id, noted?.id ?? 0));
      // The trade is older than what is asked for again, so nothing explains it any more.
      const later = new Date(engine.clock.now() + 1_200_000);
      await engine.deps.db.update(reconciliations).set({ tradesUntil: later });
      await reconcile();
      await reconcile();
      const raised = await readDriftAlerts();
      expect(raised).toHaveLength(1);
      expect(raised[0]?.detail).toContain(venue === 'kraken' ? '+0.003 BTC' : '+0.002997 BTC');
      expect(raised[0]?.resolvedAt).toBeNull();
      if (!noted) throw new Error('nothing was noted');
      const { kind, reference, detail, amounts, happenedAt, exchangeOrderId } = noted;
      const again = { accountId, kind, reference, detail, amounts, happenedAt, exchangeOrderId };
      await engine.deps.db.insert(accountChanges).values(again);
      await reconcile();
      expect((await readDriftAlerts())[0]?.resolvedAt).not.toBeNull();
    });

    it('says that it could not compare when the exchange does not answer, and changes nothing', async () => {
      const before = await readOutcome();
      simulator.setFault(() => ({ type: 'reply', status: 503, body: '{}' }));
      await reconcile();
      simulator.setFault(undefined);
      const after = await readOutcome();
      expect(after?.error).not.toBeNull();
      expect(after?.checkedAt).toEqual(before?.checkedAt);
      expect(after?.differences).toEqual(before?.differences);
    });
  });

  describe('an account that is never at rest', () => {
    it('is compared by the timer, and for a day after its last bot stopped', async () => {
      const { deps, clock } = engine;
      const stop = (stoppedAt: Date) =>
        deps.db.update(botRuns).set({ status: 'STOPPED', stoppedAt }).where(eq(botRuns.id, botId));
      expect(await listActiveAccounts(deps.db, clock.nowMs)).toEqual([accountId]);
      await stop(new Date(clock.nowMs));
      expect(await listActiveAccounts(deps.db, clock.nowMs + 3_600_000)).toEqual([accountId]);
      expect(await listActiveAccounts(deps.db, clock.nowMs + 86_400_000)).toEqual([]);
      await deps.db.update(botRuns).set({ status: 'ERROR', stoppedAt: null }).where(eq(botRuns.id, botId));
      expect(await listActiveAccounts(deps.db, clock.nowMs)).toEqual([accountId]);
    });

    it('opens its books while an order rests, and counts what that fills later once', async () => {
      const scene = await startVenueEngine(venue);
      const bot = await scene.makeBot();
      const { deps, boss, clock } = scene.engine;
      const look = async () => {
        clock.nowMs += 60_000;
        await boss.enqueue(deps.db, 'reconcile-account', [{ payload: { accountId: scene.accountId } }]);
        await scene.engine.drain(['reconcile-account']);
        const [row] = await deps.db.select().from(reconciliations);
        return row;
      };
      // Shortly before the first look: it is part of what was there.
      scene.simulator.engine.placeByHand(scene.apiKey, { symbol: 'BTC/USDT', side: 'BUY', quantity: '0.01' });
      clock.nowMs += 1_000;
      await intend(scene.engine, bot, { limitPrice: '40000', quantity: '0.01' });
      await scene.engine.drain(['place-order', 'sync-order']);
      expect((await look())?.booksOpenedAt).not.toBeNull();
      await intend(scene.engine, bot, { quantity: '0.004' });
      await scene.engine.drain(['place-order', 'sync-order']);
      for (let round = 0; round < 2; round++)
        expect(await look()).toMatchObject({ differences: {}, error: null });
      expect(await deps.db.select().from(accountChanges)).toEqual([]);
      await scene.stop();
    });

    it('explains more trades than one page holds, after a time without us', async () => {
      const scene = await startVenueEngine(venue);
      await scene.makeBot();
      const { deps, boss, clock } = scene.engine;
      const look = async () => {
        await boss.enqueue(deps.db, 'reconcile-account', [{ payload: { accountId: scene.accountId } }]);
        await scene.engine.drain(['reconcile-account']);
        const [row] = await deps.db.select().from(reconciliations);
        return row;
      };
      await look();
      const count = 1_100;
      for (let index = 0; index < count; index += 1) {
        clock.nowMs += 1_000;
        const side = index % 2 === 0 ? 'BUY' : 'SELL';
        scene.simulator.engine.placeByHand(scene.apiKey, { symbol: 'BTC/USDT', side, quantity: '0.001' });
      }
      scene.simulator.requests.length = 0;
      expect(await look()).toMatchObject({ differences: {}, error: null });
      const noted = await deps.db.select().from(accountChanges);
      expect(noted).toHaveLength(count);
      const pages = scene.simulator.requests.filter(({ path }) => /myTrades|TradesHistory/.test(path));
      expect(pages.length).toBeGreaterThan(count / (venue === 'kraken' ? 51 : 1_001));
      await scene.stop();
    }, 60_000);
  });
});
