import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { findExit, listExitLevels } from '../../../../jobs/trading/risk/exits.ts';
import { FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import { timeframeMs } from '../../../../jobs/trading/timeframe.ts';
import type { Position, RiskSettings } from '../../../../jobs/trading/types.ts';
import { holding } from '../../../support/bot-states.ts';

/** At a price, `age` candles of 5m after the entry. */
function exitAt(...trade: [position: Position, price: string | number, risk: RiskSettings, age?: number]) {
  const [position, price, risk, age = 1] = trade;
  const nowMs = (position.openedAtMs ?? 0) + age * timeframeMs('5m');
  return findExit({ position, price: money(price), risk, timeframe: '5m', nowMs });
}

const stop: RiskSettings = { stopLossPct: money(5) };
const target: RiskSettings = { takeProfitPct: money(10) };
const trail: RiskSettings = { trailingStopPct: money(2) };

describe('exits of a trade entered at 100 that has been at 120', () => {
  const position = holding('1', '100', '120');

  it.each([
    // settings, price, what happens
    ['stop 5 %', stop, '95.01', null],
    ['stop 5 %', stop, '95', 'stop_loss'],
    ['stop 5 %', stop, '50', 'stop_loss'],
    ['target 10 %', target, '109.99', null],
    ['target 10 %', target, '110', 'take_profit'],
    ['trail 2 %', trail, '117.61', null],
    ['trail 2 %', trail, '117.6', 'trailing_stop'],
    ['stop and trail', { ...stop, ...trail }, '90', 'stop_loss'],
    ['trail and target', { ...target, ...trail }, '115', 'trailing_stop'],
    ['none', {}, '1', null],
  ] as const)('%s, price %s: %s', (...row) => {
    const [, risk, price, reason] = row;
    expect(exitAt(position, price, risk)?.reason ?? null).toBe(reason);
  });

  it('say the figures', () => {
    expect(exitAt(position, 94, stop)).toEqual({
      reason: 'stop_loss',
      triggerPrice: money(95),
      detail: 'Price 94 reached the stop-loss 95, 5 % below the entry at 100.',
    });
    expect(exitAt(position, 111, target)?.detail).toBe(
      'Price 111 reached the take-profit 110, 10 % above the entry at 100.',
    );
    expect(exitAt(position, 117, trail)?.detail).toBe(
      'Price 117 reached the trailing stop 117.6, 2 % below the high of 120.',
    );
  });

  it('leave alone what is flat or only a rest too small to sell', () => {
    expect(exitAt({ ...position, openedAtMs: null }, 1, stop)).toBeNull();
  });
});

describe('an ROI table of 5 % at once, 2 % from candle 10 and 0 % from candle 20, entered at 100', () => {
  const position = holding('1', '100');
  const steps = [
    { afterCandles: 20, profitPct: money(0) },
    { afterCandles: 0, profitPct: money(5) },
    { afterCandles: 10, profitPct: money(2) },
  ];

  it.each([
    // candles since the entry, price, what happens
    [0, '104.99', null],
    [0, '105', 'roi'],
    [9, '102', null],
    [10, '101.99', null],
    [10, '102', 'roi'],
    [19, '100', null],
    [20, '99.99', null],
    [20, '100', 'roi'],
  ])('%i candles old at %s: %s', (age, price, reason) => {
    expect(exitAt(position, price, { roiTable: steps }, age)?.reason ?? null).toBe(reason);
  });

  it('says the figures', () => {
    expect(exitAt(position, '103', { roiTable: steps }, 12)?.detail).toBe(
      'Price 103 reached 102 at 12 candles: 2 % is enough from candle 10 on.',
    );
  });

  it('asks for nothing before its first step', () => {
    expect(exitAt(position, '500', { roiTable: steps.slice(0, 1) }, 19)).toBeNull();
  });
});

describe('a time exit after 12 candles', () => {
  const position = holding('1', '100');

  it.each([
    // candles since the entry, price, what happens
    [11, '100', null],
    [12, '100', 'time_exit'],
    [12, '50', 'time_exit'],
    [500, '100', 'time_exit'],
  ])('%i candles old at %s: %s', (age, price, reason) => {
    expect(exitAt(position, price, { timeExitCandles: 12 }, age)?.reason ?? null).toBe(reason);
  });

  it('comes after the stop where both are reached', () => {
    expect(exitAt(position, '90', { ...stop, timeExitCandles: 12 }, 12)?.reason).toBe('stop_loss');
  });
});

describe('the levels of an open trade', () => {
  it('are the very prices at which the rules sell', () => {
    const position = holding('1', '100', '120');
    const risk = { ...stop, ...target, ...trail };
    const levels = listExitLevels({ position, risk, timeframe: '5m', nowMs: 2 });
    expect(levels.map(({ label, price }) => `${label} ${price.toString()}`)).toEqual([
      'Stop 95',
      'Trailing stop 117.6',
      'Target 110',
    ]);
    for (const { price, kind } of levels.slice(0, 2)) {
      expect(kind).toBe('stop');
      expect(exitAt(position, price.toString(), risk)).not.toBeNull();
    }
  });

  it('are none without a trade', () => {
    expect(listExitLevels({ position: FLAT, risk: stop, timeframe: '5m', nowMs: 2 })).toEqual([]);
  });
});
