import { ema, emaWarmUp } from '../indicators/ema.ts';
import { averageCross } from './average-cross.ts';

/**
 * Buys where the fast exponential average of closes crosses above the slow one, sells where it crosses below.
 *
 * Source: P. J. Kaufman, Trading Systems and Methods, 5th edition (2013), chapter 8.
 */
export const emaCross = averageCross(
  {
    name: 'EMA_CROSS',
    title: 'EMA cross',
    description:
      'Follows the trend with averages that weigh new prices more: buys when the short one crosses above the long one.',
  },
  { short: 'EMA', compute: ema, warmUp: emaWarmUp },
);
