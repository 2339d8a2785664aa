import type { ChartView, IndicatorView } from '../schemas/views.ts';
import { candleShapes, linePath, PLANE_HEIGHT, SLOT, type Mark, type Trip } from './candle-geometry.ts';
import { AxisLabels, GridLines, Pane, percent, type AxisWidth } from './chart-frame.tsx';
import { fromTop, niceTicks, rangeOf, tickDecimals, type Range } from './chart-scale.ts';
import { formatMoney } from './format.ts';

type CandlePaneProps = {
  chart: ChartView;
  overlays: IndicatorView[];
  marks: Mark[];
  trips: Trip[];
  priceDecimals: number;
  axisWidth: AxisWidth;
};

export const LINE_COLOURS = ['stroke-accent', 'stroke-warn', 'stroke-ink-3'] as const;

type Line = ChartView['lines'][number];

const LINE_LOOKS: Record<Line['kind'], { stroke: string; fill: string }> = {
  stop: { stroke: 'stroke-loss', fill: 'fill-loss' },
  target: { stroke: 'stroke-gain', fill: 'fill-gain' },
  entry: { stroke: 'stroke-ink-3', fill: 'fill-ink-3' },
};

/** The span of the candles, and of lines near enough to be shown without flattening them. */
function priceRange({ candles, lines }: ChartView): Range {
  const low = Math.min(...candles.map((candle) => candle.low));
  const high = Math.max(...candles.map((candle) => candle.high));
  const reach = (high - low) * 0.6;
  const near = lines
    .map((line) => Number(line.price))
    .filter((price) => price > low - reach && price < high + reach);
  return rangeOf([low, high, ...near], 0.08);
}

const isInside = (value: number, { min, max }: Range) => value >= min && value <= max;

export function CandlePane({ chart, overlays, marks, trips, priceDecimals, axisWidth }: CandlePaneProps) {
  const { candles } = chart;
  const range = priceRange(chart);
  const width = candles.length * SLOT;
  const ticks = niceTicks(range, 6);
  const last = candles.at(-1)?.close ?? 0;
  const decimals = Math.min(priceDecimals, tickDecimals(ticks));
  const lines = chart.lines.filter((line) => isInside(Number(line.price), range));
  return (
    <Pane
      height="h-60 sm:h-80"
      axisWidth={axisWidth}
      viewBox={`0 0 ${width} ${PLANE_HEIGHT}`}
      geometry={
        <>
          <GridLines values={ticks} range={range} width={width} height={PLANE_HEIGHT} />
          <Candles chart={chart} range={range} />
          {overlays.map((line, index) => (
            <path
              key={line.name}
              d={linePath(line.values, range)}
              className={LINE_COLOURS[index % LINE_COLOURS.length]}
              strokeWidth="1.25"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path d={tripPath(trips, range)} className="stroke-ink-3" strokeDasharray="1 3" {...NO_SCALING} />
          <path
            d={levelPath(last, range, width)}
            className="stroke-accent"
            strokeOpacity="0.5"
            {...NO_SCALING}
          />
        </>
      }
      overlay={
        <>
          {lines.map((line) => (
            <LevelLine key={line.label} line={line} range={range} decimals={priceDecimals} />
          ))}
          {marks.map((mark, index) => (
            <MarkGlyph key={index} mark={mark} range={range} count={candles.length} />
          ))}
        </>
      }
      axis={
        <>
          <AxisLabels
            values={ticks}
            range={range}
            format={(value) => formatMoney(value.toFixed(8), decimals)}
            avoid={[last]}
          />
          <PriceTag top={fromTop(last, range)} text={formatMoney(last.toFixed(8), priceDecimals)} />
        </>
      }
    />
  );
}

const NO_SCALING = { vectorEffect: 'non-scaling-stroke' } as const;

function Candles({ chart, range }: { chart: ChartView; range: Range }) {
  const rising = candleShapes(chart.candles, range, 'rising');
  const falling = candleShapes(chart.candles, range, 'falling');
  return (
    <g shapeRendering="crispEdges">
      <path d={rising.wicks} className="stroke-gain" {...NO_SCALING} />
      <path d={rising.bodies} className="fill-surface stroke-gain" {...NO_SCALING} />
      <path d={falling.wicks} className="stroke-loss" {...NO_SCALING} />
      <path d={falling.bodies} className="fill-loss stroke-loss" {...NO_SCALING} />
    </g>
  );
}

function levelPath(value: number, range: Range, width: number): string {
  return `M0 ${(fromTop(value, range) * PLANE_HEIGHT).toFixed(1)}H${width}`;
}

function tripPath(trips: readonly Trip[], range: Range): string {
  const point = (mark: Mark) =>
    `${(mark.index + 0.5) * SLOT} ${(fromTop(mark.price, range) * PLANE_HEIGHT).toFixed(1)}`;
  return trips.map(({ entry, exit }) => `M${point(entry)}L${point(exit)}`).join('');
}

function LevelLine({ line, range, decimals }: { line: Line; range: Range; decimals: number }) {
  const y = percent(fromTop(Number(line.price), range));
  const look = LINE_LOOKS[line.kind];
  return (
    <g className="text-[11px]">
      <line x1="0" x2="100%" y1={y} y2={y} className={look.stroke} strokeDasharray="5 4" />
      <text
        x="8"
        y={y}
        dy="-5"
        className={`${look.fill} stroke-surface [paint-order:stroke]`}
        strokeWidth="3"
      >
        {line.label} {formatMoney(line.price, decimals)}
      </text>
    </g>
  );
}

const BELOW = 'M0 4 4.5 12h-9Z';
const ABOVE = 'M0 -4 4.5 -12h-9Z';

function markColour({ side, isGain }: Mark): string {
  if (side === 'BUY') return 'fill-accent';
  if (isGain === null) return 'fill-ink-2';
  return isGain ? 'fill-gain' : 'fill-loss';
}

function MarkGlyph({ mark, range, count }: { mark: Mark; range: Range; count: number }) {
  const x = percent((mark.index + 0.5) / count);
  return (
    <svg x={x} y={percent(fromTop(mark.price, range))} className="overflow-visible">
      <path
        d={mark.side === 'BUY' ? BELOW : ABOVE}
        className={`${markColour(mark)} stroke-surface`}
        paintOrder="stroke"
        strokeWidth="2"
      >
        <title>{mark.label}</title>
      </path>
    </svg>
  );
}

function PriceTag({ top, text }: { top: number; text: string }) {
  return (
    <svg y={percent(top)} className="overflow-visible">
      <rect x="0" y="-9" width={12 + text.length * 6.6} height="18" rx="3" className="fill-accent" />
      <text x="6" y="4" className="fill-on-accent font-medium">
        {text}
      </text>
    </svg>
  );
}
