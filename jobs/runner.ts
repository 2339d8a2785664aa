import type { Deps } from './deps.ts';
import { workOnAll } from './handlers/registry.ts';
import { startScheduler } from './scheduler.ts';
import { warmUp } from './warm-up.ts';

/**
 * Starts the hands of this process: workers for every queue, and the watch over candle closes. `stop` hands out nothing
 * new and lets what runs finish; the queues' connections are the caller's to close after it.
 */
export async function startRunner(deps: Deps): Promise<{ stop: () => Promise<void> }> {
  await workOnAll(deps, deps.boss);
  const scheduler = startScheduler(deps);
  warmUp(deps).catch((error: unknown) => {
    deps.log.warn({ err: error }, 'could not load ahead of need');
  });
  deps.log.info('jobs are running');
  return {
    async stop() {
      await scheduler.stop();
      await deps.boss.stop();
      deps.log.info('jobs have drained');
    },
  };
}
