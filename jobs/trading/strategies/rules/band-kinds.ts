import { bollinger, bollingerWarmUp, type BollingerBands } from '../../indicators/bollinger.ts';
import { donchian, donchianWarmUp } from '../../indicators/donchian.ts';
import { keltner, keltnerWarmUp, type KeltnerChannel } from '../../indicators/keltner.ts';
import { candleCount, factorField } from './operand-fields.ts';
import { numberOf, type SeriesKind, type SeriesParams } from './series-kind.ts';

type Named = Pick<SeriesKind, 'name' | 'title'>;

const bollingerKind = (named: Named, line: keyof BollingerBands): SeriesKind => ({
  ...named,
  fields: {
    period: candleCount('Period', { standard: 20 }),
    deviations: factorField('Deviations', 2),
  },
  numbers: ['period', 'deviations'],
  warmUp: (params) => bollingerWarmUp(numberOf(params, 'period')),
  compute: ({ close }, params) =>
    bollinger(close, numberOf(params, 'period'), numberOf(params, 'deviations'))[line],
  pane: 'price',
});

function keltnerKind(named: Named, line: keyof KeltnerChannel): SeriesKind {
  const toOptions = (params: SeriesParams) => ({
    period: numberOf(params, 'period'),
    atrPeriod: numberOf(params, 'atr_period'),
    factor: numberOf(params, 'factor'),
  });
  return {
    ...named,
    fields: {
      period: candleCount('Period', { standard: 20, max: 200 }),
      atr_period: candleCount('ATR period', { standard: 10, max: 100 }),
      factor: factorField('Factor', 2),
    },
    numbers: ['period', 'atr_period', 'factor'],
    warmUp: (params) => keltnerWarmUp(toOptions(params)),
    compute: (candles, params) => keltner(candles, toOptions(params))[line],
    pane: 'price',
  };
}

/** The channel of the candles before: with the newest among them, no close could ever be beyond it. */
const extreme = (named: Named, line: 'upper' | 'lower'): SeriesKind => ({
  ...named,
  fields: { period: candleCount('Candles', { standard: 20 }) },
  numbers: ['period'],
  warmUp: (params) => donchianWarmUp(numberOf(params, 'period')) + 1,
  compute: (candles, params) => {
    const values = donchian(candles, numberOf(params, 'period'))[line];
    values.copyWithin(1, 0);
    values.fill(NaN, 0, 1);
    return values;
  },
  pane: 'price',
});

/** Lines around the price. */
export const BAND_KINDS: Readonly<Record<string, SeriesKind>> = {
  bollinger_upper: bollingerKind({ name: 'upper Bollinger band', title: 'Bollinger band, upper' }, 'upper'),
  bollinger_lower: bollingerKind({ name: 'lower Bollinger band', title: 'Bollinger band, lower' }, 'lower'),
  keltner_upper: keltnerKind({ name: 'upper Keltner line', title: 'Keltner channel, upper' }, 'upper'),
  keltner_lower: keltnerKind({ name: 'lower Keltner line', title: 'Keltner channel, lower' }, 'lower'),
  highest_high: extreme(
    { name: 'highest high before', title: 'Highest high of the candles before' },
    'upper',
  ),
  lowest_low: extreme({ name: 'lowest low before', title: 'Lowest low of the candles before' }, 'lower'),
};
