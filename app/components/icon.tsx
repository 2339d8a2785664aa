import type { LucideIcon } from 'lucide-react';

/** A line icon beside a text that says the same; hidden from screen readers. */
export function Icon({ of: Glyph, className = '' }: { of: LucideIcon; className?: string }) {
  return <Glyph size={16} strokeWidth={1.75} aria-hidden="true" className={`shrink-0 ${className}`} />;
}
