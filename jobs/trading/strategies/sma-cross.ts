import { sma, smaWarmUp } from '../indicators/sma.ts';
import { averageCross } from './average-cross.ts';

/**
 * Buys where the fast simple average of closes crosses above the slow one, sells where it crosses below.
 *
 * Source: R. Donchian's 5- and 20-day averages (Commodity Year Book, 1960); W. Brock, J. Lakonishok, B. LeBaron, Simple
 * Technical Trading Rules, Journal of Finance 47:5 (1992).
 */
export const smaCross = averageCross(
  {
    name: 'SMA_CROSS',
    title: 'SMA cross',
    description:
      'Follows the trend: buys when a short simple average of prices crosses above a long one, sells when it crosses below.',
  },
  { short: 'SMA', compute: sma, warmUp: smaWarmUp },
);
