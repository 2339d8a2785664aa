import { quotient } from './statistics.ts';

/**
 * Returns the Calmar ratio: compound growth a year over the deepest drawdown, of the whole run (T. W. Young
 * took the last three years). `null` without either.
 *
 * Source: T. W. Young, "Calmar Ratio: A Smoother Tool", Futures (October 1991).
 */
export const calmar = (cagr: number | null, maxDrawdown: number): number | null =>
  quotient(cagr, maxDrawdown);
