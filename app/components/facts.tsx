import type { ReactNode } from 'react';

export type Fact = [label: string, value: ReactNode];

/** Names and values, one a line; what has no value is left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className="divide-y">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
        .map(([label, value]) => (
          <div
            key={label}
            className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 px-4 py-1.5"
          >
            <dt className="text-ink-2">{label}</dt>
            <dd className="min-w-0 text-right break-words [&_code]:font-mono [&_code]:text-xs [&_code]:break-all">
              {value}
            </dd>
          </div>
        ))}
    </dl>
  );
}
