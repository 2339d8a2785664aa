import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toCandles } from '../../../../jobs/trading/candles.ts';
import { checkLookAhead, checkWarmUp } from '../../../../jobs/trading/research/bias-check.ts';
import { createRandom } from '../../../../jobs/trading/research/random.ts';
import { listStrategies } from '../../../../jobs/trading/strategies/registry.ts';
import { rsiCross } from '../../../../jobs/trading/strategies/rsi-cross.ts';
import type { ScanSignal, Strategy, StrategyInput } from '../../../../jobs/trading/strategies/strategy.ts';
import type { SignalKind } from '../../../../jobs/trading/types.ts';

/** A seeded walk of hourly candles. */
function walk(count: number, seed = 1): StrategyInput {
  const random = createRandom(seed, 'walk');
  let price = 100;
  const rows = Array.from({ length: count }, (_, index) => {
    const open = price;
    price *= 1 + (random.fraction() - 0.5) / 20;
    const [low, high] = [Math.min(open, price) * 0.999, Math.max(open, price) * 1.001];
    return { openTimeMs: index * 3_600_000, open, high, low, close: price, volume: 1 + random.fraction() };
  });
  return { candles: toCandles(rows), timeframe: '1h' };
}

const say = (kind: SignalKind, confidence = 0.5): ScanSignal => ({ kind, confidence, explain: () => kind });

type Rule = (close: Float64Array, index: number) => SignalKind;

/** A strategy that says what `rule` says of the closes it is given. */
function strategyOf(rule: Rule, rest: Partial<Strategy> = {}): Strategy {
  return {
    name: 'TEST',
    title: 'Test',
    description: 'Test',
    paramsSchema: z.strictObject({}),
    warmUp: () => 3,
    indicators: () => [],
    scan: (_, { candles: { close } }) => ({
      acts: Uint8Array.from(close, (_each, index) => (rule(close, index) === 'HOLD' ? 0 : 1)),
      signalAt: (index) => say(rule(close, index)),
    }),
    next: () => '',
    ...rest,
  };
}

const honest: Rule = (close, index) => (close[index]! > close[index - 2]! ? 'BUY' : 'SELL');
/** Buys before a rise: no candle can tell that of itself. */
const cheat: Rule = (close, index) => (close[index + 1]! > close[index]! * 1.02 ? 'BUY' : 'HOLD');

const probe = (strategy: Strategy, input = walk(300), limit = 1000) => ({
  strategy,
  params: strategy.paramsSchema.parse({}),
  input,
  random: createRandom(1, 'probe'),
  limit,
});

/** An exponential average as it comes: its memory never ends. */
function ema(close: Float64Array, period: number): Float64Array {
  let value = close[0]!;
  return close.map((price) => (value += (2 / (period + 1)) * (price - value)));
}

function emaCross(period: number, warmUp: number): Strategy {
  const kindAt = (close: Float64Array, index: number): SignalKind =>
    close[index]! > ema(close.subarray(0, index + 1), period)[index]! ? 'BUY' : 'SELL';
  return strategyOf(kindAt, {
    warmUp: () => warmUp,
    indicators: (_, { candles }) => [
      { id: 'ema', label: `EMA ${period}`, pane: 'price', values: ema(candles.close, period) },
      { id: 'close', label: 'Close', pane: 'price', values: candles.close },
    ],
  });
}

