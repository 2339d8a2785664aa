import { describe, expect, it } from 'vitest';
import { formatDuration, formatMoment, toMs } from '../../../app/components/moment.ts';

const AT = Date.UTC(2026, 7, 2, 14, 2, 7);

describe('formatMoment', () => {
  it('writes a moment in UTC, whatever the machine’s time zone', () => {
    expect(formatMoment(AT, 'clock')).toBe('14:02:07');
    expect(formatMoment(AT, 'minute')).toBe('14:02');
    expect(formatMoment(AT, 'stamp')).toBe('2 Aug 14:02:07');
    expect(formatMoment(AT, 'full')).toBe('2 Aug 2026, 14:02:07 UTC');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [41_000, '41 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [11 * 86_400_000 + 4 * 3_600_000 + 59_000, '11 d 4 h'],
    [-5, '0 s'],
  ])('writes %d ms as %s', (length, text) => {
    expect(formatDuration(length)).toBe(text);
  });
});

describe('toMs', () => {
  it('takes ISO 8601 and ms alike', () => {
    expect(toMs('2026-08-02T14:02:07.000Z')).toBe(toMs(AT));
  });
});
