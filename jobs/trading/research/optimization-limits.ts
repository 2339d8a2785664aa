/** Bounds of one optimisation: what a small machine does in minutes. */
export const OPTIMIZATION_LIMITS = { candles: 1_000_000, tries: 5_000, learnedTries: 2_000, walkSteps: 12 };
