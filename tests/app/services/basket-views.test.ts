import { describe, expect, it } from 'vitest';
import { describeBasket, statusOf } from '../../../app/services/basket-views.ts';
import type { BotRun } from '../../../db/queries/bots.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { botRun } from '../../support/bot-runs.ts';

const POSITION = {
  quantity: money(1),
  cost: money(100),
  entryPrice: money(100),
  highPrice: money(100),
  openedAtMs: 1,
};
const leg = (base: string, change: Partial<BotRun> = {}) =>
  botRun({ base, symbol: `${base}/USDT`, ...change });
const halt = { atMs: 0, rule: 'max-drawdown', reason: 'Equity fell by 6 %; the limit is 5 %.' };

describe('a basket’s state in a sentence', () => {
  it.each<{ what: string; legs: BotRun[]; state: string; tone: string }>([
    { what: 'waiting', legs: [leg('BTC'), leg('ETH')], state: 'Waiting to buy.', tone: 'quiet' },
    {
      what: 'holding',
      legs: [leg('BTC', { position: POSITION }), leg('ETH'), leg('SOL', { position: POSITION })],
      state: 'Holds BTC, SOL: 2 of at most 2.',
      tone: 'good',
    },
    {
      what: 'with a pair that was stopped',
      legs: [leg('BTC'), leg('ETH', { status: 'STOPPED' })],
      state: 'Waiting to buy. Not running: ETH/USDT.',
      tone: 'attention',
    },
    {
      what: 'with a pair in trouble',
      legs: [leg('BTC'), leg('ETH', { error: 'No candles from Binance.' })],
      state: 'Waiting to buy. ETH/USDT: No candles from Binance.',
      tone: 'attention',
    },
    {
      what: 'halted',
      legs: [leg('BTC', { status: 'HALTED', halt }), leg('ETH', { status: 'HALTED', halt })],
      state: 'Halted: Equity fell by 6 %; the limit is 5 %.',
      tone: 'attention',
    },
    {
      what: 'stopped with a position',
      legs: [leg('BTC', { status: 'STOPPED', position: POSITION }), leg('ETH', { status: 'STOPPED' })],
      state: 'Stopped; it still holds BTC.',
      tone: 'attention',
    },
  ])('$what', ({ legs, state, tone }) => {
    expect(describeBasket({ legs, maxOpen: 2 })).toEqual({ state, tone });
  });

  it('runs while any pair does, and is stopped once all are', () => {
    const statuses = (...all: BotRun['status'][]) => statusOf(all.map((status) => ({ status })));
    expect(statuses('STOPPED', 'RUNNING', 'HALTED')).toBe('RUNNING');
    expect(statuses('STOPPED', 'STOPPING')).toBe('STOPPING');
    expect(statuses('STOPPED', 'HALTED')).toBe('HALTED');
    expect(statuses('STOPPED', 'STOPPED')).toBe('STOPPED');
  });
});
