import type { ReactNode } from 'react';
import { ButtonLink } from './button.tsx';
import { Logo } from './logo.tsx';

type ProblemPageProps = { title: string; children: ReactNode; status?: number };

/** What happened, what is safe, what to do. */
export function ProblemPage({ title, status, children }: ProblemPageProps) {
  return (
    <main id="main" className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 p-6">
      <Logo />
      <div className="rounded-card border bg-surface p-6">
        <h1 className="text-title font-semibold">{title}</h1>
        <div className="mt-2 grid gap-2 text-ink-2">{children}</div>
        <div className="mt-5 flex flex-wrap gap-2">
          <ButtonLink to="/dashboard" tone="primary">
            Go to the dashboard
          </ButtonLink>
          <ButtonLink to="/bots">See the bots</ButtonLink>
        </div>
      </div>
      {status !== undefined && <p className="text-xs text-ink-3">Status {status}</p>}
    </main>
  );
}
