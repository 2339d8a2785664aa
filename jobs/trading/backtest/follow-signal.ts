import { expectedCost } from '../basket/books.ts';
import { decideOn, findsNothingToDo, type Situation } from '../decide.ts';
import type { Money } from '../decimal.ts';
import { marketPrice } from '../portfolio/fill-model.ts';
import { timeframeMs } from '../timeframe.ts';
import type { BotState, Intent, Side, Sizing } from '../types.ts';
import { bookEstimate, freeQuote, type Account } from './account.ts';
import { fillOrder } from './fill-order.ts';
import { isOpen, seeHighs, type Pair } from './pair.ts';
import type { Run } from './run.ts';

/**
 * Takes the signal of the candle before `index`, has the kernel decide on it, and fills what it orders at the open of
 * `index`, slippage against the trader. That price is also what the size is reckoned with, unless a bot's own sizing is given.
 */
export function followSignal(run: Run, pair: Pair, index: number): void {
  const { account, toMoney } = run;
  const { candles, market } = pair;
  seeHighs(pair, index, toMoney);
  const signal = pair.scan.signalAt(index - 1, isOpen(pair) ? pair.position : null);
  if (signal.kind === 'HOLD') return;
  const open = toMoney(candles.open[index] ?? NaN);
  const price = sizingPrice(run, pair, { side: signal.kind, open, index });
  // Asked before the rest is put together: most signals of a crossing strategy end here.
  if (findsNothingToDo(signal.kind, pair.position, { price, market })) return;
  if (signal.kind === 'BUY' && isFull(account, pair)) return;
  const { intent, verdicts } = decideOn(signal, toSituation(run, pair, { price, index }));
  if (verdicts.some(({ halts }) => halts)) account.isHalted = true;
  if (intent) fillIntent(run, pair, { intent, open, price, index });
}

type Filling = { intent: Intent; open: Money; price: Money; index: number };

function fillIntent(run: Run, pair: Pair, { intent, open, price, index }: Filling): void {
  const { account, settings } = run;
  const { side, quantity, reason } = intent;
  const { slippageBps } = settings;
  const cashBefore = account.cash;
  fillOrder(run, pair, { side, quantity, price: open, slippageBps, reason, index });
  if (settings.sizing && side === 'BUY') {
    const expected = expectedCost(quantity, price, pair.market);
    bookEstimate(account, { expected, spent: cashBefore.minus(account.cash) });
  }
}

type Asked = { side: Side; open: Money; index: number };

function sizingPrice(
  { settings, toMoney }: Run,
  { candles, market }: Pair,
  { side, open, index }: Asked,
): Money {
  const { sizing, slippageBps } = settings;
  if (sizing) return toMoney(candles.close[index - 1] ?? NaN);
  return marketPrice({ side, prices: { bid: open, ask: open }, slippageBps, market });
}

const isFull = ({ open, maxOpen }: Account, pair: Pair) => !isOpen(pair) && open >= maxOpen;

function toSituation(run: Run, pair: Pair, { price, index }: { price: Money; index: number }): Situation {
  const candleTimeMs = pair.candles.openTimeMs[index - 1] ?? NaN;
  return {
    config: { ...run.config, sizing: toSizing(run) },
    market: pair.market,
    state: toState(run, pair),
    price,
    candleTimeMs,
    nowMs: candleTimeMs + timeframeMs(run.settings.timeframe),
  };
}

/** What an entry fills at is known here, so nothing is kept in reserve. */
function toSizing({ account, settings: { stake, sizing } }: Run): Sizing {
  if (sizing) return sizing;
  const value = stake === 'all' ? shareOfFree(freeQuote(account), account.maxOpen - account.open) : stake;
  return { type: 'quote_amount', value, reserve: account.zero };
}

const shareOfFree = (free: Money, places: number) => (places > 1 ? free.div(places) : free);

function toState({ account, pairs }: Run, pair: Pair): BotState {
  const { initialBalance, tradesToday, unsettledPnl } = account;
  const { position, exits } = pair;
  return {
    position,
    realizedPnl: account.realizedPnl.minus(unsettledPnl),
    initialBalance,
    freeQuote: freeQuote(account),
    hasWorkingOrder: false,
    tradesToday,
    realizedPnlToday: account.realizedPnlToday.minus(unsettledPnl),
    lastExitAtMs: exits.lastExit?.atMs ?? null,
    lastExitPnl: exits.lastExit?.pnl ?? null,
    lossStreak: exits.lossStreak,
    // With several pairs the peak holds gains of the others, which this state does not: the watch on all of them counts.
    equityPeak: pairs.length === 1 ? account.equityPeak : account.zero,
  };
}
