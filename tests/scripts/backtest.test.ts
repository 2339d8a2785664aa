import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestReport } from '../../jobs/trading/backtest/report.ts';
import { parseBacktestCommand } from '../../scripts/backtest-options.ts';
import { UsageError } from '../../scripts/backtest-values.ts';
import { BUY_SIGNAL, MINUTE, type TableRow } from '../support/backtest-tables.ts';

const ROWS: TableRow[] = [...BUY_SIGNAL, [101, 106, 100, 105], [105, 108, 104, 107]];
const START = Date.UTC(2024, 0, 1);
const STRATEGY = ['--strategy', 'RSI_CROSS', '--param', 'rsi_period=2', '--param', 'oversold=50'];
let folder = '';

const csvOf = (rows: TableRow[], stepMs = MINUTE, startMs = START) =>
  [
    'timestamp,open,high,low,close,volume',
    ...rows.map((row, at) => [startMs + at * stepMs, ...row, 1].join(',')),
  ].join('\n');

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backtest-'));
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, name), content);
  };
  write('BINANCE_BTC-USDT_1m.csv', csvOf(ROWS));
  write('BINANCE_ETH-USDT_1m.csv.gz', gzipSync(csvOf(ROWS)));
  write('BINANCE_BTC-USDT_1m_next.csv', csvOf(ROWS, MINUTE, START + 6 * MINUTE));
  write('BINANCE_SOL-USDT_5m.csv', csvOf(ROWS, 5 * MINUTE));
  write('BINANCE_SOL-USDT_1m.csv', csvOf(ROWS));
  write('broken.csv', csvOf(ROWS).replace('105', 'many'));
  write('empty.csv', 'timestamp,open,high,low,close,volume\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const file = (name: string) => path.join(folder, name);
const BTC = () => ['--candles', file('BINANCE_BTC-USDT_1m.csv')];

type Output = BacktestReport & { elapsed_ms: number; load_ms: number };

function backtest(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/backtest.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr, result: () => JSON.parse(stdout) as Output };
}

