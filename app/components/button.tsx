import { Link } from '@remix-run/react';
import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

export type ButtonTone = 'primary' | 'secondary' | 'danger' | 'quiet';

const TONES: Record<ButtonTone, string> = {
  primary: 'border-accent bg-accent text-on-accent hover:brightness-110',
  secondary: 'border-line-strong bg-surface text-ink hover:bg-sunken',
  danger: 'border-loss/60 bg-surface text-loss hover:bg-loss-soft',
  quiet: 'border-transparent text-ink-2 hover:bg-sunken hover:text-ink',
};

const SHAPE =
  'control-height inline-flex shrink-0 cursor-pointer items-center justify-center gap-2 rounded-control border px-3 ' +
  'font-medium whitespace-nowrap transition-colors duration-150 disabled:cursor-default disabled:opacity-60';

type Shared = { tone?: ButtonTone; icon?: LucideIcon; children: ReactNode; wide?: boolean };

type ButtonProps = Shared & {
  name?: string;
  value?: string;
  /** Id of the form that it submits, where it stands outside of it. */
  form?: string;
  isBusy?: boolean;
  disabled?: boolean;
  formNoValidate?: boolean;
  formMethod?: 'get';
  formAction?: string;
  type?: 'submit' | 'button';
  onClick?: () => void;
};

export function Button({ tone = 'secondary', icon, children, wide, isBusy, ...rest }: ButtonProps) {
  return (
    <button
      type="submit"
      className={`${SHAPE} ${TONES[tone]} ${wide ? 'w-full' : ''}`}
      aria-busy={isBusy || undefined}
      {...rest}
      disabled={rest.disabled || isBusy}
    >
      {isBusy ? <Icon of={LoaderCircle} className="animate-spin" /> : icon && <Icon of={icon} />}
      {children}
    </button>
  );
}

export function ButtonLink({ tone = 'secondary', icon, children, wide, to }: Shared & { to: string }) {
  return (
    <Link to={to} className={`${SHAPE} ${TONES[tone]} ${wide ? 'w-full' : ''}`}>
      {icon && <Icon of={icon} />}
      {children}
    </Link>
  );
}
