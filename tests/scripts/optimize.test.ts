import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutcomeReport, TrialReport } from '../../jobs/trading/research/report.ts';
import { fromRiskSettings, toRiskSettings } from '../../jobs/trading/risk/stored-risk.ts';
import { parseOptimizeCommand, toRequest } from '../../scripts/optimize-options.ts';
import { noiseCandles } from '../support/research.ts';

let folder = '';
const file = (name: string) => path.join(folder, name);
const NOISE = 'BINANCE_BTC-USDT_1h.csv';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'optimize-'));
  const { openTimeMs, open, high, low, close } = noiseCandles(3_000);
  const rows = [...openTimeMs].map((time, at) => [time, open[at], high[at], low[at], close[at], 1].join(','));
  const header = 'timestamp,open,high,low,close,volume';
  writeFileSync(file(NOISE), [header, ...rows].join('\n'));
  writeFileSync(file('BINANCE_ETH-USDT_1h.csv'), [header, ...rows].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Output = OutcomeReport & {
  trials: TrialReport[];
  sampler: string;
  sets: number;
  candles: number;
  threads: number;
  elapsed_ms: number;
  load_ms: number;
  searched: { candles: number };
  held_out: { from: string; candles: number };
};

function optimize(...args: string[]) {
  const words = ['scripts/optimize.ts', '--candles', file(NOISE), '--strategy', 'RSI_CROSS', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { status, stdout, stderr, result: () => JSON.parse(stdout) as Output };
}

const RANGES = ['--range', 'rsi_period=4:14:2', '--range', 'oversold=25,30,35'];

describe('npm run optimize', () => {
  it('prints JSON alone, the same on one thread and on two, with every set and what it is worth', () => {
    const [one, two] = ['1', '2'].map((threads) => optimize(...RANGES, '--json', '--threads', threads));
    const { elapsed_ms: elapsedMs, load_ms: loadMs, threads, ...result } = one!.result();
    expect(Math.min(elapsedMs, loadMs)).toBeGreaterThan(0);
    expect(one!.status).toBe(0);
    expect(one!.stderr).toContain('18 of 18 sets tried');
    expect(threads).toBe(1);
    expect(two!.result()).toMatchObject(result);
    expect(result).toMatchObject({ sampler: 'grid', sets: 18, tried: 18, candles: 3_000 });
    expect([result.searched.candles, result.held_out.candles]).toEqual([2_100, 900]);
    expect(result.trials).toHaveLength(18);
    expect(result.trials[0]).toMatchObject({ params: { rsi_period: 4, oversold: 25 }, reason: null });
    const scores = result.best.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores[0]).toBe(Math.max(...result.trials.map(({ score }) => score ?? -Infinity)));
    expect(result.deflated_sharpe).toMatchObject({ trials: 18 });
    expect(result.look_ahead).toMatchObject({ checked: 150, differing: 0 });
    expect(result.warm_up).toMatchObject({ checked: 150, differing: 0 });
    expect(result.monte_carlo.day_blocks?.bands.at(-1)).toHaveProperty('p95');
    expect(result.walk_forward?.steps).toHaveLength(4);
  }, 60_000);

  it('checks the one set where nothing varies, that of a strategy which keeps orders too', () => {
    const one = optimize('--param', 'rsi_period=7', '--json').result();
    expect(one).toMatchObject({ sets: 1, tried: 1, sampler: 'grid' });
    expect(one.look_ahead).toMatchObject({ differing: 0 });
    const run = optimize('--strategy', 'DCA', '--walk-forward', '0');
    expect(run.stdout).toMatch(/Look-ahead: passed, 20 backtests cut short/);
    expect(run.stdout).toContain('Warm-up: none is needed.');
    const waiting = optimize('--strategy', 'DCA', '--param', 'start=rsi_below', '--walk-forward', '0');
    expect(waiting.stdout).toMatch(/Warm-up: passed, \d{4} candles examined\./);
  }, 60_000);

  it('says in one line what is wrong, and ends with 2', () => {
    const refusals = [
      [['--range', 'rsi_period=30:5'], '--range: rsi_period ends at 5, before it begins at 30.'],
      [['--range', 'period=5:30'], '--range: period is no parameter of this strategy'],
      [[...RANGES, '--trials', '9000'], '--trials: Between 1 and 5,000 sets'],
      [[...RANGES, '--candles', file('BINANCE_ETH-USDT_1h.csv')], 'One pair at a time'],
      [[...RANGES, '--candles', file('none.csv')], 'none.csv'],
    ] as const;
    for (const [args, message] of refusals) {
      const { status, stdout, stderr } = optimize(...args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  }, 60_000);
});

const parse = (...args: string[]) =>
  parseOptimizeCommand(['--candles', 'x.csv', '--strategy', 'RSI_CROSS', ...args]);

describe('the options of an optimisation', () => {
  it('read ranges in each way of writing them, and parameters given once', () => {
    const command = parse(
      ...['--range', 'rsi_period=5:30:1', '--range=oversold=20..40:5', '--range', 'overbought'],
      ...['--param', 'smoothing=wilder', '--seed', '7', '--sampler', 'random', '--out-of-sample', '0.25'],
    );
    expect(command).toMatchObject({
      sampler: 'random',
      plan: {
        vary: ['rsi_period=5..30:1', 'oversold=20..40:5', 'overbought=60..90:5', 'smoothing=wilder'],
        seed: '7',
        holdOut: 0.25,
        tries: 300,
        walkSteps: 4,
      },
    });
    expect(parse('--range', 'smoothing=*', '--range', 'oversold=20,25')?.plan.vary).toEqual([
      'smoothing=*',
      'oversold=20|25',
    ]);
    expect(parse('--help')).toBeNull();
  });

  it('refuse what cannot be meant', () => {
    const refused = (...args: string[]) => expect(() => parse(...args));
    refused('--range', 'rsi_period=5:9', '--param', 'rsi_period=7').toThrow('--range varies it already');
    refused('--range').toThrow('--range needs a value');
    refused('--range', 'speed').toThrow('RSI_CROSS has no parameter speed');
    refused('--detail', 'y.csv').toThrow('--detail is an option of backtests');
    refused('--objective', 'luck').toThrow('--objective luck: there are sharpe');
    refused('--sampler', 'magic').toThrow('there are grid, random, tpe');
    refused('--threads', '0').toThrow('--threads 0');
    refused('--out-of-sample', '1').toThrow('--out-of-sample 1');
    refused('--trails', '5').toThrow('See --help');
    expect(() => parseOptimizeCommand(['--candles', 'x', '--strategy', 'WEBHOOK'])).toThrow('outside');
  });

  it('hand money and rules to the threads as they were given', () => {
    const rules = ['--stop-loss', '0.05', '--roi', '0:0.05,60:0.01', '--cooldown', '3'];
    const { settings } = parse(...rules, '--balance', '2500', '--slippage', '0.0005')!.backtest;
    const market = { symbol: 'BTC/USDT', fromMs: 0, toMs: 1 };
    const request = toRequest({ ...settings, timeframe: '1h' }, market);
    expect(request).toMatchObject({ ...market, initialBalance: '2500', slippage: '0.0005', stake: 'all' });
    expect(toRiskSettings(request.risk)).toEqual(settings.risk);
    expect(fromRiskSettings(toRiskSettings(request.risk))).toEqual(request.risk);
  });
});
