import type { EngineBot } from '../../db/queries/bot-state.ts';
import type { WebhookSignal } from '../../db/queries/webhook-signals.ts';
import { decideOn } from '../trading/decide.ts';
import type { Money } from '../trading/decimal.ts';
import { lastClosedOpenTime } from '../trading/timeframe.ts';
import type { BotState, Market } from '../trading/types.ts';
import type { Decided } from './decide-group.ts';

/** What the venue says now; `market` is absent where it is not listed any more. */
export type Seen = { market: Market | undefined; price: Money };

/** A buy that could not be acted on by then is dropped, as an order would be: its price is gone. */
const ENTRY_WITHIN_MS = 30_000;

/** Returns why a signal must not be acted on any more: a sentence. An exit is acted on however late. */
export function refuseSignal(
  { status, name }: Pick<EngineBot, 'status' | 'name'>,
  { action, receivedAtMs }: Pick<WebhookSignal, 'action' | 'receivedAtMs'>,
  nowMs: number,
): string | undefined {
  if (status !== 'RUNNING') return `${name} was not running any more (${status.toLowerCase()}).`;
  const ageMs = nowMs - receivedAtMs;
  if (action === 'SELL' || ageMs <= ENTRY_WITHIN_MS) return undefined;
  const seconds = String(Math.round(ageMs / 1_000));
  return `It could not be acted on within ${seconds} s of its arrival; the price that it meant is gone.`;
}

type SignalInput = {
  bot: EngineBot;
  signal: WebhookSignal;
  state: BotState;
  market: Market;
  price: Money;
  nowMs: number;
};

/** Lets a bot decide on a posted signal, by the rules that hold for a signal of its own. Its order is named by `actsAtMs`. */
export function decideSignal({ bot, signal, state, market, price, nowMs }: SignalInput): Decided {
  const reason = sayReason(signal);
  const said = { kind: signal.action, confidence: 1, reason };
  const ruling = decideOn(said, {
    config: { ...bot, params: bot.parameters },
    market,
    state,
    nowMs,
    price,
    candleTimeMs: lastClosedOpenTime(bot.timeframe, nowMs),
  });
  const { outcome, intent, verdicts, explain } = ruling;
  const decision = {
    candleTimeMs: signal.actsAtMs,
    signal: said,
    intent,
    verdicts,
    outcome,
    detail: explain(),
  };
  return { bot, market, decision, price: price.toNumber(), missed: 0 };
}

function sayReason({ action, reason }: WebhookSignal): string {
  const what = action === 'BUY' ? 'A buy' : 'A sell';
  return reason === '' ? `${what} signal was posted` : `${what} signal was posted: ${reason}`;
}
