/** `npm run dev`: pages change in place, by Vite; the app starts again when what runs outside the pages changes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';

const WATCHED = ['db', 'jobs', 'scripts'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SETTLE_MS = 200;
const APP = path.join(import.meta.dirname, 'dev-app.ts');

let app: ChildProcess;
let isStarting = false;

function startApp(): void {
  isStarting = false;
  app = spawn(process.execPath, [...process.execArgv, APP], { stdio: 'inherit' });
  app.on('exit', (code) => {
    if (isStarting) startApp();
    else process.exit(code ?? 1);
  });
}

let settling: NodeJS.Timeout | undefined;
for (const folder of WATCHED) {
  watch(folder, { recursive: true }, (_event, file) => {
    if (file?.endsWith('.ts') !== true) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      console.log(`${path.join(folder, file)} changed: starting again`);
      isStarting = true;
      app.kill('SIGTERM');
    }, SETTLE_MS);
  });
}

for (const signal of SIGNALS) {
  process.on(signal, () => {
    isStarting = false;
    app.kill(signal);
  });
}
startApp();
