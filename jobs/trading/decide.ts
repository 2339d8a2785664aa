/**
 * The one kernel: backtest, paper and live run this and nothing else. Pure: the same input gives the same decision, so a
 * replay of a run decides what the run decided. Refusals are data; it throws only on broken invariants.
 */
import { candleAt } from './candles.ts';
import { money, type Money } from './decimal.ts';
import { figure } from './figures.ts';
import { equity } from './portfolio/ledger.ts';
import { isDust, sellQuantity, sizeBuy } from './portfolio/order-size.ts';
import { applyEntryRules } from './risk/rules.ts';
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
  const { config, market, state, candles } = input;
  const strategy = findStrategy(config.strategy);
  if (!strategy) throw new RangeError(`Unknown strategy ${config.strategy}`);
  const candle = candleAt(candles, -1);
  const signal = takeSignal(strategy, config, candles);
  const price = input.price ?? money(candle.close);
  const situation = { ...input, price, candleTimeMs: candle.openTimeMs, signal };
  if (signal.kind === 'HOLD') return conclude(situation, { outcome: 'hold', detail: signal.reason });
  if (state.hasWorkingOrder) return ignore(situation, 'An order of this bot is still working.');
  const isFlat = isDust(state.position.quantity, price, market);
  if (signal.kind === 'BUY') {
    const held = `Already holds ${figure(state.position.quantity)} ${market.base}.`;
    return isFlat ? decideBuy(situation) : ignore(situation, held);
  }
  return isFlat ? ignore(situation, `Holds no ${market.base} to sell.`) : decideSell(situation);
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
  const { config, market, state, price } = situation;
  const owned = equity(state, price);
  const size = sizeBuy({ sizing: config.sizing, equity: owned, freeQuote: state.freeQuote, price, market });
  if (size.refusal) return refuse(situation, [size.refusal]);
  const entry = {
    ...situation,
    quantity: size.quantity,
    risk: config.risk,
    timeframe: config.timeframe,
    confidence: situation.signal.confidence,
  };
  const { quantity, verdicts } = applyEntryRules(entry);
  if (!quantity) return refuse(situation, verdicts);
  return order(situation, quantity, verdicts);
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
