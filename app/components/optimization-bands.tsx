import type { MonteCarloResult } from '../../jobs/trading/research/monte-carlo.ts';
import { Card } from './card.tsx';
import { AxisLabels, axisWidthFor, GridLines, Pane } from './chart-frame.tsx';
import { fromTop, niceTicks, rangeOf, type Range } from './chart-scale.ts';
import { Facts } from './facts.tsx';
import { formatMoney } from './format.ts';
import { figure, share } from './optimization-words.ts';

type Bands = MonteCarloResult['bands'];
type BandsProps = { title: string; what: string; unit: string; result: MonteCarloResult };

const WIDTH = 1_000;
const HEIGHT = 1_000;

/** What could as well have happened: the middle, and where half and nine tenths of the histories lie. */
export function OptimizationBands({ title, what, unit, result }: BandsProps) {
  const { bands, finalReturn, maxDrawdown } = result;
  const range = rangeOf(bands.flatMap(({ p5, p95 }) => [p5, p95]));
  const ticks = niceTicks(range, 4);
  const hasSpread = finalReturn.p95 - finalReturn.p5 > 1e-9;
  const runs = formatMoney(String(result.runs), 0);
  const format = (value: number) => `${figure(100 * (value - 1), 0)} %`;
  return (
    <Card title={title} flush>
      <p className="px-4 pt-3 pb-2 text-xs text-ink-2">{what}</p>
      <figure
        role="img"
        aria-label={`Of ${runs} histories nine tenths end between ${share(finalReturn.p5)} and ${share(finalReturn.p95)}, half of them above ${share(finalReturn.p50)}.`}
      >
        <Pane
          height="h-44"
          axisWidth={axisWidthFor(Math.max(...ticks.map((tick) => format(tick).length)))}
          viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
          geometry={
            <>
              <GridLines values={ticks} range={range} width={WIDTH} height={HEIGHT} />
              <path d={areaOf(bands, range, ['p5', 'p95'])} className="fill-accent" opacity="0.13" />
              <path d={areaOf(bands, range, ['p25', 'p75'])} className="fill-accent" opacity="0.2" />
              <path
                d={`M${lineOf(bands, range, 'p50').join('L')}`}
                className="stroke-accent"
                strokeWidth="1.75"
                vectorEffect="non-scaling-stroke"
              />
            </>
          }
          axis={<AxisLabels values={ticks} range={range} format={format} />}
        />
        <p className="border-t px-4 py-1 text-[11px] text-ink-3">
          {unit} 1 to {result.steps} · line: the middle · inside: half of all · outside: nine tenths
        </p>
      </figure>
      <Facts
        facts={[
          // Trades in another order end where they ended.
          [
            'Ends between (nine tenths)',
            hasSpread && `${share(finalReturn.p5)} and ${share(finalReturn.p95)}`,
          ],
          ['Ends below where it began', hasSpread && `${share(result.lossProbability, 0)} of ${runs}`],
          [
            'Deepest fall, middle and worst twentieth',
            `${share(maxDrawdown.p50)} and ${share(maxDrawdown.p95)}`,
          ],
        ]}
      />
    </Card>
  );
}

type Quantile = 'p5' | 'p25' | 'p50' | 'p75' | 'p95';

function lineOf(bands: Bands, range: Range, quantile: Quantile): string[] {
  const last = Math.max(1, bands.at(-1)?.step ?? 1);
  return bands.map((band) => {
    const x = (band.step / last) * WIDTH;
    return `${x.toFixed(1)} ${(fromTop(band[quantile], range) * HEIGHT).toFixed(1)}`;
  });
}

function areaOf(bands: Bands, range: Range, [low, high]: [Quantile, Quantile]): string {
  return `M${[...lineOf(bands, range, high), ...lineOf(bands, range, low).reverse()].join('L')}Z`;
}
