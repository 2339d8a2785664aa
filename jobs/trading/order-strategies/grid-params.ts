import { z } from 'zod';
import type { Money } from '../decimal.ts';
import type { GridRange } from './grid-levels.ts';

const price = z.number().min(0);

export const paramsSchema = z.strictObject({
  lower_price: price
    .default(0)
    .meta({ title: 'Lower price', description: '0: 10 % below the price at its start.' }),
  upper_price: price
    .default(0)
    .meta({ title: 'Upper price', description: '0: 10 % above the price at its start.' }),
  levels: z
    .int()
    .min(3)
    .max(101)
    .default(11)
    .meta({ title: 'Levels', description: 'Prices, both ends counted.' }),
  spacing: z
    .enum(['arithmetic', 'geometric'])
    .default('geometric')
    .meta({ title: 'Spacing', description: 'The same difference, or the same per cent, between levels.' }),
  initial_buy: z
    .boolean()
    .default(true)
    .meta({ title: 'Buy at the start', description: 'As much as the levels above the price are to sell.' }),
  trails_up: z.boolean().default(false).meta({
    title: 'Follows the price up',
    description: 'By one level once the price is a step above the top.',
  }),
  stop_price: price.default(0).meta({
    title: 'Stop price',
    description: 'At or below it everything is cancelled and sold, and the bot halts. 0: off.',
  }),
  take_profit_pct: z.number().min(0).max(1_000).default(0).meta({
    title: 'Take profit (%)',
    description: 'Of its equity at the start: then it sells everything and halts. 0: off.',
  }),
});

export type GridParams = z.infer<typeof paramsSchema>;

/** What a grid remembers: its range as it was at the start, how far it went up, and why it is ending. */
export type GridNotes = {
  lower: number;
  upper: number;
  shift: number;
  /** From this band on the first buy covers what is sold; those of the bands beyond the last: none. */
  coveredFrom: number;
  startEquity: string;
  exit: 'stop_loss' | 'take_profit' | null;
};

/** Returns the range that parameters mean at a price. */
export function toRange(params: GridParams, at: Money): GridRange {
  const near = (factor: number) => Number((at.toNumber() * factor).toPrecision(4));
  return {
    lower: params.lower_price || near(0.9),
    upper: params.upper_price || near(1.1),
    cells: params.levels - 1,
    spacing: params.spacing,
  };
}
