import type { ComparedBacktest } from '../schemas/backtests.ts';
import { LETTERS } from './backtest-comparison-rows.ts';
import { AxisLabels, axisWidthFor, GridLines, Pane, percent, TimeAxis } from './chart-frame.tsx';
import { fromTop, niceTicks, rangeOf, tickDecimals } from './chart-scale.ts';
import { formatSignedPercent } from './format.ts';
import { formatMoment } from './moment.ts';

const SIZE = 1_000;

/** Told apart by dashes and by their letters as well as by colour. */
const LINES = [
  { stroke: 'stroke-accent', fill: 'fill-accent', dashes: undefined },
  { stroke: 'stroke-ink', fill: 'fill-ink', dashes: '7 4' },
  { stroke: 'stroke-gain', fill: 'fill-gain', dashes: '2 3' },
  { stroke: 'stroke-warn', fill: 'fill-warn', dashes: '9 3 2 3' },
] as const;

/** What each backtest had gained at each moment, in per cent of what it began with. */
export function ComparisonChart({ all }: { all: readonly ComparedBacktest[] }) {
  const firstMs = Math.min(...all.map(({ timeMs }) => timeMs[0] ?? Infinity));
  const lastMs = Math.max(...all.map(({ timeMs }) => timeMs.at(-1) ?? -Infinity));
  if (!(firstMs < lastMs)) return null;
  const place = (timeMs: number) => (timeMs - firstMs) / (lastMs - firstMs);
  const range = rangeOf([0, ...all.flatMap(({ gain }) => gain)], 0.08);
  const ticks = niceTicks(range, 5);
  const format = (value: number) => formatSignedPercent(value, tickDecimals(ticks));
  const axisWidth = axisWidthFor(Math.max(...ticks.map((tick) => format(tick).length)));
  const pathOf = ({ timeMs, gain }: ComparedBacktest) => {
    const points = gain.map((value, at) => {
      const x = place(timeMs[at] ?? 0) * SIZE;
      return `${x.toFixed(1)} ${(fromTop(value, range) * SIZE).toFixed(1)}`;
    });
    return `M${points.join('L')}`;
  };
  return (
    <figure role="img" aria-label={sayChart(all, firstMs, lastMs)} className="pt-3">
      <Pane
        height="h-60 sm:h-80"
        axisWidth={axisWidth}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        geometry={
          <>
            <GridLines values={ticks} range={range} width={SIZE} height={SIZE} />
            {all.map((each, at) => (
              <path
                key={each.backtest.id}
                d={pathOf(each)}
                className={LINES[at]?.stroke}
                strokeWidth="1.75"
                strokeDasharray={LINES[at]?.dashes}
                strokeLinejoin="round"
                vectorEffect="non-scaling-stroke"
              />
            ))}
          </>
        }
        overlay={<Ends all={all} place={place} top={(value) => fromTop(value, range)} />}
        axis={<AxisLabels values={ticks} range={range} format={format} />}
      />
      <TimeAxis fromMs={firstMs} toMs={lastMs} count={5} place={place} axisWidth={axisWidth} />
    </figure>
  );
}

type EndsProps = {
  all: readonly ComparedBacktest[];
  place: (timeMs: number) => number;
  top: (value: number) => number;
};

/** Of the pane's height: closer letters would cover each other. */
const LEAST_DISTANCE = 0.07;

/** The letter of each line where it ends. */
function Ends({ all, place, top }: EndsProps) {
  const ends = all
    .map(({ timeMs, gain }, at) => ({
      at,
      x: place(timeMs.at(-1) ?? 0),
      y: Math.min(0.97, Math.max(0.05, top(gain.at(-1) ?? 0))),
    }))
    .toSorted((one, other) => one.y - other.y);
  const apart = ends.reduce<typeof ends>(
    (above, end) => [...above, { ...end, y: Math.max(end.y, (above.at(-1)?.y ?? -1) + LEAST_DISTANCE) }],
    [],
  );
  return (
    <g className="text-xs font-semibold" textAnchor="end">
      {apart.map(({ at, x, y }) => (
        <text
          key={at}
          x={percent(x)}
          y={percent(y)}
          dx="-5"
          dy="-5"
          paintOrder="stroke"
          strokeWidth="4"
          className={`stroke-surface ${LINES[at]?.fill ?? ''}`}
        >
          {LETTERS[at]}
        </text>
      ))}
    </g>
  );
}

function sayChart(all: readonly ComparedBacktest[], firstMs: number, lastMs: number): string {
  const ends = all.map(({ gain }, at) => `${LETTERS[at] ?? ''} ${formatSignedPercent(gain.at(-1) ?? 0, 1)}`);
  return `Gain from ${formatMoment(firstMs, 'full')} to ${formatMoment(lastMs, 'full')}: ${ends.join(', ')}.`;
}

/** A piece of a line, for the legend. */
export function LineSample({ at }: { at: number }) {
  const line = LINES[at];
  return (
    <svg width="28" height="8" className="shrink-0" aria-hidden="true">
      <path d="M0 4H28" className={line?.stroke} strokeWidth="2" strokeDasharray={line?.dashes} />
    </svg>
  );
}
