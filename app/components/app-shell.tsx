import { Form, Link, NavLink } from '@remix-run/react';
import {
  ArrowLeftRight,
  Bell,
  Bot,
  ChartCandlestick,
  FlaskConical,
  KeyRound,
  LayoutDashboard,
  Library,
  LogOut,
  Settings,
  ShieldAlert,
  SlidersHorizontal,
  Users,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { UserView } from '../schemas/views.ts';
import { Icon } from './icon.tsx';
import { Logo } from './logo.tsx';

type Place = { to: string; name: string; icon: LucideIcon; onTabs?: boolean; adminOnly?: boolean };

const PLACES: Place[] = [
  { to: '/dashboard', name: 'Dashboard', icon: LayoutDashboard, onTabs: true },
  { to: '/bots', name: 'Bots', icon: Bot, onTabs: true },
  { to: '/trades', name: 'Trades', icon: ArrowLeftRight, onTabs: true },
  { to: '/risk', name: 'Risk', icon: ShieldAlert, onTabs: true },
  { to: '/alerts', name: 'Alerts', icon: Bell },
  { to: '/keys', name: 'Keys', icon: KeyRound },
  { to: '/strategies', name: 'Strategies', icon: Library },
  { to: '/backtests', name: 'Backtests', icon: FlaskConical },
  { to: '/optimizations', name: 'Optimise', icon: SlidersHorizontal },
  { to: '/candles', name: 'Candles', icon: ChartCandlestick },
  { to: '/settings', name: 'Settings', icon: Settings, onTabs: true },
  { to: '/admin/users', name: 'People', icon: Users, adminOnly: true },
];

/** One line at the foot of the rail: what, how it is, and whether that is well (null: nobody knows yet). */
export type RailLine = { label: string; value: string; isWell: boolean | null; to?: string };

function railColour({ isWell }: RailLine): string {
  if (isWell === null) return 'text-ink-3';
  return isWell ? 'text-gain' : 'text-warn';
}

/** By path: how many things on that page want attention, and what they are. */
export type ShellMarks = Record<string, { count: number; title: string }>;

type AppShellProps = { user: UserView; health: RailLine[]; marks: ShellMarks; children: ReactNode };

export function AppShell({ user, health, marks, children }: AppShellProps) {
  const places = PLACES.filter((place) => !place.adminOnly || user.role === 'admin');
  return (
    <div className="min-h-dvh md:flex">
      <a
        href="#main"
        className="sr-only z-30 rounded-control bg-surface px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <div className="hidden w-52 shrink-0 border-r bg-sunken md:block">
        <div className="sticky top-0 flex h-dvh flex-col">
          <NavLink
            to="/dashboard"
            className="flex h-14 items-center px-5"
            aria-label="Auto Bot Trader, dashboard"
          >
            <Logo />
          </NavLink>
          <nav aria-label="Pages" className="flex flex-1 flex-col gap-0.5 overflow-y-auto p-3">
            {places.map((place) => (
              <RailLink key={place.to} place={place} mark={marks[place.to]} />
            ))}
          </nav>
          <RailFoot user={user} health={health} />
        </div>
      </div>
      <div className="min-w-0 flex-1">{children}</div>
      <nav
        aria-label="Pages"
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {places
          .filter((place) => place.onTabs)
          .map((place) => (
            <TabLink key={place.to} place={place} mark={marks[place.to]} />
          ))}
      </nav>
    </div>
  );
}

type PlaceLinkProps = { place: Place; mark: ShellMarks[string] | undefined };

function RailLink({ place, mark }: PlaceLinkProps) {
  return (
    <NavLink
      to={place.to}
      className={({ isActive }) =>
        'flex h-8.5 items-center gap-2.5 rounded-control border px-2 transition-colors duration-150 touch:h-11 ' +
        (isActive ? 'bg-surface font-medium text-ink' : 'border-transparent text-ink-2 hover:text-ink')
      }
    >
      <Icon of={place.icon} />
      {place.name}
      {mark && <Mark mark={mark} className="ml-auto" />}
    </NavLink>
  );
}

function TabLink({ place, mark }: PlaceLinkProps) {
  return (
    <NavLink
      to={place.to}
      className={({ isActive }) =>
        `flex h-14 flex-col items-center justify-center gap-1 text-[11px] ${isActive ? 'font-medium text-accent' : 'text-ink-2'}`
      }
    >
      <span className="relative">
        <Icon of={place.icon} />
        {mark && <Mark mark={mark} className="absolute -top-2 left-2.5" />}
      </span>
      {place.name}
    </NavLink>
  );
}

function Mark({ mark, className }: { mark: ShellMarks[string]; className: string }) {
  return (
    <span
      title={mark.title}
      className={`inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-warn-soft px-1.5 text-xs font-medium text-warn ${className}`}
    >
      {mark.count}
      <span className="sr-only"> ({mark.title})</span>
    </span>
  );
}

function RailFoot({ user, health }: { user: UserView; health: RailLine[] }) {
  return (
    <div className="px-5 pt-3 pb-4 text-xs text-ink-2">
      <dl className="grid gap-1.5">
        {health.map((line) => (
          <div key={line.to ?? line.label} className="flex justify-between gap-2">
            <dt className="min-w-0 truncate">
              {line.to === undefined ? (
                line.label
              ) : (
                <Link to={line.to} className="hover:text-ink hover:underline" title={line.label}>
                  {line.label}
                </Link>
              )}
            </dt>
            <dd className={`flex shrink-0 items-center gap-1.5 tabular-nums ${railColour(line)}`}>
              {line.isWell !== null && (
                <span className="size-1.5 rounded-full bg-current" aria-hidden="true" />
              )}
              {line.value}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1.5 text-ink-3">All times are UTC</p>
      <div className="mt-3 flex items-center justify-between gap-2 border-t pt-2">
        <span className="min-w-0 truncate text-ink-3" title={user.email}>
          {user.email}
        </span>
        <Form method="post" action="/logout">
          <button
            type="submit"
            title="Sign out"
            className="flex size-8 cursor-pointer items-center justify-center rounded-control hover:bg-surface hover:text-ink"
          >
            <Icon of={LogOut} />
            <span className="sr-only">Sign out</span>
          </button>
        </Form>
      </div>
    </div>
  );
}