describe('npm run backtest', () => {
  it('prints JSON alone, with times, names and figures as agreed', () => {
    const run = backtest(...BTC(), ...STRATEGY, '--fee', '0', '--json');
    const { elapsed_ms, load_ms, ...result } = run.result();
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(elapsed_ms).toBeGreaterThan(0);
    expect(load_ms).toBeGreaterThan(0);
    expect(result.candles).toBe(6);
    expect(result.trades).toEqual([
      {
        symbol: 'BTC/USDT',
        entry_time: '2024-01-01T00:04:00.000Z',
        entry_price: 101,
        exit_time: '2024-01-01T00:05:00.000Z',
        exit_price: 107,
        quantity: 1_000 / 101,
        fees: 0,
        pnl: (1_000 / 101) * 107 - 1_000,
        pnl_pct: ((1_000 / 101) * 107 - 1_000) / 10,
        exit_reason: 'end',
      },
    ]);
    expect(result.metrics).toMatchObject({
      trades: 1,
      win_rate: 1,
      profit_factor: null,
      initial_balance: 1_000,
    });
    expect(result.equity_curve.map(({ time }) => time.slice(11, 16))).toEqual([
      '00:00',
      '00:01',
      '00:02',
      '00:03',
      '00:04',
      '00:05',
    ]);
  });

  it('takes several pairs, gzip or not, and joins the files of one', () => {
    const next = [
      '--candles',
      file('BINANCE_BTC-USDT_1m_next.csv'),
      '--candles',
      file('BINANCE_ETH-USDT_1m.csv.gz'),
    ];
    const { result, stderr } = backtest(...BTC(), ...next, ...STRATEGY, '--json');
    expect(result().candles).toBe(18);
    expect(new Set(result().trades.map(({ symbol }) => symbol))).toEqual(new Set(['BTC/USDT', 'ETH/USDT']));
    expect(result().by_symbol).toMatchObject([
      { symbol: 'BTC/USDT', candles: 12, trades: 2, detail: null },
      { symbol: 'ETH/USDT', candles: 6, trades: 1, detail: null },
    ]);
    expect(stderr).toMatch(/_next\.csv goes on where .*1m\.csv ends: one pair, BTC\/USDT\./);
    const twice = backtest(...BTC(), ...BTC(), ...STRATEGY, '--json');
    expect(twice.result().trades.map(({ symbol }) => symbol)).toEqual([
      'BTC/USDT',
      'BINANCE_BTC-USDT_1m.csv',
    ]);
  });

  it('says which finer candles there were, and in how many of the others', () => {
    const fine = ['--candles', file('BINANCE_SOL-USDT_5m.csv'), '--detail', file('BINANCE_SOL-USDT_1m.csv')];
    const run = backtest(...fine, ...STRATEGY, '--stop-loss', '0.05', '--json');
    expect(run.result().by_symbol[0]?.detail).toEqual({
      ...{ candles: 6, step_ms: MINUTE, covered: 2 / 6 },
      ...{ from: '2024-01-01T00:00:00.000Z', to: '2024-01-01T00:05:00.000Z' },
    });
    const { stdout } = backtest(...fine, ...STRATEGY, '--stop-loss', '0.05');
    expect(stdout).toMatch(/Finer candles +SOL\/USDT: 6, in 33\.33 % of its candles, 2024-01-01 00:00 to/);
  });

  it('holds several pairs at target weights that the command line gives', () => {
    const pairs = [...BTC(), '--candles', file('BINANCE_ETH-USDT_1m.csv.gz'), '--strategy', 'REBALANCE'];
    const { result } = backtest(
      ...pairs,
      '--param',
      'weights=BTC/USDT:40,ETH/USDT:30',
      '--fee',
      '0',
      '--json',
    );
    const [btc, eth] = result().trades;
    expect(btc).toMatchObject({ symbol: 'BTC/USDT', entry_price: 100, quantity: 4, exit_reason: 'end' });
    expect(eth).toMatchObject({ symbol: 'ETH/USDT', entry_time: '2024-01-01T00:01:00.000Z', quantity: 3 });
    const checked = backtest(...pairs, '--param', 'weights=BTC/USDT:40,ETH/USDT:30', '--check');
    expect(checked.stdout).toMatch(
      /Look-ahead: passed, 4 backtests cut short examined\.\nWarm-up: none is needed\./,
    );
    expect(backtest(...BTC(), ...STRATEGY, '--check').stderr).toMatch(
      /^--check is for REBALANCE: npm run optimize/,
    );
    const { status, stderr } = backtest(...pairs, '--json');
    expect([status, stderr]).toEqual([
      2,
      '--param weights: Give at least one weight, such as BTC/USDT:40.\n',
    ]);
  });

  it('keeps to the span that it is given, the end exclusive', () => {
    const { result } = backtest(
      ...BTC(),
      ...STRATEGY,
      '--from',
      '2024-01-01T00:00:00Z',
      '--to',
      '2024-01-01T00:05',
      '--json',
    );
    expect(result().candles).toBe(5);
    expect(result().trades[0]?.exit_price).toBe(105);
  });

  it('tells people what came of it, and how to use it', () => {
    const { stdout, status } = backtest(...BTC(), ...STRATEGY);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Balance +1,000 -> 1,057\.29\n/);
    expect(stdout).toContain('2024-01-01 00:04');
    const help = backtest('--help');
    expect(help.stdout).toMatch(/RSI_CROSS: .*\n +rsi_period \(2 to 200; 14\), oversold \(1 to 50; 30\)/);
  });

  it.each<[what: string, args: () => string[], message: RegExp]>([
    ['no file', () => STRATEGY, /^Give at least one file of candles: --candles FILE\.\n$/],
    [
      'a file that is not there',
      () => ['--candles', 'none.csv', ...STRATEGY],
      /^none\.csv: There is no such file\.\n$/,
    ],
    ['a file with a fault', () => ['--candles', file('broken.csv'), ...STRATEGY], /broken\.csv: .*line 6/is],
    ['a file without candles', () => ['--candles', file('empty.csv'), ...STRATEGY], /^\S*empty\.csv: .*\n$/],
    ['no strategy', () => BTC(), /^Give a strategy: --strategy NAME\. There are: RSI_CROSS.*\n$/],
    [
      'an unknown strategy',
      () => [...BTC(), '--strategy', 'MAGIC'],
      /^There is no strategy "MAGIC"\. There are: RSI_CROSS.*\n$/,
    ],
    [
      'a parameter out of bounds',
      () => [...BTC(), ...STRATEGY, '--param', 'rsi_period=1'],
      /^--param rsi_period: RSI period must be at least 2\. RSI_CROSS takes rsi_period \(2 to 200; 14\).*\n$/,
    ],
    [
      'an unknown parameter',
      () => [...BTC(), ...STRATEGY, '--param', 'speed=9'],
      /^--param speed: RSI cross has no such parameter\./,
    ],
    [
      'a start after the end',
      () => [...BTC(), ...STRATEGY, '--from', '2024-02-01', '--to', '2024-01-01'],
      /^--from 2024-02-01 is not before --to 2024-01-01\.\n$/,
    ],
    [
      'a span without candles',
      () => [...BTC(), ...STRATEGY, '--from', '2025-01-01'],
      /its own are from 2024-01-01T00:00:00\.000Z to/,
    ],
    [
      'an unknown option',
      () => [...BTC(), ...STRATEGY, '--stoploss', '0.05'],
      /^Unknown option '--stoploss'\. See --help\.\n$/,
    ],
    [
      'pairs of two timeframes',
      () => [...BTC(), '--candles', file('BINANCE_SOL-USDT_5m.csv'), ...STRATEGY],
      /1m candles and .* 5m: all pairs need one timeframe/,
    ],
    [
      'a stop for a strategy with exits of its own',
      () => [...BTC(), '--strategy', 'GRID', '--trailing-stop', '0.05'],
      /^--trailing-stop: GRID has exits of its own, .* Leave it out\.\n$/,
    ],
    [
      'finer candles of another pair',
      () => [...BTC(), '--detail', file('BINANCE_SOL-USDT_5m.csv'), ...STRATEGY],
      /no --candles file is of SOL\/USDT/,
    ],
  ])('ends with 2 and one line on %s', (...row) => {
    const [, args, message] = row;
    const { status, stdout, stderr } = backtest(...args());
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('options of a backtest', () => {
  const parse = (...args: string[]) =>
    parseBacktestCommand(['--candles', 'x.csv', '--strategy', 'RSI_CROSS', ...args]);

  it('have defaults', () => {
    const command = parse();
    expect(command).toMatchObject({
      isJson: false,
      curvePoints: 2_000,
      fromMs: -Infinity,
      toMs: Infinity,
      mend: [],
    });
    const { initialBalance, fee, stake, slippageBps, risk } = command!.settings;
    expect([String(initialBalance), String(fee), stake, slippageBps, risk]).toEqual([
      '1000',
      '0.001',
      'all',
      0,
      {},
    ]);
  });

  it('take a fee for all fills, and another one for orders that rested', () => {
    const feesOf = (...args: string[]) => {
      const { fee, makerFee } = parse(...args)!.settings;
      return [String(fee), makerFee && String(makerFee)];
    };
    expect(feesOf('--fee', '0.002')).toEqual(['0.002', undefined]);
    expect(feesOf('--maker-fee', '0')).toEqual(['0.001', '0']);
    expect(() => parse('--maker-fee', '-1')).toThrow(/maker-fee/);
  });

  it('give the rules of live trading, fractions as percentages', () => {
    const rules = [
      '--stop-loss',
      '0.07',
      '--take-profit',
      '1.5',
      '--trailing-stop',
      '0.02',
      '--roi',
      '0:0.05,60:0.01',
      '--time-exit',
      '9',
    ];
    const { risk } = parse(
      ...rules,
      '--cooldown',
      '3',
      '--max-daily-loss',
      '.1',
      '--min-confidence',
      '0.6',
    )!.settings;
    expect(JSON.parse(JSON.stringify(risk))).toEqual({
      stopLossPct: '7',
      takeProfitPct: '150',
      trailingStopPct: '2',
      maxDailyLossPct: '10',
      minConfidence: '0.6',
      cooldownCandles: 3,
      timeExitCandles: 9,
      roiTable: [
        { afterCandles: 0, profitPct: '5' },
        { afterCandles: 60, profitPct: '1' },
      ],
    });
  });

  it.each([
    [['--stop-loss', '5'], 'a fraction from 0 up to 1'],
    [['--stop-loss', '0'], 'above 0'],
    [['--stop-loss', '-0.05'], 'stop-loss'],
    [['--fee', 'free'], 'a fraction'],
    [['--balance', '0'], 'above 0'],
    [['--stake', 'half'], 'above 0'],
    [['--cooldown', '1.5'], 'whole number'],
    [['--roi', '5'], 'steps of candles and gain'],
    [['--from', 'yesterday'], 'a time such as'],
    [['--from', '2024-02-31T99:00'], 'a time such as'],
    [['--timeframe', '7m'], '1s, 1m'],
    [['--mend', 'all'], 'duplicates'],
    [['--param', 'rsi_period'], 'NAME=VALUE'],
    [['--max-open', '0'], 'whole number'],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  it('take times without a zone as UTC', () => {
    const fromOf = (text: string) => parse('--from', text)?.fromMs;
    const noon = Date.UTC(2024, 0, 31, 12);
    expect(
      ['2024-01-31T12:00', '2024-01-31 12:00', '2024-01-31T13:00+01:00', String(noon)].map(fromOf),
    ).toEqual([noon, noon, noon, noon]);
    expect(fromOf('2024-01-31')).toBe(Date.UTC(2024, 0, 31));
  });
});
