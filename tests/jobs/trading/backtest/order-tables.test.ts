import { describe, expect, it } from 'vitest';
import { money } from '../../../../jobs/trading/decimal.ts';
import { runTable, type Row } from '../../../support/order-tables.ts';

/** A fall through two levels, the way back, a rise through the next, and both once more. */
const WAVES: Row[] = [
  [100, 101, 99, 100],
  [100, 100, 89, 91],
  [91, 101, 91, 101],
  [101, 112, 101, 111],
  [111, 111, 95, 96],
  [96, 105, 96, 104],
];

/** 990 of 1,000 in four bands: 247.5 each. Levels 80, 90, 100, 110, 120. */
const GRID = { lower_price: 80, upper_price: 120, levels: 5, spacing: 'arithmetic' };

describe('a grid on a candle table', () => {
  it('buys once for the levels above, then at each level below, and sells each one level higher', () => {
    const { table } = runTable('GRID', { params: GRID, rows: WAVES });
    expect(table).toEqual([
      ['buys 4.725 @ 100', 'sells 2.2477 @ 120, sells 2.4725 @ 110, buys 2.75 @ 90, buys 3.0937 @ 80'],
      ['buys 2.75 @ 90', 'sells 2.2477 @ 120, sells 2.4725 @ 110, sells 2.7472 @ 100, buys 3.0937 @ 80'],
      ['sells 2.7472 @ 100', 'sells 2.2477 @ 120, sells 2.4725 @ 110, buys 2.75 @ 90, buys 3.0937 @ 80'],
      ['sells 2.4725 @ 110', 'sells 2.2477 @ 120, buys 2.475 @ 100, buys 2.75 @ 90, buys 3.0937 @ 80'],
      ['buys 2.475 @ 100', 'sells 2.2477 @ 120, sells 2.4725 @ 110, buys 2.75 @ 90, buys 3.0937 @ 80'],
      ['', 'sells 2.2477 @ 120, sells 2.4725 @ 110, buys 2.75 @ 90, buys 3.0937 @ 80'],
    ]);
  });

  it('pays the fee of the market for what it buys at once, and the fee of makers for what rested', () => {
    const { run } = runTable('GRID', { params: GRID, rows: WAVES, makerFee: money('0.0002') });
    const paid = run.fills.slice(0, 3).map(({ fill }) => {
      const worth = fill.price.times(fill.quantity);
      return [fill.side, fill.feeQuote.div(worth).toFixed()];
    });
    expect(paid).toEqual([
      ['BUY', '0.001'],
      ['BUY', '0.0002'],
      ['SELL', '0.0002'],
    ]);
  });

  it('spaces levels by the same per cent where that is asked for', () => {
    const params = { ...GRID, lower_price: 64, upper_price: 156.25, spacing: 'geometric' };
    const { table } = runTable('GRID', { params, rows: [[100, 100, 100, 100]] });
    expect(table[0]?.[1]).toBe(
      'sells 1.978 @ 156.25, sells 2.4725 @ 125, buys 3.0937 @ 80, buys 3.8671 @ 64',
    );
  });

  it('moves up by one level a step above its top, and at its stop cancels all, sells all and ends', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [100, 135, 100, 134],
      [134, 134, 118, 119],
      [119, 119, 70, 72],
      [72, 90, 72, 90],
    ];
    const { table, run } = runTable('GRID', { params: { ...GRID, stop_price: 75, trails_up: true }, rows });
    expect(table).toEqual([
      ['buys 4.725 @ 100', 'sells 2.2477 @ 120, sells 2.4725 @ 110, buys 2.75 @ 90, buys 3.0937 @ 80'],
      [
        'sells 2.4725 @ 110, sells 2.2477 @ 120',
        'buys 2.0625 @ 120, buys 2.25 @ 110, buys 2.475 @ 100, buys 2.75 @ 90',
      ],
      ['buys 2.0625 @ 120', 'sells 2.0604 @ 130, buys 2.25 @ 110, buys 2.475 @ 100, buys 2.75 @ 90'],
      ['buys 2.25 @ 110, buys 2.475 @ 100, buys 2.75 @ 90, sells 9.528 @ 75', ''],
      ['', ''],
    ]);
    expect(run.done).toContain('the price reached its stop');
  });

  it('fills at its limit where the open is beyond it, and nothing that was placed inside the same candle', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [85, 101, 79, 101],
    ];
    const { table } = runTable('GRID', { params: GRID, rows });
    expect(table[1]).toEqual([
      'buys 2.75 @ 90, buys 3.0937 @ 80',
      'sells 2.2477 @ 120, sells 2.4725 @ 110, sells 2.7472 @ 100, sells 3.0906 @ 90',
    ]);
  });

  it('ends with all sold once its profit suffices', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [100, 109, 100, 109],
    ];
    const { run, table } = runTable('GRID', { params: { ...GRID, take_profit_pct: 2 }, rows });
    expect(table[1]).toEqual(['sells 4.7202 @ 104.34', '']);
    expect(run.done).toContain('its profit was reached');
  });

  it('refuses steps that fees eat up, with the figures', () => {
    const params = { ...GRID, lower_price: 99.5, upper_price: 100.5, levels: 11 };
    const begin = () => runTable('GRID', { params, rows: WAVES });
    expect(begin).toThrow(/smallest step is 0\.1 %, and buying and selling costs 0\.2 % in fees/);
  });

  it.each([
    [{ lower_price: 101 }, /at or below the grid/],
    [{ upper_price: 99 }, /at or above the grid/],
    [{ lower_price: 130 }, /must be below the upper one/],
    [{ stop_price: 80 }, /must be below the lowest level/],
    [{ levels: 101 }, /would buy too little/],
  ])('refuses %o, and says why', (change, message) => {
    const begin = () =>
      runTable('GRID', { params: { ...GRID, ...change }, rows: WAVES, minNotional: money(50) });
    expect(begin).toThrow(message);
  });
});

