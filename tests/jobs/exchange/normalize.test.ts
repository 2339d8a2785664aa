import { describe, expect, it } from 'vitest';
import { money } from '../../../jobs/trading/decimal.ts';
import { toBalances, toPermissions, toTrades, toVenueOrder } from '../../../jobs/exchange/normalize.ts';
import { toCandles, toMarkets, toOrderBook, toTicker } from '../../../jobs/exchange/normalize-market.ts';
import { orderOf, SYMBOL } from './binance-scenario.ts';

const market = {
  symbol: SYMBOL,
  base: 'BTC',
  quote: 'USDT',
  spot: true,
  active: true,
  maker: '0.001',
  taker: 0.002,
  precision: { amount: '5', price: '2' },
  limits: { amount: { min: '0.0001' }, cost: {}, market: { max: 12 } },
};
const only = (row: object, mode: number) => toMarkets({ row }, mode).get(SYMBOL);

describe('steps of a market', () => {
  it.each([
    { mode: 4, precision: { amount: '0.00001', price: 0.5 }, steps: ['0.00001', '0.5'] },
    { mode: 2, precision: { amount: '5', price: 2 }, steps: ['0.00001', '0.01'] },
    { mode: 3, precision: { amount: 8, price: 5 }, steps: ['0.00000001', '0'] },
    { mode: 4, precision: { amount: 1e-8, price: '1e-8' }, steps: ['0.00000001', '0.00000001'] },
    { mode: 4, precision: { amount: null }, steps: ['0', '0'] },
  ])('are read from ticks, decimal places and significant digits: %j', ({ mode, precision, steps }) => {
    const read = only({ ...market, precision }, mode);
    expect([read?.lotSize.toFixed(), read?.tickSize.toFixed()]).toEqual(steps);
  });

  it('keep the smaller of both maxima, and null where none is stated', () => {
    expect(only(market, 2)?.maxQuantity).toEqual(money(12));
    expect(
      only({ ...market, limits: { amount: { max: '7' }, market: { max: '0' } } }, 2)?.maxQuantity,
    ).toEqual(money(7));
    expect(only({ ...market, limits: {} }, 2)?.maxQuantity).toBeNull();
  });
});

describe('the table of markets', () => {
  it('leaves out what is no active spot market', () => {
    const rows = {
      a: market,
      b: { ...market, symbol: 'B/C', active: false },
      c: { ...market, symbol: 'S/C', spot: false },
      d: { ...market, symbol: 'A/S', stock: true },
    };
    expect([...toMarkets(rows, 2).keys()]).toEqual([SYMBOL]);
  });

  it('is an odd reply when it is empty', () => {
    expect(() => toMarkets({}, 4)).toThrow();
    expect(() => toMarkets(undefined, 4)).toThrow();
  });
});

describe('candles', () => {
  it.each([
    [
      [
        [1000, 1, 2, 1, 2, 1],
        [1000, 1, 2, 1, 2, 1],
      ],
    ],
    [
      [
        [2000, 1, 2, 1, 2, 1],
        [1000, 1, 2, 1, 2, 1],
      ],
    ],
    [[[1000, 1, 2, 1, undefined, 1]]],
    [[[1000, 1, NaN, 1, 1, 1]]],
    [[[1000, 5, 2, 1, 2, 1]]],
    [[[1000, 1, 2, 0, 2, 1]]],
    [[[1000, 1, 2, 1, 2, -1]]],
    [[[undefined, 1, 2, 1, 2, 1]]],
    ['rows'],
  ])('that are not sound are an error: %j', (raw) => {
    expect(() => toCandles(raw)).toThrow();
  });

  it('come as numbers, whether the venue writes strings or numbers', () => {
    expect(toCandles([[1000, '1.5', 2, '1', '1.25', '0']])).toEqual([
      { openTimeMs: 1000, open: 1.5, high: 2, low: 1, close: 1.25, volume: 0 },
    ]);
  });
});

describe('prices', () => {
  it('fall back to the last one where the venue states no bid or ask', () => {
    expect(toTicker({ last: '5', bid: null, ask: '0' }, 77)).toEqual({
      last: money(5),
      bid: money(5),
      ask: money(5),
      timeMs: 77,
    });
    expect(() => toTicker({ last: undefined, bid: 1 }, 77)).toThrow();
    expect(() => toTicker({ last: '0' }, 77)).toThrow();
  });

  it('of a book are ordered as numbers, and never crossed', () => {
    const book = toOrderBook(
      {
        bids: [
          ['9.9', '1'],
          ['10.1', '1'],
        ],
        asks: [
          ['100', '1'],
          ['11', '2'],
        ],
      },
      5,
    );
    expect([book.bids[0]?.[0], book.asks[0]?.[0]]).toEqual([money('10.1'), money('11')]);
    expect(() => toOrderBook({ bids: [['10', '1']], asks: [['10', '1']] }, 5)).toThrow('crossed');
  });
});

