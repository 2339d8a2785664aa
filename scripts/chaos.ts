/**
 * `npm run chaos -- [--seed TEXT] [--steps N]`: orders under faults and dying processes, against a simulated exchange and
 * a Postgres of its own. The campaign belongs to the tests; this hands its arguments on.
 */
import { spawn } from 'node:child_process';

const child = spawn(process.execPath, ['tests/support/chaos/main.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
