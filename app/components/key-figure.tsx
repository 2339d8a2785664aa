import type { ReactNode } from 'react';

/** One figure with its company: what it is, and what it is compared with. */
export function KeyFigure({
  label,
  note,
  children,
}: {
  label: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-xs text-ink-2">{label}</dt>
      <dd className="mt-0.5">
        <span className="block min-h-6.5 text-figure font-semibold wrap-anywhere">{children}</span>
        {note !== undefined && <span className="block text-xs text-ink-3">{note}</span>}
      </dd>
    </div>
  );
}

/** Figures side by side, divided by hairlines; two in a row on a phone. `inThrees`: for six of them in half a page. */
export function KeyFigures({ children, inThrees = false }: { children: ReactNode; inThrees?: boolean }) {
  const columns = inThrees ? 'sm:grid-cols-3' : 'sm:grid-cols-[repeat(auto-fit,minmax(10rem,1fr))]';
  return <dl className={`grid grid-cols-2 gap-px bg-line ${columns}`}>{children}</dl>;
}
