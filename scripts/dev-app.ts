import type { ServerBuild } from '@remix-run/node';
import { createServer } from 'vite';
import { launch } from './launch.ts';

await launch({
  nodeEnv: 'development',
  preparePages: () => Promise.resolve(),
  async loadPages(lifecycle) {
    const vite = await lifecycle.hold(
      () => createServer({ server: { middlewareMode: true }, appType: 'custom' }),
      (server) => server.close(),
    );
    const build = async () => (await vite.ssrLoadModule('virtual:remix/server-build')) as ServerBuild;
    return { build, devMiddleware: vite.middlewares };
  },
});
