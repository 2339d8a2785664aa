import { describe, expect, it } from 'vitest';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import { replayAsBacktest, replayOnPaper } from '../../support/order-replay.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_5m');
const [first] = FILE ? readCandleFile(FILE, { from: 20_000, limit: 1 }) : [];
const start = first?.open ?? NaN;

const PLANS = [
  {
    name: 'a geometric grid',
    strategy: 'GRID',
    params: {
      lower_price: Math.round(start * 0.96),
      upper_price: Math.round(start * 1.04),
      levels: 17,
      spacing: 'geometric',
    },
    candles: 500,
    least: 50,
  },
  {
    name: 'deals one after another',
    strategy: 'DCA',
    params: { deviation_pct: 0.3, safety_orders: 6, volume_scale: 1.3, take_profit_pct: 0.4 },
    candles: 500,
    least: 30,
  },
  {
    name: 'deals that begin where the RSI crosses',
    strategy: 'DCA',
    params: {
      start: 'rsi_below',
      rsi_period: 7,
      rsi_level: 30,
      deviation_pct: 0.3,
      safety_orders: 3,
      step_scale: 1.5,
      take_profit_pct: 0.5,
    },
    candles: 500,
    least: 20,
  },
];

describe.skipIf(FILE === undefined)('a paper bot that keeps orders, over real candles', () => {
  it.each(PLANS)(
    'fills as its backtest does, order by order: candle, side, quantity, price and fee ($name)',
    async ({ candles: limit, least, strategy, params }) => {
      const plan = { strategy, params };
      const candles = readCandleFile(FILE ?? '', { from: 20_000, limit });
      const expected = replayAsBacktest(plan, candles);
      const made = await replayOnPaper(plan, candles);
      expect(expected.length).toBeGreaterThan(least);
      expect(made).toEqual(expected);
    },
    600_000,
  );
});
