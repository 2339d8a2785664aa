/**
 * The one kernel: backtest, paper and live run this and nothing else. Pure: the same input gives the same decision, so a
 * replay of a run decides what the run decided. Refusals are data; it throws only on broken invariants.
 */
import { candleAt } from './candles.ts';
import { money, ZERO, type Money } from './decimal.ts';
import { figure } from './figures.ts';
import { equity } from './portfolio/ledger.ts';
import { isDust, sellQuantity, sizeBuy, type OrderSize } from './portfolio/order-size.ts';
import type { Entry } from './risk/rule.ts';
import { MIN_CONFIDENCE } from './risk/min-confidence.ts';
import { applyEntryRules, judgeEntry } from './risk/rules.ts';
import { findStrategy } from './strategies/registry.ts';
import type { Strategy } from './strategies/strategy.ts';
import type { BotConfig, BotState, Candles, Decision, Intent, Market, Signal, Verdict } from './types.ts';

export type DecideInput = {
  config: BotConfig;
  market: Market;
  state: BotState;
  /** Closed candles, at least one; as many as the strategy's warm-up, or it holds. */
  candles: Candles;
  /** What an order is expected to fill at, for sizing; `null`: the newest close. */
  price: Money | null;
  nowMs: number;
};

type Situation = Omit<DecideInput, 'price'> & { price: Money; candleTimeMs: number; signal: Signal };

/** The first order that answers to a candle; a decision wants one at most. */
const LEG = 0;

/** Returns what the newest closed candle leads to. Throws a RangeError without candles or for an unknown strategy. */
export function decide(input: DecideInput): Decision {
  const { market, state } = input;
  const situation = assess(input);
  const { signal, price } = situation;
  if (signal.kind === 'HOLD') return conclude(situation, { outcome: 'hold', detail: signal.reason });
  if (state.hasWorkingOrder) return ignore(situation, 'An order of this bot is still working.');
  const isFlat = isDust(state.position.quantity, price, market);
  if (signal.kind === 'BUY') {
    const held = `Already holds ${figure(state.position.quantity)} ${market.base}.`;
    return isFlat ? decideBuy(situation) : ignore(situation, held);
  }
  return isFlat ? ignore(situation, `Holds no ${market.base} to sell.`) : decideSell(situation);
}

/** What would come of a buy at the newest close, whatever the signal says: its size and each rule's verdict. */
export type BuyJudgement = { signal: Signal; price: Money; size: OrderSize; verdicts: Verdict[] };

/** Returns what stands between the bot and a buy now. How sure a signal is counts only where it is one to buy. */
export function judgeBuy(input: DecideInput): BuyJudgement {
  const situation = assess(input);
  const { signal, price } = situation;
  const size = sizeEntry(situation);
  const verdicts = judgeEntry(toEntry(situation, size.quantity ?? ZERO));
  const isBuy = signal.kind === 'BUY';
  return { signal, price, size, verdicts: verdicts.filter(({ rule }) => isBuy || rule !== MIN_CONFIDENCE) };
}

function assess(input: DecideInput): Situation {
  const { config, candles } = input;
  const strategy = findStrategy(config.strategy);
  if (!strategy) throw new RangeError(`Unknown strategy ${config.strategy}`);
  const candle = candleAt(candles, -1);
  const signal = takeSignal(strategy, config, candles);
  const price = input.price ?? money(candle.close);
  return { ...input, price, candleTimeMs: candle.openTimeMs, signal };
}

function takeSignal(strategy: Strategy, { params }: BotConfig, candles: Candles): Signal {
  const count = candles.close.length;
  const needed = strategy.warmUp(params);
  if (count >= needed) return strategy.signal(params, candles);
  return {
    kind: 'HOLD',
    confidence: 0.3,
    reason: `Needs ${needed} candles before its first signal; has ${count}`,
  };
}

function decideBuy(situation: Situation): Decision {
  const size = sizeEntry(situation);
  if (size.refusal) return refuse(situation, [size.refusal]);
  const { quantity, verdicts } = applyEntryRules(toEntry(situation, size.quantity));
  if (!quantity) return refuse(situation, verdicts);
  return order(situation, quantity, verdicts);
}

function sizeEntry({ config, market, state, price }: Situation): OrderSize {
  const owned = equity(state, price);
  return sizeBuy({ sizing: config.sizing, equity: owned, freeQuote: state.freeQuote, price, market });
}

function toEntry(situation: Situation, quantity: Money): Entry {
  const { risk, timeframe } = situation.config;
  return { ...situation, quantity, risk, timeframe, confidence: situation.signal.confidence };
}

/** The last verdict is the one that refuses. */
function refuse(situation: Situation, verdicts: Verdict[]): Decision {
  return conclude(situation, { outcome: 'refused', detail: verdicts.at(-1)?.detail ?? '', verdicts });
}

function decideSell(situation: Situation): Decision {
  return order(situation, sellQuantity(situation.state.position.quantity, situation.market), []);
}

function ignore(situation: Situation, detail: string): Decision {
  return conclude(situation, { outcome: 'ignored', detail });
}

function order(situation: Situation, quantity: Money, verdicts: Verdict[]): Decision {
  const { market, price, signal } = situation;
  const side = signal.kind === 'BUY' ? 'BUY' : 'SELL';
  const verb = side === 'BUY' ? 'Buys' : 'Sells';
  const detail = `${verb} ${figure(quantity)} ${market.base} at about ${figure(price)} ${market.quote}.`;
  const intent: Intent = { leg: LEG, side, type: 'market', quantity, reason: 'signal' };
  return conclude(situation, { outcome: 'order', detail, intent, verdicts });
}

type Conclusion = Pick<Decision, 'outcome' | 'detail'> & Partial<Pick<Decision, 'intent' | 'verdicts'>>;

function conclude({ candleTimeMs, signal }: Situation, conclusion: Conclusion): Decision {
  return { candleTimeMs, signal, intent: null, verdicts: [], ...conclusion };
}
