import { sessionVwap, sessionVwapWarmUp } from '../../indicators/session-vwap.ts';
import { timeframeMs } from '../../timeframe.ts';
import { AVERAGE_KINDS } from './average-kinds.ts';
import { BAND_KINDS } from './band-kinds.ts';
import { OSCILLATOR_KINDS } from './oscillator-kinds.ts';
import type { SeriesKind } from './series-kind.ts';

const price = (column: 'open' | 'high' | 'low' | 'close' | 'volume'): SeriesKind => ({
  name: column,
  title: `${column.charAt(0).toUpperCase()}${column.slice(1)}`,
  fields: {},
  numbers: [],
  warmUp: () => 1,
  compute: (candles) => candles[column],
});

/** Every figure by the `type` that rules are stored with: a name once given is kept for ever. */
export const SERIES_KINDS: Readonly<Record<string, SeriesKind>> = {
  close: price('close'),
  open: price('open'),
  high: price('high'),
  low: price('low'),
  volume: price('volume'),
  ...AVERAGE_KINDS,
  ...OSCILLATOR_KINDS,
  ...BAND_KINDS,
  session_vwap: {
    name: 'session VWAP',
    title: 'VWAP since 00:00 UTC',
    fields: {},
    numbers: [],
    warmUp: (_, timeframe) => sessionVwapWarmUp(timeframeMs(timeframe)),
    compute: (candles) => sessionVwap(candles),
    pane: 'price',
  },
};
