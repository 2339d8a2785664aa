/** The indicators of npm's libraries, set up beside ours on one series, for the benchmark. */
import * as indicatorts from 'indicatorts';
import technicalindicators from 'technicalindicators';
import * as signals from 'trading-signals';
import { atr } from '../jobs/trading/indicators/atr.ts';
import { bollinger } from '../jobs/trading/indicators/bollinger.ts';
import { ema } from '../jobs/trading/indicators/ema.ts';
import { macd } from '../jobs/trading/indicators/macd.ts';
import { rsi } from '../jobs/trading/indicators/rsi.ts';
import { sma } from '../jobs/trading/indicators/sma.ts';

export type Series = ArrayLike<number>;
/** `rounding`: what the library itself rounds away. `differs`: in what its definition is another one. */
export type Rival = { library: string; compute: () => Series; rounding?: number; differs?: string };
export type Match = { name: string; ours: () => Float64Array; rivals: Rival[] };

type Calculator<Input, Output = number> = { calculate: (input: Input) => Output[] };
type Closes = { period: number; values: number[] };

/** What is used of it, by what it takes: its own types ask for instances of classes that it does not look at. */
const technical = technicalindicators as unknown as {
  SMA: Calculator<Closes>;
  EMA: Calculator<Closes>;
  RSI: Calculator<Closes>;
  MACD: Calculator<Record<string, unknown>, { signal?: number }>;
  ATR: Calculator<{ period: number; high: number[]; low: number[]; close: number[] }>;
  BollingerBands: Calculator<Closes & { stdDev: number }, { upper: number }>;
};

/** A seeded random walk in cents, as columns, as rows and as plain arrays: each library gets what it takes. Mulberry32. */
function makeCandles(count: number) {
  let state = 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const cents = (price: number) => Math.round(price * 100) / 100;
  let last = 40_000;
  const rows = Array.from({ length: count }, () => {
    const close = cents(last * (1 + (random() - 0.5) / 400));
    const high = cents(Math.max(last, close) * (1 + random() / 2_000));
    const low = cents(Math.min(last, close) * (1 - random() / 2_000));
    last = close;
    return { high, low, close };
  });
  const plain = {
    high: rows.map(({ high }) => high),
    low: rows.map(({ low }) => low),
    close: rows.map(({ close }) => close),
  };
  const columns = {
    high: Float64Array.from(plain.high),
    low: Float64Array.from(plain.low),
    close: Float64Array.from(plain.close),
  };
  return { rows, plain, columns };
}

type Market = ReturnType<typeof makeCandles>;

/** RSI as one writes it down: both sums taken afresh for each close. */
function bareRsi(close: Float64Array, period: number): Float64Array {
  const values = new Float64Array(close.length).fill(50);
  for (let index = period; index < close.length; index += 1) {
    let gain = 0;
    let loss = 0;
    for (let at = index - period + 1; at <= index; at += 1) {
      const change = (close[at] ?? NaN) - (close[at - 1] ?? NaN);
      if (change > 0) gain += change;
      else loss -= change;
    }
    values[index] = loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  }
  return values;
}

/** Wilder's RSI as one writes it down: the least that any code for it does. */
function bareWilderRsi(close: Float64Array, period: number): Float64Array {
  const values = new Float64Array(close.length).fill(50);
  let gain = 0;
  let loss = 0;
  for (let index = 1; index < close.length; index += 1) {
    const change = (close[index] ?? NaN) - (close[index - 1] ?? NaN);
    const weight = 1 / Math.min(index, period);
    gain += weight * ((change > 0 ? change : 0) - gain);
    loss += weight * ((change < 0 ? -change : 0) - loss);
    if (index >= period) values[index] = loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  }
  return values;
}

/** Feeds a library that takes one value after another. */
function feed<Input>(
  indicator: { add: (input: Input) => unknown },
  inputs: Input[],
  pick: (result: never) => number,
) {
  const values: number[] = [];
  for (const input of inputs) {
    const result = indicator.add(input);
    if (result !== null) values.push(pick(result as never));
  }
  return values;
}

const itself = (value: number) => value;

