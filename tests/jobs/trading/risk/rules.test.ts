import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { lossStreak } from '../../../../jobs/trading/risk/loss-streak.ts';
import { maxDrawdown } from '../../../../jobs/trading/risk/max-drawdown.ts';
import { minConfidence } from '../../../../jobs/trading/risk/min-confidence.ts';
import { cooldown } from '../../../../jobs/trading/risk/cooldown.ts';
import { maxDailyLoss } from '../../../../jobs/trading/risk/max-daily-loss.ts';
import { maxPosition } from '../../../../jobs/trading/risk/max-position.ts';
import { maxTradesPerDay } from '../../../../jobs/trading/risk/max-trades-per-day.ts';
import type { Entry } from '../../../../jobs/trading/risk/rule.ts';
import { applyEntryRules, judgeEntry } from '../../../../jobs/trading/risk/rules.ts';
import type { BotState, RiskSettings } from '../../../../jobs/trading/types.ts';
import { freshState, holding } from '../../../support/bot-states.ts';
import { btcUsdt } from '../../../support/markets.ts';

const noon = Date.UTC(2024, 4, 6, 12);
const midnight = Date.UTC(2024, 4, 7);

/** An entry of 0.01 BTC at 50,000: 500 USDT, on the candle 11:55, decided at noon. */
function entry(risk: RiskSettings, state: Partial<BotState> = {}, change: Partial<Entry> = {}): Entry {
  return {
    quantity: money('0.01'),
    price: money(50_000),
    market: btcUsdt(),
    state: freshState(state),
    risk,
    timeframe: '5m',
    confidence: 0.6,
    candleTimeMs: noon - 300_000,
    nowMs: noon,
    ...change,
  };
}

describe('the daily loss limit of 5 %', () => {
  const risk = { maxDailyLossPct: money(5) };

  it.each([
    // realised in all, realised today, outcome: 5 % of what was owned at midnight
    ['0', '0', 'allow'],
    ['30', '30', 'allow'],
    ['-49.99', '-49.99', 'allow'],
    ['-50', '-50', 'deny'],
    ['950', '-50', 'allow'],
    ['900', '-100', 'deny'],
    ['-500', '0', 'allow'],
  ])('realised %s in all, %s today: %s', (realized, today, outcome) => {
    const state = { realizedPnl: money(realized), realizedPnlToday: money(today) };
    expect(maxDailyLoss(entry(risk, state))?.outcome).toBe(outcome);
  });

  it('denies until midnight, with the figures', () => {
    const state = { realizedPnl: money('-51.5'), realizedPnlToday: money('-51.5') };
    expect(maxDailyLoss(entry(risk, state))).toEqual({
      rule: 'max-daily-loss',
      outcome: 'deny',
      detail: 'Lost 51.5 of the 50 USDT (5 %) allowed a day: no entry before 00:00 UTC.',
      untilMs: midnight,
    });
  });
});

describe('a cooldown of 2 candles on 5m, after an exit at a loss at 12:01', () => {
  const risk = { cooldownCandles: 2 };
  const lost = { lastExitAtMs: noon + 60_000, lastExitPnl: money(-1) };
  const at = (minute: number) => ({ candleTimeMs: noon + minute * 60_000 });

  it.each([
    // open time of the deciding candle, outcome
    ['12:00', 0, 'deny'],
    ['12:05', 5, 'deny'],
    ['12:10', 10, 'allow'],
    ['12:15', 15, 'allow'],
  ])('on the candle %s', (_, minute, outcome) => {
    expect(cooldown(entry(risk, lost, at(minute)))?.outcome).toBe(outcome);
  });

  it('says which candle it is, and when it ends', () => {
    expect(cooldown(entry(risk, lost, at(5)))).toEqual({
      rule: 'cooldown',
      outcome: 'deny',
      detail: 'Cooling down after a loss: candle 2 of 2.',
      untilMs: noon + 15 * 60_000,
    });
  });

  it('follows no gain, and no first trade', () => {
    expect(cooldown(entry(risk, { ...lost, lastExitPnl: money(1) }, at(0)))?.outcome).toBe('allow');
    expect(cooldown(entry(risk, { ...lost, lastExitPnl: money(0) }, at(0)))?.outcome).toBe('allow');
    expect(cooldown(entry(risk, {}, at(0)))?.outcome).toBe('allow');
  });
});

describe('the limit of 3 trades a day', () => {
  it('denies the fourth until midnight', () => {
    const risk = { maxTradesPerDay: 3 };
    expect(maxTradesPerDay(entry(risk, { tradesToday: 2 }))?.outcome).toBe('allow');
    expect(maxTradesPerDay(entry(risk, { tradesToday: 3 }))).toEqual({
      rule: 'max-trades-per-day',
      outcome: 'deny',
      detail: 'Made 3 of 3 trades allowed a day: no entry before 00:00 UTC.',
      untilMs: midnight,
    });
  });
});

describe('the largest position', () => {
  it.each([
    // limit, what comes of 0.01 BTC at 50,000
    ['500', 'allow', undefined],
    ['499.99', 'shrink', '0.00999'],
    ['250', 'shrink', '0.005'],
    ['5', 'shrink', '0.0001'],
    ['4.99', 'deny', undefined],
  ])('of %s USDT: %s', (max, outcome, quantity) => {
    const ruled = maxPosition(entry({ maxPositionQuote: money(max) }));
    expect(ruled?.outcome).toBe(outcome);
    expect(ruled?.quantity?.toString()).toBe(quantity);
  });

  it('counts what is held', () => {
    const state = { position: holding('0.002', '50000') };
    expect(String(maxPosition(entry({ maxPositionQuote: money(400) }, state))?.quantity)).toBe('0.006');
    expect(maxPosition(entry({ maxPositionQuote: money(90) }, state))?.outcome).toBe('deny');
  });

  it('says the figures', () => {
    expect(maxPosition(entry({ maxPositionQuote: money(250) }))?.detail).toBe(
      '500 USDT is over the limit of 250 USDT: buys 0.005 BTC instead of 0.01.',
    );
  });
});

