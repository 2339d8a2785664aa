import { Badge } from './badge.tsx';
import { formatMoment } from './moment.ts';
import type { Liveness } from './use-live.ts';

/** Whether the figures on the page are fresh; nothing where no script keeps them so. */
export function LiveMark({ liveness }: { liveness: Liveness }) {
  if (liveness.state === 'off') return null;
  if (liveness.state === 'live')
    return (
      <Badge tone="gain" dot>
        Up to date
      </Badge>
    );
  return <Badge tone="warn">Stale since {formatMoment(liveness.sinceMs, 'minute')} UTC</Badge>;
}
