import type { CurvePoint } from '../schemas/views.ts';
import { AxisLabels, axisWidthFor, GridLines, Pane, TimeAxis } from './chart-frame.tsx';
import { fromTop, niceTicks, rangeOf, tickDecimals } from './chart-scale.ts';
import { formatMoney } from './format.ts';
import { formatMoment } from './moment.ts';

const WIDTH = 1_000;
const HEIGHT = 1_000;

/** What the money was worth over time; the dotted line is where it began. */
export function EquityChart({ curve, currency }: { curve: readonly CurvePoint[]; currency: string }) {
  const points = curve.map((point) => ({ timeMs: Date.parse(point.time), equity: Number(point.equity) }));
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return null;
  const range = rangeOf(
    points.map((point) => point.equity),
    0.12,
  );
  const ticks = niceTicks(range, 4);
  const decimals = tickDecimals(ticks);
  const axisWidth = axisWidthFor(formatMoney(last.equity.toFixed(8), decimals).length);
  const place = (timeMs: number) => (timeMs - first.timeMs) / Math.max(1, last.timeMs - first.timeMs);
  const y = (equity: number) => (fromTop(equity, range) * HEIGHT).toFixed(1);
  const line = points
    .map((point) => `${(place(point.timeMs) * WIDTH).toFixed(1)} ${y(point.equity)}`)
    .join('L');
  return (
    <figure
      role="img"
      aria-label={
        `Equity from ${formatMoment(first.timeMs, 'full')} to ${formatMoment(last.timeMs, 'full')}: ` +
        `from ${formatMoney(first.equity.toFixed(8))} to ${formatMoney(last.equity.toFixed(8))} ${currency}.`
      }
    >
      <Pane
        height="h-40 sm:h-52"
        axisWidth={axisWidth}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        geometry={
          <>
            <path d={`M${line}V${HEIGHT}H0Z`} className="fill-accent-soft opacity-60" />
            <GridLines values={ticks} range={range} width={WIDTH} height={HEIGHT} />
            <path
              d={`M0 ${y(first.equity)}H${WIDTH}`}
              className="stroke-ink-3"
              strokeDasharray="2 4"
              vectorEffect="non-scaling-stroke"
            />
            <path
              d={`M${line}`}
              className="stroke-accent"
              strokeWidth="1.75"
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
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
      <TimeAxis fromMs={first.timeMs} toMs={last.timeMs} count={4} place={place} axisWidth={axisWidth} />
    </figure>
  );
}
