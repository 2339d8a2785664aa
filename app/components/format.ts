/** Figures as a trader reads them. Money arrives as a decimal string and is rounded and grouped as text, never as a float. */

const MINUS = '\u2212';
const NBSP = '\u00a0';

type Parts = { negative: boolean; whole: string; fraction: string };

function toParts(value: string): Parts | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(value.trim());
  if (!match) return undefined;
  return { negative: match[1] === '-', whole: match[2] ?? '0', fraction: match[3] ?? '' };
}

function addOne(digits: string): string {
  const kept = digits.replace(/9+$/, '');
  const nines = '0'.repeat(digits.length - kept.length);
  if (kept === '') return `1${nines}`;
  return `${kept.slice(0, -1)}${Number(kept.slice(-1)) + 1}${nines}`;
}

/** Rounds half away from zero to `decimals` places. What is no plain decimal is returned as it came. */
export function roundDecimal(value: string, decimals: number): string {
  const parts = toParts(value);
  if (!parts) return value;
  const digits = parts.whole + parts.fraction.padEnd(decimals, '0').slice(0, decimals);
  const roundsUp = (parts.fraction[decimals] ?? '0') >= '5';
  const rounded = roundsUp ? addOne(digits) : digits;
  const split = rounded.length - decimals;
  const whole = rounded.slice(0, split).replace(/^0+(?=\d)/, '');
  const text = decimals > 0 ? `${whole}.${rounded.slice(split)}` : whole;
  return parts.negative && /[1-9]/.test(text) ? `-${text}` : text;
}

function group(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return (plain.startsWith('-') ? MINUS : '') + (fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** `1234.5` with 2 decimals becomes `1,234.50`. */
export function formatMoney(value: string, decimals = 2): string {
  return group(roundDecimal(value, decimals));
}

/** `126.4` becomes `+126.40`, `-63.55` becomes `−63.55`, what rounds to nothing `0.00`. */
export function formatSigned(value: string, decimals = 2): string {
  return (signOf(value, decimals) > 0 ? '+' : '') + formatMoney(value, decimals);
}

/** The sign that remains after rounding: a gain too small to print is no gain. */
export function signOf(value: string, decimals = 2): -1 | 0 | 1 {
  const rounded = roundDecimal(value, decimals);
  if (!/[1-9]/.test(rounded)) return 0;
  return rounded.startsWith('-') ? -1 : 1;
}

/** An amount without trailing zeros, at most `maxDecimals` places. */
export function formatQuantity(value: string, maxDecimals = 8): string {
  const rounded = roundDecimal(value, maxDecimals);
  return group(rounded.includes('.') ? rounded.replace(/\.?0+$/, '') : rounded);
}

/** A price where its market's precision is not at hand: at least two decimals, and no trailing zeros beyond. */
export function formatPrice(value: string): string {
  return formatMoney(value, Math.max(2, decimalsOf([value])));
}

/** `0.9` becomes `0.90 %`; the value is already in percent. */
export function formatPercent(value: string | number, decimals = 2): string {
  return `${formatMoney(plain(value), decimals)}${NBSP}%`;
}

export function formatSignedPercent(value: string | number, decimals = 2): string {
  return `${formatSigned(plain(value), decimals)}${NBSP}%`;
}

function plain(value: string | number): string {
  return typeof value === 'number' ? value.toFixed(12) : value;
}

/** How many decimals these values need, trailing zeros not counted: the same for a whole column. */
export function decimalsOf(values: readonly string[], max = 8): number {
  const counts = values.map((value) => toParts(value)?.fraction.replace(/0+$/, '').length ?? 0);
  return Math.min(max, Math.max(0, ...counts));
}

/** `part` as a percentage of `whole`, for display only; `undefined` where there is nothing to compare with. */
export function percentOf(part: string, whole: string): number | undefined {
  const divisor = Number(whole);
  return divisor === 0 || !Number.isFinite(divisor) ? undefined : (Number(part) / divisor) * 100;
}

/** `1 trade`, `9 trades`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatMoney(String(count), 0)} ${count === 1 ? one : many}`;
}

/** Currencies whose hundredth is small change. */
const COARSE = /^(USD[A-Z]?|[A-Z]?USD|FDUSD|TUSD|DAI|EUR|EURC|GBP|CHF|AUD|CAD|BRL|TRY|PLN|ZAR)$/;

/** How many decimals an amount of this currency is shown with. */
export function moneyDecimals(currency: string): number {
  return COARSE.test(currency) ? 2 : 6;
}
