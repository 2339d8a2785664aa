/**
 * `node scripts/run.mjs COMMAND [ARGUMENTS]`: installs what is missing, picks a Node that can run TypeScript, and runs the
 * command on it. Needs nothing but Node 20 and npm; prints to stderr alone, so that stdout is the command's own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const COMMANDS = [
  'start',
  'dev',
  'test',
  'keygen',
  'keys-rotate',
  'bench',
  'candles',
  'chaos',
  'backtest',
  'optimize',
];
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const PROGRESS_MS = 15_000;
const PARENT_CHECK_MS = 500;
const OLDEST_NODE = [22, 12];
/** From here on TypeScript runs without a flag. */
const STRIPPING_NODE = [22, 18];

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @param {string} file */
function readPackages(file) {
  /** @type {unknown} */
  const lock = JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
  return /** @type {{ packages: Record<string, { version?: string, optional?: boolean }> }} */ (lock)
    .packages;
}

/** Compares the lock file with npm's own note of what it installed, written when an install is complete. */
function isInstalled() {
  const note = 'node_modules/.package-lock.json';
  if (!existsSync(path.join(ROOT, note))) return false;
  const installed = readPackages(note);
  return Object.entries(readPackages('package-lock.json')).every(
    ([folder, { version, optional }]) =>
      folder === '' || (installed[folder] ? installed[folder].version === version : optional === true),
  );
}

function runNpmCi() {
  // The Node that runs npm: this process may run on the packaged one, which the install replaces.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const [program, first] = npm?.endsWith('.js') && node ? [node, [npm]] : ['npm', []];
  const args = [
    ...first,
    'ci',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--include=dev',
    '--loglevel=error',
  ];
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  const began = Date.now();
  const progress = setInterval(() => {
    say(`  still installing (${String(Math.round((Date.now() - began) / 1000))} s)`);
  }, PROGRESS_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(progress);
      if (code === 0) resolve(undefined);
      else reject(new Error('npm ci failed; its messages stand above. Check the network, then start again.'));
    });
  });
}

async function install() {
  if (isInstalled()) return;
  await withLock(
    path.join(ROOT, '.cache', 'install.lock'),
    async () => {
      if (isInstalled()) return;
      say('Installing packages (once, a minute or so) …');
      await runNpmCi();
    },
    () => say('Another process is installing packages; waiting for it …'),
  );
}

/** @param {string} version @param {number[]} least */
function isAtLeast(version, [major = 0, minor = 0]) {
  const [ownMajor = 0, ownMinor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The packaged Node where there is one for this platform, else the machine's own. */
function pickNode() {
  const packaged = path.join(ROOT, 'node_modules', '.bin', 'node');
  const probe = existsSync(packaged) ? spawnSync(packaged, ['--version'], { encoding: 'utf8' }) : undefined;
  if (probe?.status === 0) return { program: packaged, version: probe.stdout.trim() };
  if (isAtLeast(process.version, OLDEST_NODE)) return { program: process.execPath, version: process.version };
  throw new Error(
    `Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.version}. Get it from nodejs.org.`,
  );
}

/**
 * npm passes a signal on to its shell alone, and the shell ends without a word: then the command stops too.
 * @param {() => void} stop
 */
function stopWithNpm(stop) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, PARENT_CHECK_MS);
  watch.unref();
}

/** The server ended by a fault of its own while it was serving, not at its start: it is started again. */
const FAULT_EXIT = 70;
const RESTART_MS = { first: 1_000, longest: 30_000, forgottenAfter: 300_000 };

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { program, version } = pickNode();
  const flags = isAtLeast(version, STRIPPING_NODE) ? [] : ['--experimental-strip-types'];
  const script = path.join(ROOT, 'scripts', `${command}.ts`);
  const start = () =>
    spawn(program, [...flags, '--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { NODE_COMPILE_CACHE: path.join(ROOT, '.cache', 'compiled'), ...process.env },
    });
  let isStopping = false;
  let waitMs = RESTART_MS.first;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    isStopping = true;
    if (child === undefined) process.exit(143);
    child.kill(signal);
  };
  const watch = () => {
    const startedMs = Date.now();
    child = start();
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      child = undefined;
      if (code !== FAULT_EXIT || isStopping) process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
      if (Date.now() - startedMs > RESTART_MS.forgottenAfter) waitMs = RESTART_MS.first;
      say(`Ended by the fault above; starting again in ${waitMs / 1_000} s …`);
      setTimeout(watch, waitMs);
      waitMs = Math.min(2 * waitMs, RESTART_MS.longest);
    });
  };
  watch();
  // The command decides when it ends: a signal is passed on, and this process stays until then.
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  stopWithNpm(() => stop('SIGTERM'));
}

/** @param {unknown} error */
function fail(error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

const [command = '', ...args] = process.argv.slice(2);
if (COMMANDS.includes(command)) {
  install()
    .then(() => run(command, args))
    .catch(fail);
} else {
  fail(new Error(`Unknown command "${command}". There are: ${COMMANDS.join(', ')}.`));
}
