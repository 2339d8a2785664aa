import type { BacktestCurveView } from '../schemas/backtests.ts';
import { AxisLabels, axisWidthFor, GridLines, Pane, TimeAxis, type AxisWidth } from './chart-frame.tsx';
import { fromTop, niceTicks, rangeOf, tickDecimals, type Range } from './chart-scale.ts';
import { formatMoney, formatPercent } from './format.ts';
import { formatMoment } from './moment.ts';

const WIDTH = 1_000;
const HEIGHT = 1_000;

type Place = (timeMs: number) => number;
type CurveProps = { curve: BacktestCurveView; currency: string };

/** Equity beside what holding would be worth, and below it how far equity lay under its highest. */
export function BacktestCurve({ curve, currency }: CurveProps) {
  const { timeMs, equity } = curve;
  const [first = 0, last = 0] = [timeMs[0], timeMs.at(-1)];
  if (timeMs.length < 2) return null;
  const place: Place = (time) => (time - first) / Math.max(1, last - first);
  const longest = Math.max(...equity, ...curve.hold);
  const axisWidth = axisWidthFor(formatMoney(longest.toFixed(8), longest < 100 ? 2 : 0).length);
  const [begin = 0, end = 0] = [equity[0], equity.at(-1)];
  return (
    <figure
      role="img"
      aria-label={
        `Equity from ${formatMoment(first, 'full')} to ${formatMoment(last, 'full')}: ` +
        `from ${formatMoney(begin.toFixed(8))} to ${formatMoney(end.toFixed(8))} ${currency}; ` +
        `deepest ${formatPercent(100 * Math.max(...curve.drawdown), 1)} below its highest.`
      }
    >
      <Legend />
      <EquityPane curve={curve} place={place} axisWidth={axisWidth} />
      <p className="border-t px-4 pt-1.5 text-[11px] text-ink-2">Below its highest so far</p>
      <DrawdownPane curve={curve} place={place} axisWidth={axisWidth} />
      <TimeAxis fromMs={first} toMs={last} count={5} place={place} axisWidth={axisWidth} />
    </figure>
  );
}

function Legend() {
  return (
    <p className="flex flex-wrap gap-x-4 px-4 pt-3 pb-1 text-xs text-ink-2" aria-hidden="true">
      <span className="flex items-center gap-1.5">
        <svg width="16" height="8" className="text-accent">
          <path d="M0 4H16" stroke="currentColor" strokeWidth="2" />
        </svg>
        This backtest
      </span>
      <span className="flex items-center gap-1.5">
        <svg width="16" height="8" className="text-ink-3">
          <path d="M0 4H16" stroke="currentColor" strokeWidth="1.5" strokeDasharray="4 3" />
        </svg>
        Buying and holding
      </span>
    </p>
  );
}

type PaneProps = { curve: BacktestCurveView; place: Place; axisWidth: AxisWidth };

function pathOf(
  values: readonly number[],
  { timeMs }: BacktestCurveView,
  at: { range: Range; place: Place },
) {
  const points = values.map((value, index) => {
    const x = at.place(timeMs[index] ?? 0) * WIDTH;
    return `${x.toFixed(1)} ${(fromTop(value, at.range) * HEIGHT).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

const NO_SCALING = { vectorEffect: 'non-scaling-stroke' } as const;

function EquityPane({ curve, place, axisWidth }: PaneProps) {
  const range = rangeOf([...curve.equity, ...curve.hold], 0.08);
  const ticks = niceTicks(range, 5);
  const decimals = tickDecimals(ticks);
  return (
    <Pane
      height="h-52 sm:h-64"
      axisWidth={axisWidth}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      geometry={
        <>
          <GridLines values={ticks} range={range} width={WIDTH} height={HEIGHT} />
          <path
            d={pathOf(curve.hold, curve, { range, place })}
            className="stroke-ink-3"
            strokeDasharray="4 3"
            {...NO_SCALING}
          />
          <path
            d={pathOf(curve.equity, curve, { range, place })}
            className="stroke-accent"
            strokeWidth="1.75"
            strokeLinejoin="round"
            {...NO_SCALING}
          />
        </>
      }
      axis={
        <AxisLabels
          values={ticks}
          range={range}
          format={(value) => formatMoney(value.toFixed(8), decimals)}
        />
      }
    />
  );
}

function DrawdownPane({ curve, place, axisWidth }: PaneProps) {
  const deepest = Math.max(0.001, ...curve.drawdown);
  const range = { min: -deepest * 1.15, max: 0 };
  const ticks = niceTicks(range, 2);
  const below = curve.drawdown.map((value) => -value);
  const line = pathOf(below, curve, { range, place });
  return (
    <Pane
      height="h-20"
      axisWidth={axisWidth}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      geometry={
        <>
          <GridLines values={ticks} range={range} width={WIDTH} height={HEIGHT} />
          <path d={`${line}V0H0Z`} className="fill-loss-soft" />
          <path d={line} className="stroke-loss" strokeLinejoin="round" {...NO_SCALING} />
        </>
      }
      axis={
        <AxisLabels
          values={ticks.filter((value) => value < 0)}
          range={range}
          format={(value) => formatPercent(100 * value, deepest < 0.05 ? 1 : 0)}
        />
      }
    />
  );
}
