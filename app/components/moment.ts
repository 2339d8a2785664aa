/** Moments in UTC, as text. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type MomentStyle = 'clock' | 'minute' | 'date' | 'month' | 'day' | 'stamp' | 'full';

const two = (n: number) => String(n).padStart(2, '0');

/**
 * `clock` 14:02:07 · `minute` 14:02 · `date` 2 Aug · `month` Aug 2026 · `day` 2 Aug 2026 · `stamp` 2 Aug 14:02:07 ·
 * `full` 2 Aug 2026, 14:02:07 UTC
 */
export function formatMoment(timeMs: number, style: MomentStyle): string {
  const at = new Date(timeMs);
  const minute = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  const clock = `${minute}:${two(at.getUTCSeconds())}`;
  const date = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''}`;
  const day = `${date} ${at.getUTCFullYear()}`;
  const month = `${MONTHS[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;
  const byStyle: Record<MomentStyle, string> = {
    clock,
    minute,
    date,
    month,
    day,
    stamp: `${date} ${clock}`,
    full: `${day}, ${clock} UTC`,
  };
  return byStyle[style];
}

const UNITS: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** The two largest units of a length of time: `11 d 4 h`, `3 min 20 s`, `0 s`. */
export function formatDuration(lengthMs: number): string {
  let rest = Math.max(0, Math.floor(lengthMs / 1_000));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}

/** A moment given as ISO 8601 or in ms, in ms. */
export function toMs(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}
