import { listActiveAccounts } from '../db/queries/reconciliation.ts';
import { claimClose, listDueBots } from '../db/queries/schedule.ts';
import type { Deps } from './deps.ts';
import { PRIORITY } from './queues.ts';
import { lastClosedOpenTime, TIMEFRAMES, type Timeframe } from './trading/timeframe.ts';

/** How often prices are held against stops, and orders looked after. */
const WATCH_INTERVAL_MS = 5_000;
const RECONCILE_INTERVAL_MS = 60_000;
const CLEAN_UP_INTERVAL_MS = 3_600_000;
/** A close is handed out this long after it, so that a venue's clock that runs a little late has passed it too. */
const CLOSE_MARGIN_MS = 30;

type ScheduleDeps = Pick<Deps, 'db' | 'boss' | 'clock'>;

/**
 * Hands out the newest closed candle of one timeframe: one `tick-bot` job per due bot, in the transaction that claims the
 * close. A second process finds the close claimed and adds nothing. Returns the number of jobs.
 */
export async function scheduleTicks(deps: ScheduleDeps, timeframe: Timeframe): Promise<number> {
  const candleTimeMs = lastClosedOpenTime(timeframe, deps.clock.now());
  return deps.db.transaction(async (tx) => {
    if (!(await claimClose(tx, timeframe, candleTimeMs))) return 0;
    const bots = await listDueBots(tx, timeframe, candleTimeMs);
    const items = bots.map((bot) => ({
      payload: { botRunId: bot.id, candleTimeMs },
      key: `${bot.id}:${candleTimeMs}`,
      priority: PRIORITY[bot.mode],
    }));
    await deps.boss.enqueue(tx, 'tick-bot', items);
    return items.length;
  });
}

/** Enqueues the watches and the clean-up for the slot that `clock` is in; a slot counts once in all processes. */
export async function scheduleWatches(deps: ScheduleDeps): Promise<void> {
  const slot = (lengthMs: number) => Math.floor(deps.clock.now() / lengthMs) * lengthMs;
  const watchMs = slot(WATCH_INTERVAL_MS);
  const watch = [{ payload: { slotMs: watchMs }, key: `${watchMs}` }];
  await deps.boss.enqueue(deps.db, 'sweep-orders', watch);
  await deps.boss.enqueue(deps.db, 'assess-risk', watch);
  await deps.boss.enqueue(deps.db, 'deliver-alerts', watch);
  const reconcileMs = slot(RECONCILE_INTERVAL_MS);
  const accounts = (await listActiveAccounts(deps.db, deps.clock.now())).map((accountId) => ({
    payload: { accountId },
    key: `${accountId}:${reconcileMs}`,
  }));
  await deps.boss.enqueue(deps.db, 'reconcile-account', accounts);
  const cleanUpMs = slot(CLEAN_UP_INTERVAL_MS);
  await deps.boss.enqueue(deps.db, 'clean-up', [{ payload: { slotMs: cleanUpMs }, key: `${cleanUpMs}` }]);
}

/** Watches the clock until `stop`: every second the due timeframes, every few seconds the watches. */
export function startScheduler(deps: ScheduleDeps & Pick<Deps, 'log'>): { stop(): Promise<void> } {
  const handedOut = new Map<Timeframe, number>();
  let watchSlot = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();

  const look = async () => {
    for (const timeframe of TIMEFRAMES) {
      const openMs = lastClosedOpenTime(timeframe, deps.clock.now());
      if (handedOut.get(timeframe) === openMs) continue;
      await scheduleTicks(deps, timeframe);
      handedOut.set(timeframe, openMs);
    }
    const slot = Math.floor(deps.clock.now() / WATCH_INTERVAL_MS);
    if (slot !== watchSlot) await scheduleWatches(deps);
    watchSlot = slot;
  };

  const loop = () => {
    running = look()
      .catch((error: unknown) =>
        deps.log.error({ err: error }, 'could not hand out candle closes; trying again'),
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(loop, 1_000 - (deps.clock.now() % 1_000) + CLOSE_MARGIN_MS);
      });
  };
  loop();

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
