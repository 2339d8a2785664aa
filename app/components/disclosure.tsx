import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** A line that unfolds, without script. */
export function Disclosure({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <details className="group border-t">
      <summary className="flex min-h-9 list-none items-center gap-2 px-4 text-xs text-ink-2 hover:text-ink touch:min-h-11">
        <Icon of={ChevronRight} className="transition-transform duration-150 group-open:rotate-90" />
        {label}
      </summary>
      {children}
    </details>
  );
}
