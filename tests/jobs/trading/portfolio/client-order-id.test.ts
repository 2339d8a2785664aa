import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOrderId } from '../../../../jobs/trading/portfolio/client-order-id.ts';

const botRunId = '0190a6f0-1234-7abc-8def-0123456789ab';
const second = fc.integer({ min: 0, max: 36 ** 6 - 1 });
const leg = fc.integer({ min: 0, max: 1_295 });
const timeOf = (seconds: number) => Date.UTC(2020, 0, 1) + seconds * 1_000;

describe('client order ids', () => {
  it('never change', () => {
    const id = clientOrderId({ botRunId, timeMs: Date.UTC(2024, 0, 1), leg: 0 });
    expect(id).toBe('awpqsv5447235k0000');
    expect(clientOrderId({ botRunId: botRunId.toUpperCase(), timeMs: Date.UTC(2024, 0, 1), leg: 0 })).toBe(
      id,
    );
  });

  it('are 18 lower-case letters and digits, a letter first', () => {
    fc.assert(
      fc.property(fc.uuid(), second, leg, (run, seconds, number) => {
        const id = clientOrderId({ botRunId: run, timeMs: timeOf(seconds), leg: number });
        expect(id).toMatch(/^[a-z][a-z0-9]{17}$/);
      }),
    );
  });

  it('differ for any two orders of a run', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.tuple(second, leg, second, leg), (run, [secondA, legA, secondB, legB]) => {
        const a = clientOrderId({ botRunId: run, timeMs: timeOf(secondA), leg: legA });
        const b = clientOrderId({ botRunId: run, timeMs: timeOf(secondB), leg: legB });
        expect(a === b).toBe(secondA === secondB && legA === legB);
      }),
    );
  });

  it('use every digit of the run’s id', () => {
    const ids = new Set([clientOrderId({ botRunId, timeMs: timeOf(0), leg: 0 })]);
    const digits = Array.from(botRunId).flatMap((digit, index) => (digit === '-' ? [] : [index]));
    for (const index of digits) {
      const flipped = (parseInt(botRunId[index]!, 16) ^ 1).toString(16);
      const other = botRunId.slice(0, index) + flipped + botRunId.slice(index + 1);
      ids.add(clientOrderId({ botRunId: other, timeMs: timeOf(0), leg: 0 }));
    }
    // Digits of the two halves fold onto each other: 16 places, all different.
    expect(ids.size).toBe(17);
  });

  it.each([
    ['a time before 2020', { botRunId, timeMs: Date.UTC(2019, 11, 31), leg: 0 }],
    ['a time after 2088', { botRunId, timeMs: Date.UTC(2090, 0, 1), leg: 0 }],
    ['a negative leg', { botRunId, timeMs: timeOf(0), leg: -1 }],
    ['a leg that needs three digits', { botRunId, timeMs: timeOf(0), leg: 1_296 }],
    ['half a leg', { botRunId, timeMs: timeOf(0), leg: 0.5 }],
    ['no UUID', { botRunId: 'bot-1', timeMs: timeOf(0), leg: 0 }],
  ])('are refused for %s', (_, origin) => {
    expect(() => clientOrderId(origin)).toThrow(RangeError);
  });
});
