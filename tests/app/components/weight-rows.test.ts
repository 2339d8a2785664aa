import { describe, expect, it } from 'vitest';
import { toStartInput } from '../../../app/components/bot-form-input.ts';
import {
  listWeightRows,
  readWeightRows,
  sayRest,
  withUsualWeights,
} from '../../../app/components/weight-rows.ts';

const SYMBOLS = { strategy: 'REBALANCE', symbol: 'BTC/USDT, eth/usdt' };
const textsOf = (values: Record<string, string>) => listWeightRows(values).map(({ text }) => text);

describe('rows of target weights', () => {
  it('are one for each symbol, with equal shares before anything was said', () => {
    expect(listWeightRows(SYMBOLS)).toEqual([
      { symbol: 'BTC/USDT', name: 'weight.BTC/USDT', text: '50' },
      { symbol: 'ETH/USDT', name: 'weight.ETH/USDT', text: '50' },
    ]);
    expect(textsOf({ symbol: 'A/X, B/X, C/X' })).toEqual(['33', '33', '33']);
    expect(listWeightRows({})).toEqual([]);
  });

  it('become the parameter in the order of the symbols, and are shown again as they were typed', () => {
    const typed = {
      ...SYMBOLS,
      'weight.ETH/USDT': ' 30 ',
      'weight.BTC/USDT': 'half',
      'params.min_trade': '5',
    };
    const read = readWeightRows(typed);
    expect(read).toEqual({
      ...SYMBOLS,
      'params.min_trade': '5',
      'params.weights': 'BTC/USDT:half, ETH/USDT:30',
    });
    expect(textsOf(read)).toEqual(['half', '30']);
  });

  it('leave a symbol open that was added, and forget one that went', () => {
    const read = readWeightRows({
      strategy: 'REBALANCE',
      symbol: 'BTC/USDT, SOL/USDT',
      'weight.BTC/USDT': '40',
      'weight.ETH/USDT': '30',
    });
    expect(read['params.weights']).toBe('BTC/USDT:40');
    expect(textsOf(read)).toEqual(['40', '']);
  });

  it('are dropped with another strategy, and filled with equal shares where a form is first shown', () => {
    const typed = { ...SYMBOLS, 'weight.BTC/USDT': '40' };
    expect(readWeightRows({ ...typed, strategy: 'RSI_CROSS' })).toEqual({
      ...SYMBOLS,
      strategy: 'RSI_CROSS',
    });
    expect(withUsualWeights(SYMBOLS)['params.weights']).toBe('BTC/USDT:50, ETH/USDT:50');
    for (const values of [readWeightRows(typed), { symbol: 'BTC/USDT' }])
      expect(withUsualWeights(values)).toEqual(values);
  });

  it('leave weights alone that came as a parameter', () => {
    const given = { ...SYMBOLS, 'params.weights': 'ETH/USDT:20 %; BTC/USDT:60' };
    expect(readWeightRows(given)).toEqual(given);
    expect(textsOf(given)).toEqual(['60', '20']);
  });

  it.each([
    [['40', '30.5'], '29.5 % stays in USDT.'],
    [['60', '40'], 'About 1 % stays in USDT, for fees and gaps in the price.'],
    [['60', '50.25'], 'Together they come to 110.25 %: 10.25 too many.'],
    [['60', ''], undefined],
    [['60', 'half'], undefined],
  ])('say of %o what stays free', (texts, expected) => {
    const rows = texts.map((text, at) => ({ symbol: String(at), name: String(at), text }));
    expect(sayRest(rows, 'USDT')).toBe(expected);
  });

  it('start a basket without what speaks of single trades, though the page could not follow the choice', () => {
    const values = {
      ...SYMBOLS,
      'params.weights': 'BTC/USDT:50, ETH/USDT:30',
      'sizing.value': '1000',
      'sizing.type': 'quote_amount',
      'risk.stop_loss_pct': '3',
      max_open_positions: '1',
      initial_balance: '500',
    };
    expect(toStartInput(values)).toEqual({
      strategy: 'REBALANCE',
      symbols: ['BTC/USDT', 'eth/usdt'],
      params: { weights: 'BTC/USDT:50, ETH/USDT:30' },
      initial_balance: '500',
      mode: 'paper',
    });
  });
});
