import type { Deps } from '../../jobs/deps.ts';
import { DEFAULT_SLIPPAGE_BPS } from '../../jobs/exchange/paper-gateway.ts';
import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import { isTimeframe, type Timeframe } from '../../jobs/trading/timeframe.ts';
import type { BacktestReportView, BacktestView, StartBacktestInput } from '../schemas/backtests.ts';
import type { StartBasketInput, StartBotInput } from '../schemas/bots.ts';
import { AppError, attempt, refuseField } from './app-error.ts';
import { findFees } from './backtest-choices.server.ts';
import { getBacktestReport } from './backtest-report.server.ts';
import { getBacktest, ownBacktest, startBacktest } from './backtests.server.ts';
import { chooseSizing } from './bot-start.server.ts';

const DAY_MS = 86_400_000;
const USUAL_BALANCE = '10000';
const SLIPPAGE = String(DEFAULT_SLIPPAGE_BPS / 10_000);

/** So long a page waits for the result before it shows how far it is. */
const PATIENCE_MS = 4_000;
const LOOK_EVERY_MS = 100;

type Wish = { bot: StartBotInput | StartBasketInput; exchange: string; days: number };

/**
 * Runs what a bot of these settings would have done over the last days, as a backtest of the user's own: with the fees and
 * steps of its market, the slippage of paper trading, and the bot's own sizing. No bot is made. Returns it finished, or as far
 * as it came within a few seconds. Throws as `startBacktest` does.
 */
export async function previewBot(deps: Deps, userId: string, wish: Wish): Promise<BacktestView> {
  const input = await toBacktest(deps, wish);
  const started = await attempt(startBacktest(deps, userId, { ...input, market_rules: true }));
  if (started.ok) return untilDone(deps, userId, started.value);
  // Without an answer of the exchange its steps are not known; candles that are stored still tell enough.
  if (started.refusal.status !== UNAVAILABLE)
    throw new AppError('refused', started.refusal.message, { errors: started.refusal.errors });
  return untilDone(deps, userId, await startBacktest(deps, userId, { ...input, market_rules: false }));
}

const UNAVAILABLE = 503;

async function toBacktest(deps: Deps, { bot, exchange, days }: Wish): Promise<StartBacktestInput> {
  const { strategy, params, risk, initial_balance = USUAL_BALANCE } = bot;
  const symbols = 'symbols' in bot ? bot.symbols : [bot.symbol];
  const fees = await attempt(findFees(deps, exchange, symbols[0] ?? ''));
  const nowMs = deps.clock.now();
  return {
    ...{ strategy, params, risk, exchange, symbols, initial_balance, ...sizeOf(bot) },
    name: `Preview: ${symbols.join(', ')} ${findStrategy(strategy)?.title ?? strategy}`,
    timeframe: requireTimeframe(bot.timeframe),
    from: nowMs - days * DAY_MS,
    to: nowMs,
    ...(fees.ok ? { fee: fees.value.taker, maker_fee: fees.value.maker } : {}),
    slippage: SLIPPAGE,
    fetch_missing: true,
  };
}

/** Target weights say themselves how much is bought. */
function sizeOf(bot: Wish['bot']): Pick<StartBacktestInput, 'sizing' | 'max_open_positions'> {
  if (bot.strategy === REBALANCE) return {};
  const { type, value } = chooseSizing(bot);
  const most = 'symbols' in bot ? bot.max_open_positions : undefined;
  return { sizing: { type, value: value.toFixed() }, ...(most && { max_open_positions: most }) };
}

function requireTimeframe(timeframe: string): Timeframe {
  if (isTimeframe(timeframe)) return timeframe;
  throw refuseField('timeframe', `There are no "${timeframe}" candles.`);
}

async function untilDone(deps: Deps, userId: string, started: BacktestView): Promise<BacktestView> {
  const limitMs = performance.now() + PATIENCE_MS;
  let seen = started;
  while (isUnderWay(seen) && performance.now() < limitMs) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    seen = await getBacktest(deps, userId, started.id);
  }
  return seen;
}

const isUnderWay = ({ status }: BacktestView) => status === 'queued' || status === 'running';

export type BotPreview = { backtest: BacktestView; report: BacktestReportView | null };

/** Returns a preview as far as it is; `null` where the user has none of that id. */
export async function findPreview(deps: Deps, userId: string, id: string): Promise<BotPreview | null> {
  const found = await attempt(getBacktest(deps, userId, id));
  if (!found.ok) return null;
  const backtest = found.value;
  const total = backtest.metrics?.trades ?? 0;
  const query = { own: ownBacktest(userId, id), total, page: 1, isWhole: true, symbol: '' };
  return { backtest, report: await getBacktestReport(deps, query) };
}
