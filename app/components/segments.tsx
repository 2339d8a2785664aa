import { Link } from '@remix-run/react';

export type Segment = { to: string; label: string; isActive: boolean };

/** A choice between few views of the same thing; each is a link, so that it works without script and can be kept. */
export function Segments({ label, segments }: { label: string; segments: Segment[] }) {
  return (
    <nav aria-label={label} className="inline-flex overflow-hidden rounded-control border">
      {segments.map((segment) => (
        <Link
          key={segment.to}
          to={segment.to}
          preventScrollReset
          aria-current={segment.isActive ? 'true' : undefined}
          className={
            'flex h-6.5 items-center px-2 text-xs touch:h-11 touch:px-3 ' +
            (segment.isActive ? 'bg-accent-soft font-medium text-accent' : 'text-ink-2 hover:text-ink')
          }
        >
          {segment.label}
        </Link>
      ))}
    </nav>
  );
}