function toAverages({ plain: { close: values }, columns: { close } }: Market): Match[] {
  return [
    {
      name: 'SMA 20',
      ours: () => sma(close, 20),
      rivals: [
        { library: 'technicalindicators', compute: () => technical.SMA.calculate({ period: 20, values }) },
        { library: 'trading-signals', compute: () => feed(new signals.SMA(20), values, itself) },
        { library: 'indicatorts', compute: () => indicatorts.sma(values, { period: 20 }) },
      ],
    },
    {
      name: 'EMA 20',
      ours: () => ema(close, 20),
      rivals: [
        { library: 'technicalindicators', compute: () => technical.EMA.calculate({ period: 20, values }) },
        { library: 'trading-signals', compute: () => feed(new signals.EMA(20), values, itself) },
        { library: 'indicatorts', compute: () => indicatorts.ema(values, { period: 20 }) },
      ],
    },
  ];
}

function toRsi({ plain: { close: values }, columns: { close } }: Market): Match[] {
  const period = 14;
  return [
    {
      name: 'RSI 14, simple',
      ours: () => rsi(close, period, 'simple'),
      rivals: [
        { library: 'bare loop', compute: () => bareRsi(close, period) },
        {
          library: 'trading-signals',
          compute: () => feed(new signals.RSI(period, signals.SMA), values, itself),
        },
      ],
    },
    {
      name: 'RSI 14, Wilder',
      ours: () => rsi(close, period, 'wilder'),
      rivals: [
        { library: 'bare loop', compute: () => bareWilderRsi(close, period) },
        {
          library: 'technicalindicators',
          compute: () => technical.RSI.calculate({ period, values }),
          rounding: 0.005,
        },
        { library: 'trading-signals', compute: () => feed(new signals.RSI(period), values, itself) },
        { library: 'indicatorts', compute: () => indicatorts.rsi(values, { period }) },
      ],
    },
  ];
}

function toMacd({ plain: { close: values }, columns: { close } }: Market): Match {
  const periods = { fast: 12, slow: 26, signal: 9 };
  const options = {
    values,
    fastPeriod: 12,
    slowPeriod: 26,
    signalPeriod: 9,
    SimpleMAOscillator: false,
    SimpleMASignal: false,
  };
  const { EMA, MACD } = signals;
  return {
    name: 'MACD 12 26 9',
    ours: () => macd(close, periods).signal,
    rivals: [
      {
        library: 'technicalindicators',
        compute: () => technical.MACD.calculate(options).map(({ signal }) => signal ?? NaN),
      },
      {
        library: 'trading-signals',
        compute: () =>
          feed(
            new MACD(new EMA(12), new EMA(26), new EMA(9)),
            values,
            ({ signal }: { signal: number }) => signal,
          ),
      },
      { library: 'indicatorts', compute: () => indicatorts.macd(values, periods).signalLine },
    ],
  };
}

function toBands({ rows, plain, columns }: Market): Match[] {
  const { high, low, close: values } = plain;
  return [
    {
      name: 'ATR 14',
      ours: () => atr(columns, 14),
      rivals: [
        {
          library: 'technicalindicators',
          compute: () => technical.ATR.calculate({ period: 14, high, low, close: values }),
        },
        { library: 'trading-signals', compute: () => feed(new signals.ATR(14), rows, itself) },
        {
          library: 'indicatorts',
          compute: () => indicatorts.atr(high, low, values, { period: 14 }).atrLine,
          differs: 'simple averages',
        },
      ],
    },
    {
      name: 'Bollinger 20, 2',
      ours: () => bollinger(columns.close, 20, 2).upper,
      rivals: [
        {
          library: 'technicalindicators',
          compute: () =>
            technical.BollingerBands.calculate({ period: 20, stdDev: 2, values }).map(({ upper }) => upper),
        },
        {
          library: 'trading-signals',
          compute: () =>
            feed(new signals.BollingerBands(20, 2), values, ({ upper }: { upper: number }) => upper),
        },
        { library: 'indicatorts', compute: () => indicatorts.bb(values, { period: 20 }).upper },
      ],
    },
  ];
}

/** Returns ours and theirs for each indicator, on one series of `count` candles. */
export function makeMatches(count: number): Match[] {
  const market = makeCandles(count);
  return [...toRsi(market), ...toAverages(market), toMacd(market), ...toBands(market)];
}
