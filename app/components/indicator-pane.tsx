import type { IndicatorView } from '../schemas/views.ts';
import { linePath, PLANE_HEIGHT, SLOT } from './candle-geometry.ts';
import { AxisLabels, GridLines, Pane, type AxisWidth } from './chart-frame.tsx';
import { fromTop, rangeOf, type Range } from './chart-scale.ts';

const isNumber = (value: number | null): value is number => value !== null;

/** An indicator under the candles, with its bands. */
export function IndicatorPane({ indicator, axisWidth }: { indicator: IndicatorView; axisWidth: AxisWidth }) {
  const known = indicator.values.filter(isNumber);
  const levels = indicator.levels.map((level) => level.value);
  const range = indicator.range ?? rangeOf([...known, ...levels]);
  const width = indicator.values.length * SLOT;
  const last = known.at(-1);
  return (
    <div className="border-t">
      <p className="px-2 pt-1 text-[11px] text-ink-2 tabular-nums">
        {indicator.name}
        {last === undefined ? '' : ` · ${sayLast(last)}`}
      </p>
      <Pane
        height="h-20"
        axisWidth={axisWidth}
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
        axis={<AxisLabels values={levels} range={range} format={String} />}
      />
    </div>
  );
}

/** An RSI has one decimal; a MACD of a cheap coin has none but its digits. */
const sayLast = (value: number) =>
  Math.abs(value) >= 10 || value === 0 ? value.toFixed(1) : String(Number(value.toPrecision(3)));

/** The ground between the lowest and the highest level. */
function Band({ levels, range, width }: { levels: number[]; range: Range; width: number }) {
  if (levels.length < 2) return null;
  const top = fromTop(Math.max(...levels), range) * PLANE_HEIGHT;
  const bottom = fromTop(Math.min(...levels), range) * PLANE_HEIGHT;
  return <rect x="0" y={top} width={width} height={bottom - top} className="fill-accent-soft opacity-60" />;
}
