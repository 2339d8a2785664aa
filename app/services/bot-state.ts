import { toRiskSettings } from '../../jobs/trading/risk/stored-risk.ts';
import type { BotRun } from '../../db/queries/bots.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import { figure } from '../../jobs/trading/figures.ts';
import { listExitLevels, type ExitLevel } from '../../jobs/trading/risk/exits.ts';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { Tone } from '../schemas/views.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns a moment as a sentence says it: "2 Aug 14:05 UTC". */
export function sayMoment(ms: number): string {
  const date = new Date(ms);
  const clock = date.toISOString().slice(11, 16);
  return `${String(date.getUTCDate())} ${MONTHS[date.getUTCMonth()] ?? ''} ${clock} UTC`;
}

/** Returns a figure as a sentence says it: at most eight significant digits, grouped, never an exponent. */
export function sayFigure(value: Money): string {
  return figure(value.toSignificantDigits(8));
}

/** Whether the bot has a trade open. A rest too small to sell counts as flat. */
export function isInPosition({ position }: Pick<BotRun, 'position'>): boolean {
  return position.openedAtMs !== null && position.quantity.gt(0);
}

/** Returns the prices at which the risk rules would sell the open position, as of the last price; none when flat. */
export function listExitPrices(
  bot: Pick<BotRun, 'position' | 'risk' | 'timeframe' | 'lastPriceAtMs'>,
): ExitLevel[] {
  const { position, timeframe, lastPriceAtMs } = bot;
  const nowMs = lastPriceAtMs ?? position.openedAtMs ?? 0;
  return listExitLevels({ position, risk: toRiskSettings(bot.risk), timeframe, nowMs });
}

/** Returns in one sentence what the bot is doing, and how much attention that wants. */
export function describeState(bot: BotRun): { state: string; tone: Tone } {
  switch (bot.status) {
    case 'RUNNING':
      return describeRunning(bot);
    case 'STOPPING':
      return { state: describeStopping(bot), tone: 'attention' };
    case 'STOPPED':
      return {
        state: `Stopped${since(bot)}${holding(bot)}.`,
        tone: isInPosition(bot) ? 'attention' : 'quiet',
      };
    case 'HALTED':
      return { state: withCause('Halted', bot.halt?.reason ?? bot.error), tone: 'attention' };
    case 'ERROR':
      return { state: withCause('Failed', bot.error), tone: 'bad' };
  }
}

function describeRunning(bot: BotRun): { state: string; tone: Tone } {
  if (bot.error !== null) return { state: withCause('Runs, with a problem', bot.error), tone: 'attention' };
  if (isInPosition(bot)) return { state: describePosition(bot), tone: 'good' };
  if (bot.strategy === WEBHOOK)
    return { state: 'Waiting to buy: a signal has to be posted to its address.', tone: 'quiet' };
  if (bot.lastSignal === null)
    return { state: `Just started: decides when the next ${bot.timeframe} candle closes.`, tone: 'quiet' };
  return { state: `Waiting to buy: ${withStop(bot.lastSignal.reason)}`, tone: 'quiet' };
}

function describePosition(bot: BotRun): string {
  const held = `Holds ${sayFigure(bot.position.quantity)} ${bot.base}, bought at ${sayFigure(bot.position.entryPrice)}`;
  const [nearest] = listExitPrices(bot)
    .filter(({ kind }) => kind === 'stop')
    .sort((a, b) => b.price.comparedTo(a.price));
  if (!nearest || !bot.lastPrice || bot.lastPrice.isZero()) return `${held}.`;
  const distance = bot.lastPrice.minus(nearest.price).div(bot.lastPrice).times(100).toFixed(1);
  return `${held}; ${nearest.label.toLowerCase()} ${distance.replace('-', '−')} % away.`;
}

function describeStopping(bot: BotRun): string {
  const isSelling = bot.closeOnStop && isInPosition(bot);
  const steps = isSelling ? 'cancels its open orders and sells what it holds' : 'cancels its open orders';
  return `Stopping: ${steps}.${bot.error === null ? '' : ` ${withStop(bot.error)}`}`;
}

function since({ stoppedAtMs }: BotRun): string {
  return stoppedAtMs === null ? '' : ` since ${sayMoment(stoppedAtMs)}`;
}

function holding(bot: BotRun): string {
  return isInPosition(bot) ? `; it still holds ${sayFigure(bot.position.quantity)} ${bot.base}` : '';
}

function withCause(what: string, cause: string | null): string {
  return cause === null ? `${what}.` : `${what}: ${withStop(cause)}`;
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
