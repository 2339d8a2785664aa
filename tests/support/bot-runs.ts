import type { BotRun } from '../../db/queries/bots.ts';
import { money, ZERO } from '../../jobs/trading/decimal.ts';
import { FLAT } from '../../jobs/trading/portfolio/ledger.ts';

/** A bot as its owner sees it, that runs and has done nothing yet. */
export function botRun(change: Partial<BotRun>): BotRun {
  return {
    id: 'b',
    userId: 'u',
    name: 'Bot',
    strategy: 'RSI_CROSS',
    venue: 'demo',
    symbol: 'SOL/USDT',
    base: 'SOL',
    quote: 'USDT',
    timeframe: '1h',
    mode: 'paper',
    exchangeKeyId: null,
    basketId: null,
    parameters: {},
    sizing: { type: 'equity_fraction', value: money('0.1') },
    risk: {},
    initialBalance: money('1000'),
    status: 'RUNNING',
    closeOnStop: false,
    startedAtMs: 0,
    stoppedAtMs: null,
    createdAtMs: 0,
    lastCandleTimeMs: null,
    lastTickAtMs: null,
    lastSignal: null,
    lastPrice: null,
    lastPriceAtMs: null,
    error: null,
    halt: null,
    position: FLAT,
    realizedPnl: ZERO,
    feesQuote: ZERO,
    ...change,
  };
}
