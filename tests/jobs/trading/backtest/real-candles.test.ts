import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import type { BacktestSettings } from '../../../../jobs/trading/backtest/settings.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { plainBacktest, type PlainSettings, type PlainTrade } from '../../../support/plain-backtest.ts';

const YEAR = findCandleFile('BINANCE_BTC-USDT_5m_2023');
const MONTHS = findCandleFile('BINANCE_ETH-USDT_5m');
const CLASSIC: PlainSettings = {
  period: 14,
  oversold: 30,
  overbought: 70,
  fee: 0.001,
  slippage: 0,
  balance: 1_000,
};

function toSettings(plain: PlainSettings, change: Partial<BacktestSettings> = {}): BacktestSettings {
  const { period, oversold, overbought, fee, slippage, balance, stake } = plain;
  const pct = (name: string, fraction: number | undefined) =>
    fraction === undefined ? {} : { [name]: money(fraction).times(100) };
  return {
    strategy: 'RSI_CROSS',
    params: { rsi_period: period, oversold, overbought, smoothing: 'simple' },
    timeframe: '5m',
    initialBalance: money(balance),
    stake: stake === undefined ? 'all' : money(stake),
    fee: money(fee),
    slippageBps: slippage * 10_000,
    risk: {
      ...pct('stopLossPct', plain.stopLoss),
      ...pct('takeProfitPct', plain.takeProfit),
      ...pct('trailingStopPct', plain.trailingStop),
    },
    ...change,
  };
}

const FIGURES = ['entryPrice', 'exitPrice', 'quantity', 'fees', 'pnl', 'pnlPct'] as const;

/** Same trades at the same times for the same reason; figures to 1e-9 of what the trade moved. */
function expectSame(actual: PlainTrade[], expected: PlainTrade[]): void {
  const when = ({ entryTimeMs, exitTimeMs, exitReason }: PlainTrade) => [entryTimeMs, exitTimeMs, exitReason];
  expect(actual.map(when)).toEqual(expected.map(when));
  const far = expected.flatMap((trade, at) => {
    const moved = trade.quantity * trade.exitPrice;
    const scale = {
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice,
      quantity: trade.quantity,
      pnlPct: 100,
    };
    return FIGURES.filter((name) => {
      const size = name in scale ? scale[name as keyof typeof scale] : moved;
      return !(Math.abs(actual[at]![name] - trade[name]) <= size * 1e-9);
    }).map((name) => ({ at, name, actual: actual[at]![name], expected: trade[name] }));
  });
  expect(far).toEqual([]);
}

describe.skipIf(!YEAR || !MONTHS)('trades on real candles', () => {
  const year = YEAR ? toCandles(readCandleFile(YEAR)) : toCandles([]);
  const months = MONTHS ? toCandles(readCandleFile(MONTHS)) : toCandles([]);

  it.each<[what: string, change: Partial<PlainSettings>, atLeast: number]>([
    ['the classic levels', {}, 1_100],
    ['a fixed stake', { stake: 100, balance: 100_000 }, 1_100],
    ['a stake beyond the balance, and slippage', { stake: 5_000, slippage: 0.0005 }, 1_100],
    ['a short period', { period: 5, oversold: 20, overbought: 80 }, 1_100],
    ['a stop-loss', { stopLoss: 0.01 }, 1_100],
    ['a stop-loss and a take-profit', { stopLoss: 0.02, takeProfit: 0.015, slippage: 0.0003 }, 1_100],
    ['a trailing stop', { trailingStop: 0.01 }, 1_100],
    ['all three, tight', { stopLoss: 0.004, takeProfit: 0.005, trailingStop: 0.003, fee: 0.00075 }, 1_100],
  ])('equal an independent implementation with %s', (_, change, atLeast) => {
    const plain = { ...CLASSIC, ...change };
    for (const candles of [year, months]) {
      const ours = simulate([{ symbol: 'A/B', candles }], toSettings(plain));
      const theirs = plainBacktest(candles, plain);
      expectSame(ours.trades, theirs.trades);
      const difference = ours.curve.equity.map((value, at) => Math.abs(value / theirs.equity[at]! - 1));
      expect(Math.max(...difference.subarray(0, 50_000))).toBeLessThan(1e-9);
      expect(Math.max(...difference.subarray(50_000))).toBeLessThan(1e-9);
      expect(ours.trades.length).toBeGreaterThan(candles === year ? atLeast : 700);
    }
  });

  it('are the same on doubles and on exact decimals', () => {
    const candles = sliceCandles(year, 0, 30_000);
    for (const change of [{}, { stopLoss: 0.01, takeProfit: 0.02, trailingStop: 0.008, slippage: 0.0005 }]) {
      const settings = toSettings({ ...CLASSIC, ...change });
      const [float, exact] = (['float', 'exact'] as const).map(
        (arithmetic) => simulate([{ symbol: 'A/B', candles }], { ...settings, arithmetic }).trades,
      );
      expect(exact!.length).toBeGreaterThan(300);
      expectSame(float!, exact!);
    }
  });

  it('are the same on doubles and on exact decimals with lots, ticks and rules', () => {
    const candles = sliceCandles(year, 0, 30_000);
    const settings = toSettings(CLASSIC, {
      lotSize: money('0.00001'),
      tickSize: money('0.01'),
      minNotional: money(5),
      slippageBps: 3,
      risk: {
        stopLossPct: money('1.5'),
        cooldownCandles: 12,
        maxTradesPerDay: 4,
        timeExitCandles: 90,
        maxPositionQuote: money(700),
        maxDailyLossPct: money(2),
        roiTable: [
          { afterCandles: 0, profitPct: money(3) },
          { afterCandles: 60, profitPct: money('0.5') },
        ],
      },
    });
    const [float, exact] = (['float', 'exact'] as const).map(
      (arithmetic) => simulate([{ symbol: 'A/B', candles }], { ...settings, arithmetic }).trades,
    );
    const reasons = new Set(exact!.map(({ exitReason }) => exitReason));
    expect([...reasons].filter((reason) => reason !== 'end').sort()).toEqual([
      'roi',
      'signal',
      'stop_loss',
      'time_exit',
    ]);
    expectSame(float!, exact!);
  });

  it('of one pair among others are those of the pair alone where there is money for all', () => {
    const rich = toSettings({ ...CLASSIC, stake: 100, balance: 1_000_000 });
    const files = ['SOL', 'XRP', 'LTC'].map((coin) => findCandleFile(`BINANCE_${coin}-USDT_5m`) ?? '');
    const pairs = files.map((file, at) => ({
      symbol: `C${at}/USDT`,
      candles: toCandles(readCandleFile(file, { limit: 20_000 })),
    }));
    const together = simulate(pairs, rich);
    for (const pair of pairs) {
      const own = together.trades.filter(({ symbol }) => symbol === pair.symbol);
      expectSame(own, simulate([pair], rich).trades);
    }
    expect(together.trades.map(({ exitTimeMs }) => exitTimeMs)).toEqual(
      together.trades.map(({ exitTimeMs }) => exitTimeMs).sort((a, b) => a - b),
    );
  });
});
