import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumCurve } from '../../../app/services/equity-curve.ts';
import { money } from '../../../jobs/trading/decimal.ts';

const point = (botRunId: string, timeMs: number, equity: string) => ({
  botRunId,
  timeMs,
  equity: money(equity),
});
const ends = (botRunId: string, first: string, last: string) => ({
  botRunId,
  first: money(first),
  last: money(last),
});
const span = { fromMs: 0, toMs: 100_000, atMost: 300 };
const values = (curve: { equity: string }[]) => curve.map(({ equity }) => equity);

describe('sumCurve', () => {
  it('carries what each bot was last worth forward', () => {
    const bots = [ends('a', '100', '130'), ends('b', '50', '40')];
    const points = [point('a', 10_000, '110'), point('b', 20_000, '45'), point('a', 30_000, '120')];
    expect(values(sumCurve(bots, points, span))).toEqual(['150', '160', '155', '165', '170']);
  });

  it('leaves out bots that are not asked for', () => {
    expect(values(sumCurve([ends('a', '1', '1')], [point('b', 10_000, '45')], span))).toEqual(['1', '1']);
  });

  it('is empty without bots', () => {
    expect(sumCurve([], [point('a', 1, '1')], span)).toEqual([]);
  });

  it('never has more points than asked for, in rising order, and ends with what the bots are worth', () => {
    const points = fc.array(
      fc.record({ bot: fc.constantFrom('a', 'b', 'c'), ms: fc.integer({ min: 0, max: 100_000 }) }),
      {
        maxLength: 400,
      },
    );
    fc.assert(
      fc.property(points, fc.integer({ min: 2, max: 50 }), (raw, atMost) => {
        const bots = ['a', 'b', 'c'].map((name) => ends(name, '1', '7'));
        const sorted = raw.map(({ bot, ms }) => point(bot, ms, '3')).sort((a, b) => a.timeMs - b.timeMs);
        const curve = sumCurve(bots, sorted, { ...span, atMost });
        expect(curve.length).toBeLessThanOrEqual(atMost);
        expect(curve.at(-1)).toEqual({ time: new Date(100_000).toISOString(), equity: '21' });
        expect(curve.map(({ time }) => time)).toEqual(curve.map(({ time }) => time).sort());
      }),
    );
  });
});
