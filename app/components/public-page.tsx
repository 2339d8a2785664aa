import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Logo } from './logo.tsx';

/** A small page for who is not signed in: one card in the middle. */
export function PublicPage({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  return (
    <main
      id="main"
      className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-5 p-4 sm:p-6"
    >
      <Link to="/" className="inline-flex items-center self-start touch:min-h-11">
        <Logo />
      </Link>
      <div className="rounded-card border bg-surface p-5 sm:p-6">
        <h1 className="text-title font-semibold">{title}</h1>
        {lead !== undefined && <p className="mt-1 text-ink-2">{lead}</p>}
        <div className="mt-5">{children}</div>
      </div>
      {foot !== undefined && (
        <div className="text-ink-2 [&_a]:inline-flex [&_a]:items-center touch:[&_a]:min-h-11">{foot}</div>
      )}
    </main>
  );
}
