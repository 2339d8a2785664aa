import type { ReactNode } from 'react';

/** Where a list has nothing yet: what it will hold, and the first step towards it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-3 px-4 py-6">
      <div className="max-w-prose">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="mt-1 text-ink-2">{children}</div>}
      </div>
      {action}
    </div>
  );
}