const context = { symbol: SYMBOL, nowMs: 9, quoteCurrency: 'USDT' };
const order = { id: '7', side: 'buy', type: 'market', amount: '1', status: 'closed', filled: '1' };
const trade = { id: 't1', amount: '0.4', price: '10', fee: { cost: '0.01', currency: 'BNB' } };

describe('orders', () => {
  it('that are little more than an id are open, with fills to be asked for', () => {
    const request = orderOf();
    const read = toVenueOrder({ id: 'O1', info: { descr: '' } }, { ...context, request });
    expect(read).toMatchObject({
      exchangeOrderId: 'O1',
      status: 'open',
      fills: null,
      quantity: request.quantity,
    });
  });

  it('without an id, side or quantity are an error', () => {
    expect(() => toVenueOrder({ ...order, id: undefined }, { ...context, request: orderOf() })).toThrow();
    expect(() => toVenueOrder({ ...order, side: undefined }, context)).toThrow();
    expect(() => toVenueOrder({ ...order, amount: undefined }, context)).toThrow();
  });

  it('carry fills only where these account for all that was filled, fees included', () => {
    const rest = { ...trade, id: 't2', amount: '0.6', fee: { cost: 0.02, currency: 'BNB' } };
    expect(
      toVenueOrder({ ...order, trades: [trade, rest] }, context).fills?.map(({ fee }) => fee.toFixed()),
    ).toEqual(['0.01', '0.02']);
    expect(toVenueOrder({ ...order, trades: [trade] }, context).fills).toBeNull();
    expect(
      toVenueOrder({ ...order, trades: [trade, { ...rest, fee: undefined }] }, context).fills,
    ).toBeNull();
    expect(toVenueOrder({ ...order, status: 'open', filled: '0' }, context).fills).toEqual([]);
  });

  it.each([
    [{ status: 'open', filled: '0' }, 'open'],
    [{ status: 'open', filled: '0.1' }, 'partially_filled'],
    [{ status: 'closed', filled: '1' }, 'filled'],
    [{ status: 'canceled', filled: '0.1' }, 'canceled'],
    [{ status: 'expired', filled: '0' }, 'expired'],
    [{ status: 'rejected', filled: '0' }, 'rejected'],
    [{ status: 'canceling', filled: '0.1' }, 'partially_filled'],
  ])('%j are %s', (changes, status) => {
    expect(toVenueOrder({ ...order, ...changes }, context).status).toBe(status);
  });
});

describe('trades', () => {
  const whole = { ...trade, order: '7', side: 'sell', timestamp: 5, symbol: SYMBOL };

  it('keep every digit', () => {
    const [read] = toTrades([{ ...whole, amount: '9999999999.123456789012345678' }], context);
    expect(read?.quantity.toFixed()).toBe('9999999999.123456789012345678');
  });

  it('are ordered by time, then id, and of one symbol', () => {
    const rows = [
      { ...whole, id: '10' },
      { ...whole, id: '9' },
      { ...whole, id: '3', timestamp: 6 },
      { ...whole, id: '1', symbol: 'X/Y' },
    ];
    expect(toTrades(rows, context).map(({ tradeId }) => tradeId)).toEqual(['9', '10', '3']);
  });

  it('without a fee bear none, in quote', () => {
    expect(toTrades([{ ...whole, fee: undefined }], context)).toMatchObject([
      { fee: money(0), feeCurrency: 'USDT' },
    ]);
  });

  it.each([
    { order: undefined },
    { timestamp: undefined },
    { side: undefined },
    { price: undefined },
    { id: '' },
  ])('lacking %j are an error', (lack) => {
    expect(() => toTrades([{ ...whole, ...lack }], context)).toThrow();
  });
});

describe('balances', () => {
  it('name assets with something in them, to the last digit', () => {
    const raw = {
      info: { balances: [] },
      free: { A: '1.000000000000000001', B: '0' },
      used: { A: '2', B: '0' },
      total: { A: '3.000000000000000001', B: '0' },
    };
    const balances = toBalances(raw);
    expect([...balances.keys()]).toEqual(['A']);
    expect(balances.get('A')?.total.toFixed()).toBe('3.000000000000000001');
  });

  it('are empty only by the venue’s own word', () => {
    const nothing = { free: {}, used: {}, total: {} };
    expect(toBalances({ ...nothing, info: { balances: [] } }).size).toBe(0);
    expect(toBalances({ ...nothing, info: [] }).size).toBe(0);
    expect(() => toBalances({ ...nothing, info: {} })).toThrow();
    expect(() => toBalances({ ...nothing, info: '{"bal' })).toThrow();
    expect(() => toBalances({ ...nothing, info: undefined })).toThrow();
  });
});

describe('permissions', () => {
  it('are unknown where the reply says something else', () => {
    expect(
      toPermissions({ enableReading: true, enableSpotAndMarginTrading: false, enableWithdrawals: true }),
    ).toEqual({ read: true, trade: false, withdraw: true });
    expect(toPermissions({})).toBeNull();
  });
});