describe('checkLookAhead', () => {
  it('passes an honest strategy, having examined every candle of a short series', () => {
    const report = checkLookAhead(probe(strategyOf(honest)));
    expect(report).toMatchObject({ checked: 298, acting: 298, differing: 0, share: 0, first: null });
  });

  it('finds a strategy that reads the next close, at each candle where that made it buy', () => {
    const input = walk(300);
    const { close } = input.candles;
    const buys = [...close.keys()].filter((index) => index >= 2 && cheat(close, index) === 'BUY');
    const report = checkLookAhead(probe(strategyOf(cheat), input));
    expect(report.differing).toBe(buys.length);
    expect(report.first).toMatchObject({
      index: buys[0],
      openTimeMs: buys[0]! * 3_600_000,
      isHolding: false,
      whole: { kind: 'BUY', reason: 'BUY' },
      part: { kind: 'HOLD', reason: 'HOLD' },
    });
  });

  it('finds it in a long series too, though it may examine few candles', () => {
    const report = checkLookAhead(probe(strategyOf(cheat), walk(20_000), 50));
    expect(report).toMatchObject({ checked: 50, acting: 50, differing: 50, share: 1 });
  });

  it('finds a strategy that cheats about its exits alone', () => {
    const exits = strategyOf(() => 'HOLD', {
      scan: (_, { candles: { close } }) => ({
        acts: new Uint8Array(close.length).fill(1),
        signalAt: (index, position) => say(position && close[index + 1]! < close[index]! ? 'SELL' : 'HOLD'),
      }),
    });
    expect(checkLookAhead(probe(exits)).first).toMatchObject({ isHolding: true, whole: { kind: 'SELL' } });
  });

  it('finds a confidence that knows the future', () => {
    const strategy = strategyOf(() => 'BUY', {
      scan: (_, { candles: { close } }) => ({
        acts: new Uint8Array(close.length).fill(1),
        signalAt: () => say('BUY', Math.max(...close) / 1000),
      }),
    });
    expect(checkLookAhead(probe(strategy)).differing).toBeGreaterThan(0);
  });

  it('finds a scan that is silent where live trading would act', () => {
    const silent = strategyOf(honest, {
      scan: (_, { candles: { close } }) => ({
        acts: new Uint8Array(close.length),
        signalAt: (index) => say(honest(close, index)),
      }),
    });
    const { first } = checkLookAhead(probe(silent));
    expect(first?.whole.kind).toBe('HOLD');
    expect(first?.part.kind).not.toBe('HOLD');
  });

  it('names the line that is drawn with later candles', () => {
    const centred = strategyOf(honest, {
      indicators: (_, { candles: { close } }) => [
        {
          id: 'centred',
          label: '',
          pane: 'price',
          values: close.map((_each, index) => close[index + 1] ?? NaN),
        },
        { id: 'close', label: '', pane: 'price', values: close },
      ],
    });
    const { lines, differing } = checkLookAhead(probe(centred));
    expect(differing).toBe(0);
    expect(lines).toMatchObject([
      { id: 'centred', differing: 297, firstIndex: 2 },
      { id: 'close', differing: 0, largest: 0, firstIndex: null },
    ]);
  });

  it('examines the same candles for the same seed', () => {
    const run = () => checkLookAhead(probe(strategyOf(cheat), walk(3000), 20));
    expect(run()).toEqual(run());
  });
});

describe('checkWarmUp', () => {
  it('finds an average that was given far too few candles, and how far off its line is', () => {
    const report = checkWarmUp(probe(emaCross(50, 5)));
    expect(report.share).toBeGreaterThan(0.05);
    expect(report.first?.whole.kind).not.toBe(report.first?.part.kind);
    expect(report.lines[0]).toMatchObject({ id: 'ema', firstIndex: 5 });
    expect(report.lines[0]!.largest).toBeGreaterThan(0.01);
    expect(report.lines[1]).toMatchObject({ id: 'close', differing: 0 });
  });

  it('passes it once so much is loaded that less than 1e-9 of the average is older', () => {
    const report = checkWarmUp(probe(emaCross(5, 60)));
    expect(report).toMatchObject({ checked: 241, differing: 0, share: 0, first: null });
    expect(report.lines[0]!.differing).toBe(0);
  });

  it('tells of values that are absent in the warm-up alone', () => {
    const late = strategyOf(honest, {
      indicators: (_, { candles: { close } }) => [
        {
          id: 'late',
          label: '',
          pane: 'price',
          values: close.map((price, index) => (index < 9 ? NaN : price)),
        },
      ],
    });
    expect(checkWarmUp(probe(late)).lines[0]).toMatchObject({ differing: 291, firstIndex: 9 });
  });

  it('finds nothing to examine where all candles are warm-up', () => {
    const report = checkWarmUp(probe(strategyOf(honest), walk(2)));
    expect(report).toMatchObject({ checked: 0, share: 0, first: null });
  });
});

describe('every strategy of the house', () => {
  it.each(listStrategies().map((strategy) => [strategy.name, strategy] as const))(
    '%s knows no future and states its warm-up',
    (_, strategy) => {
      const defaults = strategy.paramsSchema.safeParse({});
      if (!defaults.success) return;
      const examined = { ...probe(strategy, walk(1500), 300), params: defaults.data };
      expect(checkLookAhead(examined)).toMatchObject({ differing: 0, first: null });
      expect(checkWarmUp(examined)).toMatchObject({ differing: 0, first: null });
    },
  );

  it('RSI_CROSS does so with averages that remember, too', () => {
    const params = rsiCross.paramsSchema.parse({ smoothing: 'wilder', rsi_period: 10 });
    const examined = { ...probe(rsiCross, walk(2000), 400), params };
    const report = checkWarmUp(examined);
    expect(report).toMatchObject({ differing: 0 });
    expect(report.acting).toBeGreaterThan(10);
    expect(report.lines[0]!.differing).toBe(0);
  });
});
