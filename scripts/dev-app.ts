import type { ServerBuild } from '@remix-run/node';
import { createServer } from 'vite';
import { launch } from './launch.ts';

/** Vite and its helpers end the process on SIGTERM by themselves; here that is the lifecycle's to do. */
function keepSignalsToOurselves(): void {
  process.on('newListener', (event, listener: () => void) => {
    if (event === 'SIGTERM') queueMicrotask(() => process.off('SIGTERM', listener));
  });
}

await launch({
  nodeEnv: 'development',
  preparePages: () => Promise.resolve(),
  async loadPages(lifecycle) {
    keepSignalsToOurselves();
    const vite = await lifecycle.hold(
      () => createServer({ server: { middlewareMode: true }, appType: 'custom' }),
      (server) => server.close(),
    );
    const build = async () => (await vite.ssrLoadModule('virtual:remix/server-build')) as ServerBuild;
    return { build, devMiddleware: vite.middlewares };
  },
});
