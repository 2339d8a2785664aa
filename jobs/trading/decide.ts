/**
 * The one kernel: backtest, paper and live run this and nothing else. Pure: the same input gives the same decision, so a
 * replay of a run decides what the run decided. Refusals are data; it throws only on broken invariants.
 */
import { candleAt } from './candles.ts';
import { money, type Money } from './decimal.ts';
import { figure } from './figures.ts';
import { equity } from './portfolio/ledger.ts';
import { isDust, sellQuantity, sizeBuy, type OrderSize } from './portfolio/order-size.ts';
import type { Entry } from './risk/rule.ts';
import { MIN_CONFIDENCE } from './risk/min-confidence.ts';
import { applyEntryRules, judgeEntry } from './risk/rules.ts';
import { findStrategy } from './strategies/registry.ts';
import { newestSignal } from './strategies/scan.ts';
import type {
  BotConfig,
  BotState,
  Candles,
  Decision,
  Intent,
  Market,
  Position,
  Side,
  Signal,
  Verdict,
} from './types.ts';

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

/** Where a signal finds the bot. `price`: what an order is expected to fill at. */
export type Situation = Pick<DecideInput, 'config' | 'market' | 'state' | 'nowMs'> & {
  price: Money;
  /** Open time of the candle that gave the signal. */
  candleTimeMs: number;
};

/** What of a signal counts; its reason is for readers. */
type SignalStrength = Pick<Signal, 'kind' | 'confidence'>;

/** What comes of a signal. `explain` puts it into a sentence, only where somebody reads it. */
export type Ruling = Pick<Decision, 'outcome' | 'intent' | 'verdicts'> & { explain: () => string };

/** The first order that answers to a candle; a decision wants one at most. */
const LEG = 0;
const NO_VERDICTS: Verdict[] = [];

/** Returns what the newest closed candle leads to. Throws a RangeError without candles or for an unknown strategy. */
export function decide(input: DecideInput): Decision {
  const { signal, situation } = assess(input);
  const { candleTimeMs } = situation;
  if (signal.kind === 'HOLD')
    return { candleTimeMs, signal, intent: null, verdicts: [], outcome: 'hold', detail: signal.reason };
  const { intent, verdicts, outcome, explain } = decideOn(signal, situation);
  return { candleTimeMs, signal, intent, verdicts, outcome, detail: explain() };
}

/** Returns what comes of a signal. Holding decides nothing, and need not be asked about. */
export function decideOn(signal: SignalStrength, situation: Situation): Ruling {
  const { market, state, price } = situation;
  if (signal.kind === 'HOLD') return conclude('hold', () => 'Holds.');
  if (state.hasWorkingOrder) return conclude('ignored', () => 'An order of this bot is still working.');
  if (!findsNothingToDo(signal.kind, state.position, { price, market })) {
    return signal.kind === 'SELL' ? sell(situation) : buy(situation, signal.confidence);
  }
  const held = state.position.quantity;
  return conclude('ignored', () =>
    signal.kind === 'SELL'
      ? `Holds no ${market.base} to sell.`
      : `Already holds ${figure(held)} ${market.base}.`,
  );
}

/** Returns whether a signal is to be ignored: a buy while something is held, a sale while nothing is that could be sold. */
export function findsNothingToDo(
  kind: Side,
  { quantity }: Pick<Position, 'quantity'>,
  { price, market }: Pick<Situation, 'price' | 'market'>,
): boolean {
  return isDust(quantity, price, market) === (kind === 'SELL');
}

/** What would come of a buy at the newest close, whatever the signal says: its size and each rule's verdict. */
export type BuyJudgement = { signal: Signal; price: Money; size: OrderSize; verdicts: Verdict[] };

/** Returns what stands between the bot and a buy now. How sure a signal is counts only where it is one to buy. */
export function judgeBuy(input: DecideInput): BuyJudgement {
  const { signal, situation } = assess(input);
  const size = sizeEntry(situation);
  const quantity = size.quantity ?? situation.price.times(0);
  const verdicts = judgeEntry(toEntry(situation, { quantity, confidence: signal.confidence }));
  const isBuy = signal.kind === 'BUY';
  return {
    signal,
    price: situation.price,
    size,
    verdicts: verdicts.filter(({ rule }) => isBuy || rule !== MIN_CONFIDENCE),
  };
}

function assess({ config, market, state, candles, price, nowMs }: DecideInput): {
  signal: Signal;
  situation: Situation;
} {
  const strategy = findStrategy(config.strategy);
  if (!strategy) throw new RangeError(`Unknown strategy ${config.strategy}`);
  const { openTimeMs: candleTimeMs, close } = candleAt(candles, -1);
  const { params, timeframe } = config;
  const position = state.position.openedAtMs === null ? null : state.position;
  const signal = newestSignal(strategy, { candles, timeframe }, { params, position });
  return { signal, situation: { config, market, state, nowMs, candleTimeMs, price: price ?? money(close) } };
}

function buy(situation: Situation, confidence: number): Ruling {
  const size = sizeEntry(situation);
  if (size.refusal) return refuse([size.refusal]);
  const { quantity, verdicts } = applyEntryRules(toEntry(situation, { quantity: size.quantity, confidence }));
  return quantity ? order('BUY', quantity, { situation, verdicts }) : refuse(verdicts);
}

function sizeEntry({ config, market, state, price }: Situation): OrderSize {
  const owned = equity(state, price);
  return sizeBuy({ sizing: config.sizing, equity: owned, freeQuote: state.freeQuote, price, market });
}

function toEntry(situation: Situation, wanted: Pick<Entry, 'quantity' | 'confidence'>): Entry {
  const { config, market, state, price, candleTimeMs, nowMs } = situation;
  const { quantity, confidence } = wanted;
  const { risk, timeframe } = config;
  return { quantity, confidence, market, state, price, candleTimeMs, nowMs, risk, timeframe };
}

function sell(situation: Situation): Ruling {
  const quantity = sellQuantity(situation.state.position.quantity, situation.market);
  return order('SELL', quantity, { situation, verdicts: NO_VERDICTS });
}

type Ordered = { situation: Situation; verdicts: Verdict[] };

function order(side: Intent['side'], quantity: Money, { situation, verdicts }: Ordered): Ruling {
  const { market, price } = situation;
  const verb = side === 'BUY' ? 'Buys' : 'Sells';
  return {
    outcome: 'order',
    intent: { leg: LEG, side, type: 'market', quantity, reason: 'signal' },
    verdicts,
    explain: () => `${verb} ${figure(quantity)} ${market.base} at about ${figure(price)} ${market.quote}.`,
  };
}

/** The last verdict is the one that refuses. */
function refuse(verdicts: Verdict[]): Ruling {
  return { outcome: 'refused', intent: null, verdicts, explain: () => verdicts.at(-1)?.detail ?? '' };
}

function conclude(outcome: 'hold' | 'ignored', explain: () => string): Ruling {
  return { outcome, intent: null, verdicts: NO_VERDICTS, explain };
}
