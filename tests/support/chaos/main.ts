/** `npm run chaos -- [--seed TEXT] [--steps N] [--unsafe resend|give-up|repeat-fills]`: a fault campaign on a Postgres and an exchange of its own. */
import { parseArgs } from 'node:util';
import { startTestServer } from '../database.ts';
import { UNSAFE } from './protocol.ts';
import { runCampaign, type CampaignResult } from './campaign.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '5000' },
    trace: { type: 'boolean', default: false },
    unsafe: { type: 'string' },
  },
});

const unsafe = UNSAFE.find((name) => name === values.unsafe);
if (values.unsafe !== undefined && !unsafe) throw new Error(`--unsafe is one of ${UNSAFE.join(', ')}`);

const say = (line: string) => {
  console.log(line);
};

function print({ counts, steps, orders, fills, findings, foundAt, digest }: CampaignResult): boolean {
  for (const line of counts.lines()) say(`  ${line}`);
  say(`steps ${String(steps)}, orders ${String(orders)}, fills ${String(fills)}, digest ${digest}`);
  const { duplicates, lost, drift, oversold } = findings;
  for (const line of [...duplicates, ...lost, ...drift, ...oversold]) say(`  ${line}`);
  say(
    `duplicates ${String(duplicates.length)}, lost ${String(lost.length)}, drift ${String(drift.length)}, oversold ${String(oversold.length)}`,
  );
  if (foundAt)
    say(
      `Replay with --seed ${values.seed} --steps ${String(foundAt.to)} (found between steps ${String(foundAt.from)} and ${String(foundAt.to)})`,
    );
  return foundAt === null;
}

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isStopped = true;
  });
const beganMs = Date.now();
const stopServer = await startTestServer();
try {
  const result = await runCampaign({
    seed: values.seed,
    steps: Number(values.steps),
    ...(unsafe ? { unsafe } : {}),
    say,
    isStopped: () => isStopped,
    ...(values.trace ? { trace: say } : {}),
  });
  process.exitCode = print(result) ? 0 : 1;
} catch (error) {
  console.error(error);
  say(`The campaign itself failed. Replay with --seed ${values.seed} --steps ${values.steps}`);
  process.exitCode = 1;
} finally {
  await stopServer();
  say(`${String(Math.round((Date.now() - beganMs) / 1000))} s`);
}
