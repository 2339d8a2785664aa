import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { toNested, type FormValues } from './form-values.ts';

/** What the form of a new bot offers to choose from. */
export const PAPER = 'paper';

const OF_THE_FORM_ALONE = [
  'account',
  'confirm_live',
  'intent',
  'symbol',
  'max_open_positions',
  'preview_days',
];

/** The symbols of a field that takes several, parted by commas, semicolons or blanks. */
export function listSymbols(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,;]+/).filter((symbol) => symbol !== '');
}

/** `7.5` percent as the fraction `0.075`, digit by digit; what is no plain decimal stays as it is. */
export function percentToFraction(text: string): string {
  const match = /^\s*(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!match) return text;
  const whole = (match[1] ?? '').padStart(3, '0');
  return `${whole.slice(0, -2).replace(/^0+(?=\d)/, '')}.${whole.slice(-2)}${match[2] ?? ''}`;
}

/** The form's values as `POST /bot/start` takes them: the account says mode and key, a share is a fraction. */
export function toStartInput(values: FormValues): Record<string, unknown> {
  const { account = PAPER } = values;
  const rest = Object.fromEntries(
    Object.entries(values).filter(([name]) => !OF_THE_FORM_ALONE.includes(name) && !isIdle(name, values)),
  );
  if (rest['sizing.type'] === 'equity_fraction')
    rest['sizing.value'] = percentToFraction(rest['sizing.value'] ?? '');
  const input = { ...toNested(rest), ...toMarkets(values) };
  if (account === PAPER) return { ...input, mode: 'paper' };
  return { ...input, mode: 'live', exchange_key_id: account, initial_balance: undefined };
}

/** Fields that say nothing for the strategy that is chosen: they may still be there where the page could not follow the choice. */
const isIdle = (name: string, { strategy }: FormValues) =>
  name.startsWith('json.') || (strategy === REBALANCE && /^(sizing|risk)\./.test(name));

/** One symbol is a bot, several are a basket. */
function toMarkets({ symbol, strategy, max_open_positions }: FormValues): Record<string, unknown> {
  const symbols = listSymbols(symbol);
  if (symbols.length < 2) return { symbol: symbols[0] ?? '' };
  return strategy === REBALANCE ? { symbols } : { symbols, max_open_positions };
}

export type Stakes = { size: number; loss: number; hasStop: boolean; quote: string };

const FEES_OF_A_TRIP = 0.002;
const number = (text: string | undefined) =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text);

/** About what one trade spends and can lose, for a sentence; `undefined` until the fields say enough. */
export function estimateStakes(values: FormValues, quote: string): Stakes | undefined {
  const value = number(values['sizing.value']);
  const balance = number(values['initial_balance']);
  const size = values['sizing.type'] === 'equity_fraction' ? (balance * value) / 100 : value;
  if (!(size > 0)) return undefined;
  const stops = [number(values['risk.stop_loss_pct']), number(values['risk.trailing_stop_pct'])].filter(
    (stop) => stop > 0,
  );
  const stop = stops.length > 0 ? Math.min(...stops) : 100;
  return { size, loss: size * Math.min(1, stop / 100 + FEES_OF_A_TRIP), hasStop: stops.length > 0, quote };
}
