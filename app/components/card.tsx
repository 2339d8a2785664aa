import type { ReactNode } from 'react';

type CardProps = {
  title?: ReactNode;
  /** Beside the title: a link, a count, a switch. */
  aside?: ReactNode;
  /** Without inner space, for tables and charts that reach the edge. */
  flush?: boolean;
  id?: string;
  children: ReactNode;
};

export function Card({ title, aside, flush, id, children }: CardProps) {
  return (
    <section id={id} className="min-w-0 overflow-hidden rounded-card border bg-surface">
      {title !== undefined && (
        <header className="flex min-h-11 items-center justify-between gap-3 border-b px-4 py-2 touch:py-1.5">
          <h2 className="min-w-0 font-medium">{title}</h2>
          {aside !== undefined && (
            <div className="shrink-0 text-xs text-ink-2 [&_a]:inline-flex [&_a]:items-center touch:[&_a]:min-h-11">
              {aside}
            </div>
          )}
        </header>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
