import { z } from 'zod';
import { TIMEFRAMES } from '../../timeframe.ts';

/** Returns the field of a number of candles. */
export const candleCount = (title: string, range: { max?: number; standard: number }) =>
  z
    .int()
    .min(2)
    .max(range.max ?? 500)
    .default(range.standard)
    .meta({ title });

/** Returns the field of a factor or of standard deviations. */
export const factorField = (title: string, standard: number) =>
  z.number().min(0.1).max(10).default(standard).meta({ title });

export const timeframeField = z.enum(TIMEFRAMES).optional().meta({
  title: 'Timeframe',
  description: 'A longer timeframe, of which closed candles alone count. Left out: that of the bot.',
});

export const smoothingField = z.enum(['simple', 'wilder']).default('simple').meta({ title: 'Smoothing' });
