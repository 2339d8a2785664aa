import { REBALANCE } from '../rebalance/names.ts';
import { WEBHOOK } from '../strategies/webhook.ts';

const REASONS: Record<string, string> = {
  [WEBHOOK]: 'It acts on signals from outside: no candle tells them.',
  [REBALANCE]:
    'It decides for several pairs at once, and one pair at a time is searched. A backtest checks it for look-ahead.',
};

/** Returns why a strategy cannot be tried on the candles of one pair, in a sentence, if it cannot. */
export function whyNotSearched(strategy: string): string | undefined {
  return REASONS[strategy];
}
