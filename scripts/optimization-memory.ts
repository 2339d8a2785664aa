import type { OptimizationMemory } from '../jobs/research/optimize.ts';
import type { TrialResult } from '../jobs/trading/research/trial.ts';

/** Keeps results in memory as they come, with nothing to go on from. `onBatch` is told how many there are. */
export function keepInMemory(
  trials: TrialResult[],
  onBatch: (tried: number) => void = () => undefined,
): OptimizationMemory {
  return {
    saved: { search: null, walk: [] },
    saveBatch: async (batch) => {
      trials.push(...batch.trials);
      onBatch(trials.length);
      return true;
    },
    saveStep: async () => true,
    listTrials: async () => [...trials],
  };
}
