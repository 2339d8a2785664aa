import { fromTop, rangeOf } from './chart-scale.ts';

/** A curve without figures, beside the figure that it explains; hidden from screen readers. */
export function Sparkline({ values, isGain }: { values: readonly number[]; isGain: boolean }) {
  if (values.length < 2) return null;
  const range = rangeOf(values, 0.1);
  const step = 96 / (values.length - 1);
  const path = values.map(
    (value, index) => `${(index * step).toFixed(1)} ${(fromTop(value, range) * 24).toFixed(1)}`,
  );
  return (
    <svg viewBox="0 0 96 24" width="96" height="24" fill="none" aria-hidden="true">
      <path
        d={`M${path.join('L')}`}
        className={isGain ? 'stroke-gain' : 'stroke-loss'}
        strokeWidth="1.25"
        strokeLinejoin="round"
      />
    </svg>
  );
}
