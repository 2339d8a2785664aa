/** `npm test [-- --only unit,lint]`: every check and test, and one line of totals at the end. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild } from './build-pages.ts';
import { ensureChromium } from './chromium.ts';

type Totals = { passed: number; failed: number };
type Check = { name: string; title: string; run: () => Promise<{ totals: Totals; output: string }> };

const REPORTS = '.cache/reports';
/** Generous: a machine that has other things to do is slow, not broken. */
const CHECK_LIMIT_MS = 30 * 60_000;
const ok = (isOk: boolean): Totals => ({ passed: isOk ? 1 : 0, failed: isOk ? 0 : 1 });

type Finished = { isOk: boolean; output: string };

/** Runs the script of an installed package on this very Node. */
function runTool(script: string, args: string[], env: Record<string, string> = {}): Promise<Finished> {
  const child = spawn(process.execPath, [path.join('node_modules', script), ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CHECK_LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ isOk: code === 0, output });
    });
  });
}

function tool(name: string, title: string, command: [string, ...string[]]): Check {
  const [script, ...args] = command;
  return {
    name,
    title,
    run: async () => {
      const { isOk, output } = await runTool(script, args);
      return { totals: ok(isOk), output };
    },
  };
}

async function readReport<T>(file: string): Promise<T | undefined> {
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as T,
    () => undefined,
  );
}

/** A run that failed without a failed test still counts as one failure. */
function toTotals(passed: number, failed: number, isOk: boolean): Totals {
  return { passed, failed: isOk ? failed : Math.max(1, failed) };
}

const unit: Check = {
  name: 'unit',
  title: 'Unit and integration tests, on real Postgres',
  run: async () => {
    const file = `${REPORTS}/unit.json`;
    await rm(file, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { isOk, output } = await runTool('vitest/vitest.mjs', ['run', ...reporters]);
    const report = await readReport<{ numPassedTests: number; numFailedTests: number }>(file);
    return { totals: toTotals(report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, isOk), output };
  },
};

const build: Check = {
  name: 'build',
  title: 'Build',
  run: async () => {
    try {
      await ensureBuild(() => undefined);
      return { totals: ok(true), output: '' };
    } catch (error) {
      return { totals: ok(false), output: error instanceof Error ? error.message : String(error) };
    }
  },
};

const e2e: Check = {
  name: 'e2e',
  title: 'End-to-end tests, in a real browser',
  run: async () => {
    const problem = ensureChromium(say);
    if (problem !== undefined) return { totals: ok(false), output: problem };
    const file = path.resolve(REPORTS, 'e2e.json');
    await rm(file, { force: true });
    const { isOk, output } = await runTool('playwright/cli.js', ['test', '--reporter=list,json'], {
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    });
    const report = await readReport<{ stats: { expected: number; unexpected: number; flaky: number } }>(file);
    const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {};
    return { totals: toTotals(expected, unexpected + flaky, isOk), output };
  },
};

const FOLDERS = ['app', 'db', 'jobs', 'scripts'];
const format = tool('format', 'Format', ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
const lint = tool('lint', 'Lint', ['eslint/bin/eslint.js', '--max-warnings', '0', '.']);
const types = tool('types', 'Types', ['typescript/bin/tsc', '--noEmit']);
const unused = tool('unused', 'Unused code', ['knip/bin/knip.js', '--no-progress']);
const imports = tool('imports', 'Import rules', [
  'dependency-cruiser/bin/dependency-cruiser.mjs',
  ...['--config', '.dependency-cruiser.cjs', ...FOLDERS],
]);

/** Lanes of a stage run side by side; stages and the checks of a lane one after another. */
const STAGES: Check[][][] = [
  [
    [format, types, lint, imports, unused],
    [build, unit],
  ],
  [[e2e]],
];

function say(line: string): void {
  console.log(line);
}

function selected(): Set<string> | undefined {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return undefined;
  const names = new Set(values.only.split(','));
  const known = STAGES.flat(2).map(({ name }) => name);
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return names;
}

async function runLane(lane: Check[], totals: Totals): Promise<void> {
  for (const check of lane) {
    const began = performance.now();
    const { totals: own, output } = await check.run();
    totals.passed += own.passed;
    totals.failed += own.failed;
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    say(`\n== ${check.title}: ${String(own.passed)} passed, ${String(own.failed)} failed (${seconds} s)`);
    if (own.failed > 0) say(output.trim());
  }
}

async function main(): Promise<Totals> {
  const names = selected();
  await mkdir(REPORTS, { recursive: true });
  const totals: Totals = { passed: 0, failed: 0 };
  for (const stage of STAGES) {
    const lanes = stage.map((lane) => lane.filter(({ name }) => names?.has(name) ?? true));
    for (const check of lanes.flat()) say(`-- ${check.title} …`);
    await Promise.all(lanes.map((lane) => runLane(lane, totals)));
  }
  return totals;
}

const totals = await main();
say(`\n${String(totals.passed)} passed, ${String(totals.failed)} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
