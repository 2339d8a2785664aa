/**
 * Returns which points of a curve to show, in order: all where there are no more than `most`, else the ends and the highest
 * and lowest of equal stretches between them, so that no peak or trough is lost. About `most` of them, never more.
 */
export function thinCurve(values: Float64Array, most: number): number[] {
  const count = values.length;
  if (count <= most) return Array.from(values, (_, index) => index);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const shown = new Set<number>([0]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * count) / stretches);
    const to = Math.floor(((stretch + 1) * count) / stretches);
    const [lowest, highest] = findExtremes(values, from, to);
    shown.add(Math.min(lowest, highest)).add(Math.max(lowest, highest));
  }
  return [...shown.add(count - 1)];
}

function findExtremes(values: Float64Array, from: number, to: number): [lowest: number, highest: number] {
  let [lowest, highest] = [from, from];
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? NaN;
    if (value < (values[lowest] ?? NaN)) lowest = index;
    if (value > (values[highest] ?? NaN)) highest = index;
  }
  return [lowest, highest];
}
