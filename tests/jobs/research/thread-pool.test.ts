import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openPool, type ThreadPool } from '../../../jobs/research/thread-pool.ts';
import { startSearch } from '../../../jobs/trading/research/search.ts';
import { tryPoint } from '../../../jobs/trading/research/trial.ts';
import { benchData } from '../../support/research.ts';

let pool: ThreadPool | undefined;
afterEach(() => pool?.close());

const open = (threads: number, plan = {}) => {
  const { request, plan: whole, candles, bench, prepared } = benchData(plan);
  pool = openPool({ request, plan: whole, candles }, { threads, isBackground: false });
  return { pool, bench, window: prepared.split.train };
};
const points = [0, 5, 17, 60, 95];

describe('the threads of an optimisation', () => {
  it('find what the same sets come to without them', async () => {
    const { pool, bench, window } = open(2);
    const found = await Promise.all(
      points.map((point) => pool.run({ kind: 'try', window, points: [point] })),
    );
    expect(found.flat()).toEqual(points.map((point) => tryPoint(bench, window, point)));
    expect(found.flat().some(({ score }) => score !== null)).toBe(true);
  });

  it('go on after a set that cannot be tried, and say why it could not', async () => {
    // A set may not sell below where it buys.
    const { pool, window } = open(1, { vary: ['oversold=30|50', 'overbought=50|80'] });
    const results = await pool.run({ kind: 'try', window, points: [0, 2, 3] });
    expect(results.map(({ fault }) => fault !== null && fault.includes('overbought'))).toEqual([
      false,
      true,
      false,
    ]);
    expect(results[1]).toMatchObject({ point: 2, score: null, metrics: null });
    expect(results[2]?.metrics).not.toBeNull();
  });

  it('end between two sets when they are called off, and go on when told to', async () => {
    const { pool, window } = open(1);
    const all = Array.from({ length: 96 }, (_, point) => point);
    const many = Array.from({ length: 50 }, () => all).flat();
    await pool.run({ kind: 'try', window, points: [0] });
    const running = pool.run({ kind: 'try', window, points: many });
    await setTimeout(20);
    pool.callOff();
    expect((await running).length).toBeLessThan(many.length);
    expect(await pool.run({ kind: 'try', window, points: all })).toEqual([]);
    pool.goOn();
    expect(await pool.run({ kind: 'try', window, points: all.slice(0, 2) })).toHaveLength(2);
  });

  it('report a task that cannot be done at all to who asked, and do the next one', async () => {
    const { pool, window } = open(1);
    const question = { point: 4_000, window, sharpes: [], tried: 1, seed: '1' };
    await expect(pool.run({ kind: 'judge', question })).rejects.toThrow('There is no point 4000');
    const asked = await pool.run({
      kind: 'ask',
      sampler: 'grid',
      seed: '1',
      state: startSearch(),
      count: 3,
    });
    expect(asked.points).toEqual([0, 1, 2]);
  });

  it('reject what is not done when they are closed, and take nothing more', async () => {
    const { pool, window } = open(1);
    const tasks = [1, 2].map(() => pool.run({ kind: 'try', window, points }));
    const ends = Promise.allSettled(tasks);
    await pool.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run({ kind: 'try', window, points })).rejects.toThrow('have ended');
  });
});
