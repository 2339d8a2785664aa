import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { FLAT } from '../../../../jobs/trading/portfolio/ledger.ts';
import type { SlotOrder } from '../../../../jobs/trading/portfolio/plan-orders.ts';
import { wantedStop, type StopScene } from '../../../../jobs/trading/portfolio/wanted-stop.ts';
import type { RiskSettings } from '../../../../jobs/trading/types.ts';
import { holding } from '../../../support/bot-states.ts';
import { btcUsdt } from '../../../support/markets.ts';

const LOSS: RiskSettings = { stopLossPct: money(5) };
const TRAIL: RiskSettings = { trailingStopPct: money(2) };

const restingAt = (stopPrice: string, quantity = '0.5'): SlotOrder => ({
  id: 'resting',
  slot: 'stop',
  side: 'SELL',
  type: 'stop',
  quantity: money(quantity),
  filledQuantity: money(0),
  limitPrice: null,
  stopPrice: money(stopPrice),
  timeInForce: null,
  isPostOnly: false,
});

function wanted(scene: Partial<StopScene>): string {
  const stop = wantedStop({
    position: holding('0.5', '50000'),
    risk: LOSS,
    market: btcUsdt(),
    price: money(50_000),
    resting: undefined,
    ...scene,
  });
  return stop ? `${stop.reason} ${stop.quantity.toFixed()} at ${stop.stopPrice?.toFixed() ?? ''}` : 'none';
}

describe('the stop that is to rest on the exchange', () => {
  it('is the stop-loss, for all that is held, down to the lot and the tick', () => {
    expect(wanted({})).toBe('stop_loss 0.5 at 47500');
    expect(wanted({ position: holding('0.123456789', '50000.01') })).toBe('stop_loss 0.12345 at 47500');
  });

  it('is the higher of stop-loss and trailing stop', () => {
    const both = { ...LOSS, ...TRAIL };
    expect(wanted({ risk: both, position: holding('0.5', '50000', '52000'), price: money(51_900) })).toBe(
      'trailing_stop 0.5 at 50960',
    );
    expect(wanted({ risk: { ...both, trailingStopPct: money(10) } })).toBe('stop_loss 0.5 at 47500');
  });

  it('is none while the bot is flat, holds too little to sell, or has no stop', () => {
    expect(wanted({ position: FLAT })).toBe('none');
    expect(wanted({ position: holding('0.00005', '50000') })).toBe('none');
    expect(wanted({ risk: {} })).toBe('none');
  });

  it('is none at a price that has reached it already: the exchange would refuse it', () => {
    expect(wanted({ price: money(47_500) })).toBe('none');
    expect(wanted({ price: money('47500.01') })).toBe('stop_loss 0.5 at 47500');
  });

  it.each([
    ['50000', '48960', 'trailing_stop 0.5 at 48960'],
    ['50049', '49000', 'trailing_stop 0.5 at 49000'],
    ['50051', '49000', 'trailing_stop 0.5 at 49049.98'],
  ])('follows a high of %s from %s in steps of 0.1 %%', (high, resting, expected) => {
    const position = holding('0.5', '50000', high);
    expect(wanted({ risk: TRAIL, position, price: money(high), resting: restingAt(resting) })).toBe(expected);
  });

  it('takes the new quantity even where the price of the one that rests may stay', () => {
    expect(wanted({ position: holding('0.7', '50000'), resting: restingAt('47500', '0.5') })).toBe(
      'stop_loss 0.7 at 47500',
    );
  });

  it('leaves one that rests where it is once the price has reached the new level', () => {
    const position = holding('0.5', '50000', '52000');
    expect(wanted({ risk: TRAIL, position, price: money(50_900), resting: restingAt('49000') })).toBe(
      'trailing_stop 0.5 at 49000',
    );
  });
});
