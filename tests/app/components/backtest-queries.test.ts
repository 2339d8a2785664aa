import { describe, expect, it } from 'vitest';
import { toBacktestInput, toBotQuery, toRerunQuery } from '../../../app/components/backtest-form-input.ts';
import { toStartInput } from '../../../app/components/bot-form-input.ts';
import { toValues } from '../../../app/components/form-values.ts';
import { startBacktestInput, type BacktestView } from '../../../app/schemas/backtests.ts';
import { startBasketInput, startBotInput } from '../../../app/schemas/bots.ts';

const ROI = [
  { after_candles: 0, profit_pct: '4' },
  { after_candles: 60, profit_pct: '1' },
];

const view = (change: Partial<BacktestView> = {}): BacktestView => ({
  ...{ id: 'a', name: 'A', status: 'done', progress: 1, problem: null },
  ...{ strategy: 'RSI_CROSS', strategyTitle: 'RSI cross', keepsOrders: false, params: { rsi_period: 7 } },
  ...{ venue: 'demo', venueName: 'Demo market', symbols: ['BTC/USDT'], quote: 'USDT', timeframe: '1h' },
  ...{ detailTimeframe: '5m', fromTime: '2024-01-01T00:00:00.000Z', toTime: '2024-02-01T00:00:00.000Z' },
  ...{ initialBalance: '1000', stake: 'all', sizing: null, maxOpen: null, fee: '0.001', makerFee: '0.0005' },
  ...{ slippage: '0.0002', risk: { stop_loss_pct: '3', roi_table: ROI } },
  ...{ lotSize: null, tickSize: null, minNotional: null, fetchesMissing: true, source: null },
  ...{ metrics: null, bySymbol: null, bias: null, candles: null, elapsedMs: null },
  ...{ createdAt: '2024-07-01T00:00:00.000Z', startedAt: null, finishedAt: null },
  ...change,
});

const valuesOf = (query: string) => toValues(new URLSearchParams(query));

describe('the way from a backtest to a form', () => {
  it('keeps every step of a ROI table, and all else, for a bot', () => {
    const input = startBotInput.parse(toStartInput(valuesOf(toBotQuery(view()))));
    expect(input).toMatchObject({
      ...{ strategy: 'RSI_CROSS', symbol: 'BTC/USDT', timeframe: '1h', params: { rsi_period: '7' } },
      ...{ sizing: { type: 'equity_fraction', value: '1' }, initial_balance: '1000' },
      risk: { stop_loss_pct: '3', roi_table: ROI },
    });
  });

  it('makes a basket of several markets, with their limit and the size of a bot', () => {
    const sizing = { type: 'equity_fraction' as const, value: '0.25' };
    const several = view({ symbols: ['BTC/USDT', 'ETH/USDT'], maxOpen: 1, sizing });
    const input = startBasketInput.parse(toStartInput(valuesOf(toBotQuery(several))));
    expect(input).toMatchObject({ symbols: ['BTC/USDT', 'ETH/USDT'], max_open_positions: 1, sizing });
  });

  it('asks the same again', () => {
    const sizing = { type: 'equity_fraction' as const, value: '0.25' };
    const asked = view({ symbols: ['BTC/USDT', 'ETH/USDT'], maxOpen: 2, sizing });
    const input = startBacktestInput.parse(toBacktestInput(valuesOf(toRerunQuery(asked))));
    expect(input).toMatchObject({
      ...{ symbols: asked.symbols, max_open_positions: 2, timeframe: '1h', detail_timeframe: '5m', sizing },
      ...{ from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 1, 1), fee: '0.001', maker_fee: '0.0005' },
      ...{ slippage: '0.0002', initial_balance: '1000', market_rules: false, fetch_missing: true },
      risk: { stop_loss_pct: '3', roi_table: ROI },
    });
    expect(input.stake).toBeUndefined();
  });
});
