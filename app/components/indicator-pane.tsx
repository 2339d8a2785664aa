import type { IndicatorView } from '../schemas/views.ts';
import { linePath, PLANE_HEIGHT, SLOT } from './candle-geometry.ts';
import { AxisLabels, GridLines, Pane } from './chart-frame.tsx';
import { fromTop, rangeOf, type Range } from './chart-scale.ts';

const isNumber = (value: number | null): value is number => value !== null;

/** An indicator under the candles, with its bands. */
export function IndicatorPane({ indicator }: { indicator: IndicatorView }) {
  const known = indicator.values.filter(isNumber);
  const levels = indicator.levels.map((level) => level.value);
  const range = indicator.range ?? rangeOf([...known, ...levels]);
  const width = indicator.values.length * SLOT;
  const last = known.at(-1);
  return (
    <div className="border-t">
      <Pane
        height="h-24"
        viewBox={`0 0 ${width} ${PLANE_HEIGHT}`}
        geometry={
          <>
            <Band levels={levels} range={range} width={width} />
            <GridLines values={levels} range={range} width={width} height={PLANE_HEIGHT} />
            <path
              d={linePath(indicator.values, range)}
              className="stroke-accent"
              strokeWidth="1.25"
              vectorEffect="non-scaling-stroke"
            />
          </>
        }
        overlay={
          <text
            x="8"
            y="15"
            className="fill-ink-2 stroke-surface text-[11px] [paint-order:stroke]"
            strokeWidth="3"
          >
            {indicator.name}
            {last === undefined ? '' : ` · ${last.toFixed(1)}`}
          </text>
        }
        axis={<AxisLabels values={levels} range={range} format={String} />}
      />
    </div>
  );
}

/** The ground between the lowest and the highest level. */
function Band({ levels, range, width }: { levels: number[]; range: Range; width: number }) {
  if (levels.length < 2) return null;
  const top = fromTop(Math.max(...levels), range) * PLANE_HEIGHT;
  const bottom = fromTop(Math.min(...levels), range) * PLANE_HEIGHT;
  return <rect x="0" y={top} width={width} height={bottom - top} className="fill-accent-soft opacity-60" />;
}
