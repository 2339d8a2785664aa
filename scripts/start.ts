import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerBuild } from '@remix-run/node';
import { ensureBuild } from './build-pages.ts';
import { launch, say } from './launch.ts';

await launch({
  nodeEnv: 'production',
  preparePages: () => ensureBuild(say),
  async loadPages() {
    const file = path.resolve('build/server/index.js');
    return { build: (await import(pathToFileURL(file).href)) as ServerBuild };
  },
});