describe('the smallest confidence of 0.6', () => {
  it.each([
    [0.59, 'deny'],
    [0.6, 'allow'],
    [1, 'allow'],
  ])('a signal of %s: %s', (confidence, outcome) => {
    expect(minConfidence(entry({ minConfidence: money('0.6') }, {}, { confidence }))?.outcome).toBe(outcome);
  });

  it('says the figures', () => {
    expect(minConfidence(entry({ minConfidence: money('0.7') }))).toEqual({
      rule: 'min-confidence',
      outcome: 'deny',
      detail: 'Confidence 0.6; at least 0.7 is asked for: no entry on this signal.',
    });
  });
});

describe('the largest drawdown of 10 %, of a bot that began with 1,000', () => {
  const risk = { maxDrawdownPct: money(10) };

  it.each([
    // highest equity, realised, outcome
    ['1000', '0', 'allow'],
    ['1000', '-99.99', 'allow'],
    ['1000', '-100', 'deny'],
    ['2000', '801', 'allow'],
    ['2000', '800', 'deny'],
    ['1000', '500', 'allow'],
  ])('highest %s, realised %s: %s', (peak, realized, outcome) => {
    const state = { equityPeak: money(peak), realizedPnl: money(realized) };
    expect(maxDrawdown(entry(risk, state))?.outcome).toBe(outcome);
  });

  it('halts the bot, with the figures', () => {
    expect(maxDrawdown(entry(risk, { equityPeak: money(1_200), realizedPnl: money('50.5') }))).toEqual({
      rule: 'max-drawdown',
      outcome: 'deny',
      detail: 'Equity 1,050.50 USDT is 12.46 % below its highest, 1,200; the limit is 10 %.',
      halts: true,
    });
  });

  it('counts what is held at the price', () => {
    const state = { position: holding('0.01', '60000') };
    expect(maxDrawdown(entry(risk, state))?.outcome).toBe('deny');
  });
});

describe('a pause of 3 candles on 5m after 2 losses in a row, the last at 12:01', () => {
  const risk = { lossStreak: 2, lossStreakCandles: 3 };
  const at = (minute: number) => ({ candleTimeMs: noon + minute * 60_000 });
  const exit = { lastExitAtMs: noon + 60_000, lastExitPnl: money(-1) };

  it.each([
    // losses in a row, minutes after noon of the deciding candle, outcome
    [1, 0, 'allow'],
    [2, 0, 'deny'],
    [2, 10, 'deny'],
    [2, 15, 'allow'],
    [3, 10, 'deny'],
    [0, 0, 'allow'],
  ])('%i losses, candle %i: %s', (lossesInARow, minute, outcome) => {
    const state = { ...exit, lossStreak: lossesInARow };
    expect(lossStreak(entry(risk, state, at(minute)))?.outcome).toBe(outcome);
  });

  it('says how far it is, and when it ends', () => {
    expect(lossStreak(entry(risk, { ...exit, lossStreak: 2 }, at(5)))).toEqual({
      rule: 'loss-streak',
      outcome: 'deny',
      detail: '2 of 2 losses in a row: pauses, candle 2 of 3.',
      untilMs: noon + 20 * 60_000,
    });
  });

  it('is 24 candles where its length is left out', () => {
    const long = (minute: number) => entry({ lossStreak: 2 }, { ...exit, lossStreak: 2 }, at(minute));
    expect(lossStreak(long(23 * 5))?.outcome).toBe('deny');
    expect(lossStreak(long(24 * 5))?.outcome).toBe('allow');
  });
});

describe('all entry rules', () => {
  it('can each be heard, past a denial too', () => {
    const risk = { maxTradesPerDay: 1, maxDailyLossPct: money(5), maxPositionQuote: money(100) };
    const heard = judgeEntry(entry(risk, { tradesToday: 1 }));
    expect(heard.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'max-daily-loss allow',
      'max-trades-per-day deny',
      'max-position shrink',
    ]);
  });

  it('say nothing while they are off', () => {
    expect(applyEntryRules(entry({}))).toEqual({ quantity: money('0.01'), verdicts: [] });
  });

  it('are asked in order, and the first denial ends it', () => {
    const risk = { maxTradesPerDay: 1, maxDailyLossPct: money(5), maxPositionQuote: money(100) };
    const { quantity, verdicts } = applyEntryRules(entry(risk, { tradesToday: 1 }));
    expect(quantity).toBeNull();
    expect(verdicts.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'max-daily-loss allow',
      'max-trades-per-day deny',
    ]);
  });

  it('leave what the shrinking rule leaves, and keep no quantity in the verdict', () => {
    const { quantity, verdicts } = applyEntryRules(entry({ maxPositionQuote: money(250) }));
    expect(String(quantity)).toBe('0.005');
    expect(verdicts).toEqual([
      { rule: 'max-position', outcome: 'shrink', detail: expect.stringContaining('0.005') as unknown },
    ]);
  });
});
