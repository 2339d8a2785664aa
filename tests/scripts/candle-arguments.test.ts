import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../scripts/candle-arguments.ts';

const SERIES = ['--venue', 'binance', '--symbol', 'BTC/USDT', '--timeframe', '5m'];

describe('the words of the command for candles', () => {
  it('name a series, and moments in UTC', () => {
    expect(
      parseCommand(['download', ...SERIES, '--from', '2024-01-31', '--to', '2024-01-31T12:00+02:00']),
    ).toEqual({
      name: 'download',
      venue: 'binance',
      symbol: 'BTC/USDT',
      timeframe: '5m',
      fromMs: Date.UTC(2024, 0, 31),
      toMs: Date.UTC(2024, 0, 31, 10),
    });
    expect(parseCommand(['export', ...SERIES, '--from', '2024-01-31T12:00'])).toMatchObject({
      fromMs: Date.UTC(2024, 0, 31, 12),
      toMs: undefined,
      out: undefined,
    });
  });

  it('leave to an import what the file itself says', () => {
    expect(parseCommand(['import', 'a.csv', 'b.csv', '--mend', 'impossible,duplicates'])).toEqual({
      name: 'import',
      files: ['a.csv', 'b.csv'],
      mend: ['duplicates', 'impossible'],
      replaces: false,
    });
  });

  it.each([
    [[], 'npm run candles -- import FILE'],
    [['import'], 'Which file?'],
    [['import', 'x.csv', '--mend', 'all'], 'There is no mending called "all"'],
    [['import', 'x.csv', '--symbol', 'BTCUSDT'], '"BTCUSDT" is no pair'],
    [['import', 'x.csv', '--out', 'y.csv'], 'import takes no --out'],
    [['import', 'x.csv', '--force'], "Unknown option '--force'"],
    [['export', '--venue', 'binance'], 'Name the series'],
    [['export', ...SERIES, 'x.csv'], 'What is "x.csv"?'],
    [['download', ...SERIES], 'From when?'],
    [['download', ...SERIES, '--from', 'May'], '"May" is no date'],
    [['download', ...SERIES, '--from', '2024-02-31T99:00'], 'is no date'],
    [['download', ...SERIES, '--from', '2024-02-02', '--to', '2024-02-02'], '--to must be later than --from'],
    [['download', ...SERIES.with(1, 'nyse'), '--from', '2024-01-01'], 'There is no exchange called "nyse"'],
    [['download', ...SERIES.with(5, '7m'), '--from', '2024-01-01'], 'There is no timeframe "7m"'],
  ])('%j are refused in words that help', (words, message) => {
    expect(() => parseCommand(words)).toThrow(message);
  });
});
