import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

export type NoticeKind = 'info' | 'done' | 'warn' | 'error';

const LOOKS: Record<NoticeKind, { icon: LucideIcon; frame: string; glyph: string }> = {
  info: { icon: Info, frame: 'bg-surface', glyph: 'text-accent' },
  done: { icon: CircleCheck, frame: 'border-gain/40 bg-gain-soft', glyph: 'text-gain' },
  warn: { icon: TriangleAlert, frame: 'border-warn/50 bg-warn-soft', glyph: 'text-warn' },
  error: { icon: CircleAlert, frame: 'border-loss/50 bg-loss-soft', glyph: 'text-loss' },
};

type NoticeProps = { kind?: NoticeKind; title?: ReactNode; children?: ReactNode; id?: string };

export function Notice({ kind = 'info', title, children, id }: NoticeProps) {
  const look = LOOKS[kind];
  return (
    <div
      id={id}
      role={kind === 'error' ? 'alert' : 'status'}
      className={`flex gap-3 rounded-card border px-4 py-3 ${look.frame}`}
    >
      <Icon of={look.icon} className={`mt-0.5 ${look.glyph}`} />
      <div className="min-w-0 break-words">
        {title !== undefined && <p className="font-medium">{title}</p>}
        {children !== undefined && <div className="text-ink-2">{children}</div>}
      </div>
    </div>
  );
}
