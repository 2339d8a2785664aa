import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startExchangeSimulator } from '../support/exchange-simulator/start.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 1);
const HEADER = 'timestamp,open,high,low,close,volume';
const row = (index: number) => `${START_MS + index * MINUTE_MS},10,12.5,9,11,${index}`;
const csv = (rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'candles-command-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

type OnLine = (kill: () => void, text: string) => void;

/** Runs the command; `onLine` sees each piece of its messages as it comes. */
function candles(
  args: string[],
  { env = {}, onLine }: { env?: Record<string, string>; onLine?: OnLine } = {},
) {
  const child = spawn(process.execPath, ['scripts/candles.ts', ...args], {
    env: { ...process.env, DATABASE_URL: database.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { out: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    told.errors += chunk.toString();
    onLine?.(() => child.kill('SIGINT'), told.errors);
  });
  return new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...told }));
  });
}

const count = async () => Number((await database.sql`select count(*) from candles`)[0]?.['count']);

describe('the command for candles', () => {
  it('imports a file by its name, and exports what it was, plain and compressed', async () => {
    const file = path.join(folder, 'BINANCE_BTC-USDT_1m.csv');
    await writeFile(file, csv([row(0), row(1), row(4)]));
    const imported = await candles(['import', file]);
    expect(imported).toEqual({
      code: 0,
      out: '',
      errors: [
        `${file}: 3 rows`,
        '  gaps: 1, 2 candles missing, the first from 2024-01-01T00:02:00Z',
        '  candles without trades: 1',
        'binance BTC/USDT 1m: 3 stored, 0 were there already.\n',
      ].join('\n'),
    });
    const series = ['--venue', 'binance', '--symbol', 'btc/usdt', '--timeframe', '1m'];
    expect((await candles(['export', ...series])).out).toBe(csv([row(0), row(1), row(4)]));
    const packed = path.join(folder, 'out.csv.gz');
    const window = ['--from', '2024-01-01T00:01', '--to', '2024-01-01T00:04Z'];
    expect((await candles(['export', ...series, ...window, '--out', packed])).out).toBe('');
    expect(gunzipSync(await readFile(packed)).toString()).toBe(csv([row(1)]));
    expect(await readdir(folder)).not.toContain('out.csv.gz.part');
  });

  it('stores nothing of a file with problems, and mends them by choice', async () => {
    const file = path.join(folder, 'ETHUSDT-1m.csv');
    await writeFile(file, csv([row(1), row(0), row(2), row(2), '1,2,3']));
    const before = await count();
    const refused = await candles(['import', file, '--venue', 'binance']);
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain(`${file}: Refused: `);
    expect(refused.errors).toContain(`line 3: timestamp ${START_MS} after ${START_MS + MINUTE_MS}`);
    expect(refused.errors).toContain('line 5: ');
    expect(refused.errors).toContain('line 6: 3 columns');
    expect(await count()).toBe(before);
    const mends = ['--mend', 'disorder,duplicates,impossible'];
    const mended = await candles(['import', file, '--venue', 'binance', ...mends]);
    expect(mended).toMatchObject({ code: 0 });
    expect(mended.errors).toContain('2 rows dropped');
    expect(await count()).toBe(before + 3);
  });

  it.each([
    [['import', '/nowhere/BTCUSDT-1m.csv'], '/nowhere/BTCUSDT-1m.csv: There is no such file.'],
    [
      ['download', '--venue', 'demo', '--symbol', 'NO/SUCH', '--timeframe', '1h', '--from', '2024-01-01'],
      'The demo market has no NO/SUCH',
    ],
    [['frobnicate'], 'There is no "frobnicate"'],
  ])('says of %j what is wrong, without a stack', async (args, message) => {
    const { code, out, errors } = await candles(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(errors).toContain(message);
    expect(errors).not.toContain('    at ');
  });

  it('downloads from an exchange, ends in order on Ctrl-C, and goes on from there', async () => {
    const ROWS = 60_000;
    const clock = { now: () => Date.now() };
    const bar = { openTimeMs: 0, open: 10, high: 11, low: 9, close: 10, volume: 1 };
    const startMs = Math.floor(Date.now() / MINUTE_MS - ROWS) * MINUTE_MS;
    const simulator = await startExchangeSimulator({
      clock,
      accounts: [],
      markets: [
        {
          symbol: 'SOL/USDT',
          candles: Array.from({ length: ROWS }, () => bar),
          startMs,
          timeframeMs: MINUTE_MS,
        },
      ],
    });
    const env = { EXCHANGE_URLS: JSON.stringify({ binance: simulator.url }) };
    const from = new Date(startMs).toISOString();
    const to = new Date(startMs + 50_000 * MINUTE_MS).toISOString();
    const args = [
      'download',
      '--venue',
      'binance',
      '--symbol',
      'SOL/USDT',
      '--timeframe',
      '1m',
      '--from',
      from,
      '--to',
      to,
    ];
    const stored = async () =>
      Number((await database.sql`select count(*) from candles where symbol = 'SOL/USDT'`)[0]?.['count']);
    const killed = await candles(args, {
      env,
      onLine: (kill, text) => {
        if (text.includes(' new')) kill();
      },
    });
    expect(killed.errors).toContain('The same command goes on from here.');
    expect(killed.code).toBe(0);
    const first = await stored();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(50_000);
    simulator.setFault(({ path: asked }) =>
      asked.endsWith('/klines') && Math.random() < 0.05
        ? { type: 'reply', status: 503, body: 'busy' }
        : undefined,
    );
    const done = await candles(args, { env });
    expect(done.errors).toContain('nothing else that the exchange has is missing');
    expect(await stored()).toBe(50_000);
    await simulator.stop();
  }, 120_000);
});
