import type { AccountHealth } from '../../db/queries/account-health.ts';
import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { BotRun } from '../../db/queries/bots.ts';
import type { Money } from '../../jobs/trading/decimal.ts';
import type { BuyJudgement } from '../../jobs/trading/decide.ts';
import type { Market, Signal, Verdict } from '../../jobs/trading/types.ts';
import type { CheckView } from '../schemas/chart-views.ts';
import { isInPosition, sayFigure, sayMoment } from './bot-state.ts';

const check = (outcome: CheckView['outcome'], title: string, detail: string): CheckView => ({
  outcome,
  title,
  detail,
  isReason: false,
});

const STATUS = { STOPPING: 'Stopping', STOPPED: 'Stopped', HALTED: 'Halted', ERROR: 'Failed' } as const;

export function sayStatus(bot: BotRun, isEnabled: boolean): CheckView {
  if (bot.status === 'HALTED')
    return check('block', 'Halted', bot.halt?.reason ?? 'It makes no entries until you let it trade again.');
  if (bot.status !== 'RUNNING')
    return check('block', STATUS[bot.status], 'It decides nothing until it is started again.');
  if (!isEnabled)
    return check(
      'pass',
      'Running, strategy switched off',
      'It goes on; no bot can be started with this strategy.',
    );
  return check('pass', 'Running, strategy enabled', `since ${sayMoment(bot.startedAtMs)}`);
}

export function sayCandles(bot: BotRun, problem: string | null): CheckView {
  if (problem !== null) return check('block', 'Candles are missing or late', problem);
  if (bot.lastPrice === null || bot.lastPriceAtMs === null)
    return check('wait', 'No price seen yet', 'The first one comes with the next candle.');
  const price = `last price ${sayFigure(bot.lastPrice)} ${bot.quote}`;
  return check('pass', 'Candles fresh', `${price} at ${sayMoment(bot.lastPriceAtMs)}`);
}

export function saySignal(bot: EngineBot, signal: Signal): CheckView {
  const said = `${signal.reason} · confidence ${signal.confidence.toFixed(2)}`;
  if (bot.hasWorkingOrder)
    return check('wait', 'An order is working', 'No other order is sent before it is final.');
  if (isInPosition(bot)) {
    const held = `${sayFigure(bot.position.quantity)} ${bot.base}`;
    const title = signal.kind === 'SELL' ? 'Signal: sell' : `Holds ${held}: a second buy waits`;
    return check(signal.kind === 'SELL' ? 'pass' : 'wait', title, said);
  }
  return signal.kind === 'BUY'
    ? check('pass', 'Signal: buy', said)
    : check('wait', `Signal: ${signal.kind === 'SELL' ? 'sell, nothing is held' : 'hold'}`, said);
}

const RULES: Record<string, string> = {
  'max-drawdown': 'Largest fall',
  'max-daily-loss': 'Daily loss limit',
  'loss-streak': 'Losses in a row',
  cooldown: 'Pause after a loss',
  'max-trades-per-day': 'Trades a day',
  'min-confidence': 'Confidence',
  'max-position': 'Largest position',
  'max-open-positions': 'Open positions of the basket',
  'max-open-orders': 'Open orders of all bots',
  'max-orders-per-minute': 'Order rate of all bots',
  'max-exposure-symbol': 'Exposure on the symbol',
  'max-exposure-account': 'Exposure on the account',
  'max-exposure': 'Exposure in all',
};

/** Returns a rule's verdict, by the name that a trader knows it by. */
export function sayRule({ rule, outcome, detail, untilMs }: Verdict): CheckView {
  const name = RULES[rule] ?? rule;
  if (outcome !== 'deny') return check('pass', `${name}: allows a buy`, detail);
  const until = untilMs === undefined ? '' : ` It may buy again at ${sayMoment(untilMs)}.`;
  return check('block', `${name}: blocks a buy`, `${detail}${until}`);
}

/** Balance and minimums in one: the size of the next buy, or why there is none. */
export function sayBalance(
  { size, price, freeQuote }: BuyJudgement & { freeQuote: Money },
  market: Market,
): CheckView {
  const free = `${sayFigure(freeQuote.toDecimalPlaces(2))} ${market.quote} free`;
  if (size.refusal)
    return check('block', 'Balance is too small for a buy', `${size.refusal.detail} ${free}.`);
  const spends = sayFigure(size.quantity.times(price).toDecimalPlaces(2));
  const detail = `buys ${sayFigure(size.quantity)} ${market.base} for about ${spends} ${market.quote} · ${free}`;
  return check('pass', 'Balance and minimums allow a buy', detail);
}

/** How the bot's exchange answers its account, and gives out prices to this server, as any process last saw it. */
export type BotHealth = {
  account: AccountHealth | undefined;
  prices: AccountHealth | undefined;
  nowMs: number;
};

/** What is in the way on the exchange's side comes before what the bot itself noted of it. A paper bot has no account. */
export function sayHealth(bot: BotRun, health: BotHealth): CheckView {
  const trouble = sayTrouble(health);
  if (trouble) return trouble;
  if (bot.error !== null) return check('block', 'Account: something is in the way', bot.error);
  const title = bot.mode === 'live' ? 'Account healthy' : 'Paper account healthy';
  return check('pass', title, sayLastLook(bot, health));
}

function sayTrouble({ account, prices, nowMs }: BotHealth): CheckView | undefined {
  if (account?.ban) return check('block', 'Account: paused by the exchange', sayBan(account.ban, nowMs));
  if (prices?.ban) return check('block', 'Prices: paused by the exchange', sayBan(prices.ban, nowMs));
  const failure = findFailure(account);
  if (!failure) return undefined;
  return check('block', 'Account: the newest call failed', `${failure.message} (${sayMoment(failure.atMs)})`);
}

function sayLastLook({ lastTickAtMs }: BotRun, { account }: BotHealth): string {
  if (account?.lastOkAtMs) return `the exchange last answered at ${sayMoment(account.lastOkAtMs)}`;
  return lastTickAtMs === null ? 'no error so far' : `no error at the last look, ${sayMoment(lastTickAtMs)}`;
}

/** The newest error of an account, while no call has worked since. */
function findFailure(account: AccountHealth | undefined): AccountHealth['lastError'] | undefined {
  const { lastError = null, lastOkAtMs = null } = account ?? {};
  return lastError && lastError.atMs >= (lastOkAtMs ?? 0) ? lastError : undefined;
}

function sayBan({ untilMs, reason }: { untilMs: number; reason: string }, nowMs: number): string {
  const seconds = Math.ceil((untilMs - nowMs) / 1_000);
  const left = seconds < 120 ? `${String(seconds)} s` : `${String(Math.ceil(seconds / 60))} min`;
  return `${reason} Nothing is sent to it for another ${left}.`;
}
