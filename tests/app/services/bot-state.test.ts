import { describe, expect, it } from 'vitest';
import { describeState, listExitPrices } from '../../../app/services/bot-state.ts';
import type { BotRun } from '../../../db/queries/bots.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { FLAT } from '../../../jobs/trading/portfolio/ledger.ts';
import { botRun } from '../../support/bot-runs.ts';

const HELD = {
  quantity: money('0.5'),
  cost: money('50.05'),
  entryPrice: money('100'),
  highPrice: money('120'),
  openedAtMs: 1,
};

describe('a bot’s state in a sentence', () => {
  const signal = {
    kind: 'HOLD' as const,
    confidence: 0.4,
    reason: 'RSI 48 crossed nothing',
    candleTimeMs: 0,
  };
  it.each<[string, Partial<BotRun>, string, string]>([
    ['just started', {}, 'Just started: decides when the next 1h candle closes.', 'quiet'],
    ['waiting', { lastSignal: signal }, 'Waiting to buy: RSI 48 crossed nothing.', 'quiet'],
    ['holding', { position: HELD }, 'Holds 0.5 SOL, bought at 100.', 'good'],
    [
      'holding with two stops: the nearest counts',
      { position: HELD, lastPrice: money('110'), risk: { stop_loss_pct: '5', trailing_stop_pct: '10' } },
      'Holds 0.5 SOL, bought at 100; trailing stop 1.8 % away.',
      'good',
    ],
    [
      'in trouble',
      { error: 'Binance does not answer.' },
      'Runs, with a problem: Binance does not answer.',
      'attention',
    ],
    ['stopping', { status: 'STOPPING' }, 'Stopping: cancels its open orders.', 'attention'],
    [
      'stopping and selling',
      { status: 'STOPPING', closeOnStop: true, position: HELD },
      'Stopping: cancels its open orders and sells what it holds.',
      'attention',
    ],
    [
      'stopped',
      { status: 'STOPPED', stoppedAtMs: Date.UTC(2026, 7, 2, 9, 5) },
      'Stopped since 2 Aug 09:05 UTC.',
      'quiet',
    ],
    [
      'stopped with a position',
      { status: 'STOPPED', position: HELD },
      'Stopped; it still holds 0.5 SOL.',
      'attention',
    ],
    [
      'halted',
      { status: 'HALTED', error: 'It lost 1.27 % today' },
      'Halted: It lost 1.27 % today.',
      'attention',
    ],
    ['failed', { status: 'ERROR' }, 'Failed.', 'bad'],
  ])('%s', (...[, change, state, tone]) => {
    expect(describeState(botRun(change))).toEqual({ state, tone });
  });

  it('takes a rest too small to sell for flat', () => {
    const rest = { ...HELD, quantity: money('0.00001'), openedAtMs: null };
    expect(describeState(botRun({ status: 'STOPPED', position: rest })).state).toBe('Stopped.');
  });
});

describe('listExitPrices', () => {
  it('takes stop and target from the entry, the trailing stop from the highest price', () => {
    const risk = { stop_loss_pct: '2.5', take_profit_pct: 10, trailing_stop_pct: '10' };
    expect(
      listExitPrices(botRun({ position: HELD, risk })).map(({ label, price }) => [label, price.toFixed()]),
    ).toEqual([
      ['Stop', '97.5'],
      ['Trailing stop', '108'],
      ['Target', '110'],
    ]);
  });

  it('is empty when flat', () => {
    expect(listExitPrices(botRun({ position: FLAT, risk: { stop_loss_pct: 5 } }))).toEqual([]);
  });
});
