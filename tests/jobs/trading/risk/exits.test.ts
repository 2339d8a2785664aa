import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { findExit } from '../../../../jobs/trading/risk/exits.ts';
import type { RiskSettings } from '../../../../jobs/trading/types.ts';
import { holding } from '../../../support/bot-states.ts';

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
    expect(findExit(position, money(price), risk)?.reason ?? null).toBe(reason);
  });

  it('say the figures', () => {
    expect(findExit(position, money(94), stop)).toEqual({
      reason: 'stop_loss',
      triggerPrice: money(95),
      detail: 'Price 94 reached the stop-loss 95, 5 % below the entry at 100.',
    });
    expect(findExit(position, money(111), target)?.detail).toBe(
      'Price 111 reached the take-profit 110, 10 % above the entry at 100.',
    );
    expect(findExit(position, money(117), trail)?.detail).toBe(
      'Price 117 reached the trailing stop 117.6, 2 % below the high of 120.',
    );
  });

  it('leave alone what is flat or only a rest too small to sell', () => {
    expect(findExit({ ...position, openedAtMs: null }, money(1), stop)).toBeNull();
  });
});
