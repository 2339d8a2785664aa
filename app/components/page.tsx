import type { ReactNode } from 'react';

type PageProps = {
  title: string;
  badge?: ReactNode;
  actions?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
};

/** A page inside the shell: its name and what can be done, then its content. */
export function Page({ title, badge, actions, narrow, children }: PageProps) {
  return (
    <>
      <header className="z-10 border-b bg-canvas px-4 md:sticky md:top-0 md:px-6">
        <div className="mx-auto flex min-h-14 max-w-[98.5rem] flex-wrap items-center justify-between gap-x-3 gap-y-2 py-2">
          <div className="flex min-w-0 items-center gap-3">
            <h1 className="truncate text-title font-semibold">{title}</h1>
            {badge}
          </div>
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      </header>
      <main id="main" className="p-4 pb-24 md:p-6">
        <div className={`mx-auto grid max-w-[98.5rem] gap-5 ${narrow ? '*:max-w-3xl' : ''}`}>{children}</div>
      </main>
    </>
  );
}
