import { describe, expect, it } from 'vitest';
import { nameSeries } from '../../../jobs/candle-files/name-series.ts';

describe('the name of a candle file', () => {
  it.each([
    ['BINANCE_BTC-USDT_5m_2023.csv.gz', 'BTC/USDT', 'binance', '5m'],
    ['/data/kraken_ETH-EUR_1h.csv', 'ETH/EUR', 'kraken', '1h'],
    ['BTCUSDT-1m.csv.gz', 'BTC/USDT', undefined, '1m'],
    ['BTC_USDT-1h.csv', 'BTC/USDT', undefined, '1h'],
    ['btcusdt.csv', 'BTC/USDT', undefined, undefined],
    ['ETHBTC.csv', 'ETH/BTC', undefined, undefined],
    ['demo_SOL-USDT_1d.csv.gz', 'SOL/USDT', 'demo', '1d'],
    ['BTCFDUSD-1s-2024-01.csv', 'BTC/FDUSD', undefined, '1s'],
    ['candles.csv', 'candles', undefined, undefined],
    ['USDT.csv', 'USDT', undefined, undefined],
  ])('tells of %s that it holds %s', (file, ...[symbol, venue, timeframe]) => {
    expect(nameSeries(file)).toEqual({ symbol, venue, timeframe });
  });
});