describe('deals on a candle table', () => {
  it('buys, buys more below, and sells all of it above the average price', () => {
    const params = { deviation_pct: 5, safety_orders: 2, take_profit_pct: 5, volume_scale: 2 };
    const { table } = runTable('DCA', { params, rows: WAVES });
    expect(table).toEqual([
      // 990 in four parts: 1 + 1 + 2.
      ['buys 2.475 @ 100', 'sells 2.4725 @ 105, buys 2.6052 @ 95, buys 5.5 @ 90'],
      // The average is 93.57, and 5 % above it 98.25.
      ['buys 2.6052 @ 95, buys 5.5 @ 90', 'sells 10.5696 @ 98.25'],
      ['sells 10.5696 @ 98.25', 'buys 2.519 @ market'],
      ['buys 2.519 @ 101', 'sells 2.5165 @ 106.05, buys 2.5794 @ 95.95, buys 5.4455 @ 90.9'],
      ['sells 2.5165 @ 106.05', 'buys 2.2297 @ market'],
      ['buys 2.2297 @ 96', 'sells 2.2274 @ 100.8, buys 2.7138 @ 91.2, buys 5.7291 @ 86.4'],
    ]);
  });

  it('sells at its stop-loss, pauses, and leaves out a safety order that the rest of the money does not pay for', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [100, 100, 94, 95],
      [95, 95, 80, 81],
      [81, 82, 80, 81],
      [81, 82, 80, 81],
      [81, 81, 81, 81],
      [81, 86, 81, 86],
    ];
    const params = {
      deviation_pct: 5,
      safety_orders: 1,
      take_profit_pct: 5,
      stop_loss_pct: 10,
      cooldown_minutes: 2,
    };
    const { table } = runTable('DCA', { params, rows });
    expect(table).toEqual([
      ['buys 4.95 @ 100', 'sells 4.945 @ 105, buys 5.2105 @ 95'],
      ['buys 5.2105 @ 95', 'sells 10.1503 @ 102.31'],
      ['sells 10.1503 @ 87.69', ''],
      ['', ''],
      ['', 'buys 6.1111 @ market'],
      ['buys 6.1111 @ 81', 'sells 6.105 @ 85.05'],
      ['sells 6.105 @ 85.05', ''],
    ]);
  });

  it('begins with a limit at the price of the moment where that is asked for, and ends after its last deal', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [101, 101, 99, 100],
      [100, 106, 100, 106],
      [106, 107, 106, 107],
    ];
    const params = { base_order: 'limit', safety_orders: 0, take_profit_pct: 5, max_deals: 1 };
    const { table, run } = runTable('DCA', { params, rows });
    expect(table.map(([fills]) => fills)).toEqual(['buys 9.9 @ 100', '', 'sells 9.8901 @ 105', '']);
    expect(run.done).toBe('All 1 deals are done.');
  });

  it('begins a deal at the close where the RSI crosses, once for each crossing', () => {
    const rows: Row[] = [
      [100, 100, 100, 100],
      [100, 102, 100, 102],
      [102, 103, 102, 103],
      // RSI(2) 50, and then 0: it falls through 20.
      [103, 103, 102, 102],
      [102, 102, 98, 98],
      [98, 101, 97, 97],
      // Sold, and the RSI is still below: nothing crosses.
      [97, 100, 96, 96],
      [96, 99, 96, 99],
      [99, 99, 98, 98],
      [98, 98, 95, 95],
      [95, 95, 95, 95],
    ];
    const params = {
      start: 'rsi_below',
      rsi_period: 2,
      rsi_level: 20,
      safety_orders: 0,
      take_profit_pct: 1.5,
    };
    const { table } = runTable('DCA', { params, rows });
    expect(table).toEqual([
      ['', ''],
      ['', ''],
      ['', ''],
      ['', ''],
      ['', 'buys 10.102 @ market'],
      ['buys 10.102 @ 98', 'sells 10.0918 @ 99.47'],
      ['sells 10.0918 @ 99.47', ''],
      ['', ''],
      ['', ''],
      ['', 'buys 10.421 @ market'],
      ['buys 10.421 @ 95', 'sells 10.4106 @ 96.43'],
    ]);
  });

  it('refuses a profit that fees eat up, and a deal that costs more than there is', () => {
    const begin = (params: Record<string, unknown>, stake: 'all' | ReturnType<typeof money> = 'all') =>
      runTable('DCA', { params, rows: WAVES, stake });
    expect(() => begin({ take_profit_pct: 0.2 })).toThrow(
      /costs up to 0\.2 % in fees: a profit of 0\.2 % earns nothing/,
    );
    expect(() => begin({ volume_scale: 2 }, money(100))).toThrow(
      /A full deal needs 3,200 B; the balance is 1,000/,
    );
    expect(() => begin({ step_scale: 5 })).toThrow(/Only 3 of 5 safety orders are above a price of 0/);
  });
});
