import type { ReactNode } from 'react';
import { fromTop, timeTicks, type Range } from './chart-scale.ts';
import { formatMoment } from './moment.ts';

export const percent = (fraction: number) => `${(fraction * 100).toFixed(2)}%`;

/** How much room the names at the right edge take: the same for all panes of a chart. */
export type AxisWidth = 'w-14' | 'w-16' | 'w-20' | 'w-24';

/** Room for a text of that many figures. */
export function axisWidthFor(length: number): AxisWidth {
  if (length <= 6) return 'w-14';
  if (length <= 7) return 'w-16';
  return length <= 9 ? 'w-20' : 'w-24';
}

type PaneProps = {
  height: string;
  viewBox: string;
  geometry: ReactNode;
  overlay?: ReactNode;
  axis: ReactNode;
  axisWidth: AxisWidth;
};

/**
 * A plot and its axis. The geometry is stretched to the room there is; overlay and axis hold what must keep its shape
 * (texts, triangles), placed in percent.
 */
export function Pane({ height, viewBox, geometry, overlay, axis, axisWidth }: PaneProps) {
  return (
    <div className={`flex ${height}`}>
      <div className="relative min-w-0 flex-1">
        <svg className="absolute inset-0 size-full" viewBox={viewBox} preserveAspectRatio="none" fill="none">
          {geometry}
        </svg>
        <svg className="absolute inset-0 size-full">{overlay}</svg>
      </div>
      <svg className={`h-full shrink-0 overflow-visible text-[11px] ${axisWidth}`}>{axis}</svg>
    </div>
  );
}

type AxisLabelsProps = {
  values: readonly number[];
  range: Range;
  format: (value: number) => string;
  avoid?: number[];
};

/** Names of values at the right edge; none where it would cover one of `avoid` or cross the pane's edge. */
export function AxisLabels({ values, range, format, avoid = [] }: AxisLabelsProps) {
  const isFree = (top: number) =>
    top > 0.04 && top < 0.96 && avoid.every((other) => Math.abs(top - fromTop(other, range)) > 0.055);
  const shown = values.filter((value) => isFree(fromTop(value, range)));
  return (
    <g className="fill-ink-3">
      {shown.map((value) => (
        <text key={value} x="6" y={percent(fromTop(value, range))} dy="4">
          {format(value)}
        </text>
      ))}
    </g>
  );
}

type GridProps = { values: readonly number[]; range: Range; width: number; height: number };

export function GridLines({ values, range, width, height }: GridProps) {
  const path = values.map((value) => `M0 ${(fromTop(value, range) * height).toFixed(1)}H${width}`).join('');
  return <path d={path} className="stroke-line" vectorEffect="non-scaling-stroke" />;
}

type TimeAxisProps = {
  fromMs: number;
  toMs: number;
  count: number;
  place: (timeMs: number) => number;
  axisWidth: AxisWidth;
};

/** Names of moments along the lower edge, UTC. `place` gives the fraction of the width. */
export function TimeAxis({ fromMs, toMs, count, place, axisWidth }: TimeAxisProps) {
  const { timesMs, style } = timeTicks(fromMs, toMs, count);
  const shown = timesMs.filter((time) => place(time) > 0.06 && place(time) < 0.96);
  return (
    <div className="flex h-5 border-t text-[11px]">
      <svg className="h-full min-w-0 flex-1 fill-ink-3">
        {shown.map((time) => (
          <text key={time} x={percent(place(time))} y="14" textAnchor="middle">
            {formatMoment(time, style)}
          </text>
        ))}
      </svg>
      <span className={`shrink-0 pl-1.5 text-ink-3 ${axisWidth}`}>UTC</span>
    </div>
  );
}
