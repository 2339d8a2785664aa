import { z } from 'zod';
import { readWeights } from './weights.ts';

export const paramsSchema = z.strictObject({
  weights: z
    .string()
    .max(2_000)
    .superRefine((text, context) => {
      const { fault } = readWeights(text);
      if (fault !== null) context.addIssue({ code: 'custom', message: fault });
    })
    .default('')
    .meta({
      title: 'Target weights',
      description:
        'Each symbol with its percent of the whole, such as BTC/USDT:50, ETH/USDT:30. What lacks to 100 stays in the quote currency.',
    }),
  drift_points: z.number().min(0.5).max(50).default(5).meta({
    title: 'Drift (points)',
    description: 'It acts once a share of the whole is so many percentage points off its target.',
  }),
  relative_drift_pct: z.number().min(0).max(100).default(25).meta({
    title: 'Relative drift (%)',
    description: 'It also acts once a share is off by so many percent of its target. 0: off.',
  }),
  at_most_candles: z.int().min(0).max(100_000).default(0).meta({
    title: 'At most once in (candles)',
    description: 'However far shares drift, it waits so long after it has acted. 0: no wait.',
  }),
  at_least_candles: z.int().min(0).max(100_000).default(0).meta({
    title: 'At least once in (candles)',
    description: 'After so long it brings all shares back, however little they drifted. 0: never.',
  }),
  min_trade: z.number().min(0).max(1_000_000).default(10).meta({
    title: 'Smallest order',
    description: 'In the quote currency. Smaller differences are left as they are.',
  }),
});

export type RebalanceParams = z.infer<typeof paramsSchema>;
