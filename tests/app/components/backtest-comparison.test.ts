import { describe, expect, it } from 'vitest';
import { listDifferences, listFigures, sayUnlike } from '../../../app/components/backtest-comparison-rows.ts';
import type { ComparedBacktest } from '../../../app/schemas/backtests.ts';
import type { MetricsReport } from '../../../jobs/trading/backtest/report.ts';

const METRICS: MetricsReport = {
  ...{ initial_balance: 1_000, final_balance: 1_100, net_profit: 100, total_return: 0.1, cagr: 0.2 },
  ...{ sharpe: 1, sortino: 1.5, calmar: 2, max_drawdown: 0.1, max_drawdown_amount: 100 },
  ...{ max_drawdown_from: '2024-01-02T00:00:00.000Z', max_drawdown_to: '2024-01-09T00:00:00.000Z' },
  ...{ max_drawdown_recovered: null, max_drawdown_days: 7, trades: 40, wins: 20, losses: 20 },
  ...{ win_rate: 0.5, average_win: 10, average_loss: -5, largest_win: 30, largest_loss: -9 },
  ...{ profit_factor: 2, expectancy: 2.5, sqn: 2, fees: 12, exposure: 0.4, buy_and_hold: 0.05 },
  ...{ versus_buy_and_hold: 0.05, days: 180, monthly_returns: [] },
};

function compared(
  change: Partial<ComparedBacktest['backtest']> = {},
  metrics: Partial<MetricsReport> = {},
): ComparedBacktest {
  return {
    timeMs: [],
    gain: [],
    backtest: {
      ...{ id: 'a', name: 'A', status: 'done', progress: 1, problem: null },
      ...{ strategy: 'RSI_CROSS', strategyTitle: 'RSI cross', keepsOrders: false },
      ...{ params: { rsi_period: 14, oversold: 30 }, venue: 'demo', venueName: 'Demo market' },
      ...{ symbols: ['BTC/USDT'], quote: 'USDT', timeframe: '1h', detailTimeframe: null },
      ...{ fromTime: '2024-01-01T00:00:00.000Z', toTime: '2024-07-01T00:00:00.000Z' },
      ...{ initialBalance: '1000', stake: 'all', sizing: null, maxOpen: null, fee: '0.001' },
      ...{ makerFee: '0.001', slippage: '0', risk: {}, lotSize: null, tickSize: null, minNotional: null },
      ...{ fetchesMissing: true, source: null, bySymbol: null, bias: null, candles: 4_368, elapsedMs: 5 },
      ...{ createdAt: '2024-07-01T00:00:00.000Z', startedAt: null, finishedAt: null },
      ...change,
      metrics: { ...METRICS, ...metrics },
    },
  };
}

const figure = (all: ComparedBacktest[], label: string) =>
  listFigures(all).find((row) => row.label.startsWith(label));

describe('a comparison of backtests', () => {
  it('lists the settings that differ, and no other', () => {
    const other = compared({
      params: { rsi_period: 7, oversold: 30 },
      risk: { stop_loss_pct: '3' },
      stake: '100',
    });
    expect(
      listDifferences([compared(), other], { rsi_period: 'RSI period' }).map(({ label, texts }) => [
        label,
        ...texts,
      ]),
    ).toEqual([
      ['RSI period', '14', '7'],
      ['Each buy spends', 'the whole balance', '100.00 USDT'],
      ['Stop-loss', null, '3.00\u00a0%'],
    ]);
    expect(listDifferences([compared(), compared()], {})).toEqual([]);
  });

  it('names the better by each figure: more of a gain, less of a fall', () => {
    const pair = [compared({}, { total_return: 0.3, max_drawdown: 0.2 }), compared()];
    expect(figure(pair, 'Result')?.best).toBe(0);
    expect(figure(pair, 'Worst fall')?.best).toBe(1);
    expect(figure(pair, 'Worst fall')?.texts[0]).toBe('20.00\u00a0%, 2 Jan 2024 to 9 Jan 2024');
  });

  it('names none where two are alike, where one has no such figure, or where more is neither', () => {
    const all = [compared({}, { sortino: null, trades: 90 }), compared(), compared()];
    expect(['Sharpe', 'Sortino', 'Trades'].map((label) => figure(all, label)?.best)).toEqual([-1, -1, -1]);
  });

  it('holds amounts against each other only where all began with the same', () => {
    const poor = compared({}, { initial_balance: 100, expectancy: 0.25, total_return: 0.2 });
    expect(figure([compared(), poor], 'Expectancy')?.best).toBe(-1);
    expect(figure([compared(), poor], 'Result')?.best).toBe(1);
    expect(figure([compared(), compared({}, { expectancy: 1 })], 'Expectancy')?.best).toBe(0);
  });

  it('warns where markets or periods are not the same', () => {
    expect(sayUnlike([compared(), compared()])).toBeNull();
    expect(sayUnlike([compared(), compared({ symbols: ['ETH/USDT'] })])).toContain('different markets:');
    const later = compared({ fromTime: '2024-02-01T00:00:00.000Z', symbols: ['ETH/USDT'] });
    expect(sayUnlike([compared(), later])).toContain('different periods and markets:');
  });
});
