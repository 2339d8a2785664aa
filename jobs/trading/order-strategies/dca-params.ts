import { z } from 'zod';

const pct = (most: number) => z.number().min(0).max(most);

export const paramsSchema = z.strictObject({
  start: z.enum(['at_once', 'rsi_below', 'rsi_above']).default('at_once').meta({
    title: 'Begins a deal',
    description: 'At once, or when the RSI of its candles crosses a level.',
  }),
  rsi_period: z
    .int()
    .min(2)
    .max(200)
    .default(14)
    .meta({ title: 'RSI period', description: 'Where a deal waits for the RSI.' }),
  rsi_level: z
    .number()
    .min(1)
    .max(99)
    .default(30)
    .meta({ title: 'RSI level', description: 'Where a deal waits for the RSI: what it must cross.' }),
  base_order: z
    .enum(['market', 'limit'])
    .default('market')
    .meta({ title: 'First buy', description: 'At the market, or with a limit at the price of the moment.' }),
  safety_orders: z
    .int()
    .min(0)
    .max(40)
    .default(5)
    .meta({ title: 'Safety orders', description: 'Further buys below the first, at most.' }),
  deviation_pct: z
    .number()
    .min(0.05)
    .max(50)
    .default(2)
    .meta({ title: 'First step down (%)', description: 'From the first buy to the first safety order.' }),
  step_scale: z
    .number()
    .min(0.5)
    .max(5)
    .default(1)
    .meta({ title: 'Step scale', description: 'Each further step is so many times the one before.' }),
  safety_volume: z
    .number()
    .min(0.1)
    .max(20)
    .default(1)
    .meta({ title: 'First safety order', description: 'Times what the first buy spends.' }),
  volume_scale: z
    .number()
    .min(0.5)
    .max(5)
    .default(1.5)
    .meta({ title: 'Volume scale', description: 'Each further one spends so many times the one before.' }),
  take_profit_pct: z.number().min(0.05).max(500).default(2).meta({
    title: 'Take profit (%)',
    description: 'Above the average price of the deal, fees not counted.',
  }),
  stop_loss_pct: pct(99)
    .default(0)
    .meta({ title: 'Stop-loss (%)', description: 'Below the average price of the deal. 0: off.' }),
  cooldown_minutes: z.int().min(0).max(100_000).default(0).meta({
    title: 'Pause between deals (min)',
    description: 'From the end of one to the first buy of the next.',
  }),
  max_deals: z
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .meta({ title: 'Deals, at most', description: 'Then it halts. 0: no end.' }),
});

export type DcaParams = z.infer<typeof paramsSchema>;

/** What a series of deals remembers. */
export type DcaNotes = {
  /** Deals that have ended. */
  deals: number;
  /** No first buy before this moment. */
  waitsUntilMs: number;
  /** Open time of the newest candle that had closed when the wait began: what crossed up to then begins nothing. */
  seenMs: number | null;
  /** What the first buy of the open deal filled at on average; `null` before it has. */
  anchor: string | null;
  /** The stop was reached: all is sold. */
  isLeaving: boolean;
};
