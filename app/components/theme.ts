export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly string[] = ['system', 'light', 'dark'] satisfies Theme[];
const A_YEAR_S = 31_536_000;

export const isTheme = (value: string | undefined): value is Theme =>
  value !== undefined && THEMES.includes(value);

/** The theme pinned by a request's cookie; `system` where none is. */
export function readTheme(cookieHeader: string | null): Theme {
  const value = /(?:^|;\s*)theme=([a-z]+)/.exec(cookieHeader ?? '')?.[1];
  return isTheme(value) ? value : 'system';
}

export function themeCookie(theme: Theme): string {
  const maxAge = theme === 'system' ? 0 : A_YEAR_S;
  return `theme=${theme}; Path=/; Max-Age=${maxAge}; SameSite=Lax`;
}
