import { formatMoment, toMs, type MomentStyle } from './moment.ts';

/** A moment in UTC; the full date and time are in its title. */
export function Time({ at, style = 'stamp' }: { at: string | number; style?: MomentStyle }) {
  const ms = toMs(at);
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={formatMoment(ms, 'full')}
      className="whitespace-nowrap"
    >
      {formatMoment(ms, style)}
    </time>
  );
}
