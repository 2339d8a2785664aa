import { z } from 'zod';
import { OBJECTIVES } from '../../jobs/trading/research/objectives.ts';
import { SAMPLERS } from '../../jobs/trading/research/search.ts';
import { startBacktestInput, type StartBacktestInput } from './backtests.ts';
import type { OptimizationInput } from './optimizations.ts';
import { isStorable, line, orLeftOut } from './text.ts';

const scalar = z.union([z.number(), z.boolean(), line(200)]);

/** `"5..30:5"` as the form has it, `{from, to, step}`, a list of values, or one value. */
const range = z.union(
  [
    scalar,
    z.array(scalar).min(1).max(1_000),
    z.strictObject({ from: z.number(), to: z.number(), step: z.number().optional() }),
  ],
  'Give "5..30:5", {"from": 5, "to": 30, "step": 5}, or a list of values.',
);

const MOST_FIELDS = 100;
const whole = (min: number, max: number) => z.int('Give a whole number.').min(min).max(max);

/** What `POST /optimizations` takes beside what `POST /backtests` takes; `params` are fixed. `hold_out` is a fraction. */
const planInput = z.strictObject({
  ranges: z
    .record(line(100).refine(isStorable), range)
    .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, 'Too many parameters.')
    .default({}),
  sampler: z.enum(SAMPLERS).default('tpe'),
  objective: z.enum(OBJECTIVES.map(({ name }) => name)).default('sharpe'),
  tries: whole(1, 1_000_000).default(300),
  min_trades: whole(0, 1_000_000).default(10),
  hold_out: z.number().min(0.05).max(0.9).default(0.3),
  walk_steps: whole(0, 1_000).default(4),
  seed: line(50).min(1).optional(),
});

const PLAN_FIELDS = Object.keys(planInput.shape);

/** `POST /optimizations`. */
export const startOptimizationInput = z
  .record(z.string(), z.unknown(), 'Send a JSON object.')
  .transform((all, context): { backtest: StartBacktestInput; input: OptimizationInput } => {
    const pick = (isOurs: boolean) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => PLAN_FIELDS.includes(name) === isOurs));
    const [plan, backtest] = [planInput.safeParse(pick(true)), startBacktestInput.safeParse(pick(false))];
    for (const { error } of [plan, backtest])
      for (const { path, message } of error?.issues ?? [])
        context.addIssue({ code: 'custom', path: [...path], message });
    if (!plan.success || !backtest.success) return z.NEVER;
    const { ranges, hold_out: share, ...rest } = plan.data;
    const vary = Object.fromEntries(Object.entries(ranges).map(([name, given]) => [name, toText(given)]));
    return { backtest: backtest.data, input: { ...rest, vary, hold_out: Math.round(1e6 * share) / 1e4 } };
  });

function toText(given: z.infer<typeof range>): string {
  if (Array.isArray(given)) return given.map(String).join('|');
  if (typeof given !== 'object') return String(given);
  const { from, to, step } = given;
  return `${String(from)}..${String(to)}${step === undefined ? '' : `:${String(step)}`}`;
}

const NOT_WHOLE = 'Give a whole number of 1 to 1000.';

/** `GET /optimizations/{id}/trials`. */
export const trialsQuery = z.strictObject({
  limit: orLeftOut(z.coerce.number(NOT_WHOLE).int(NOT_WHOLE).min(1, NOT_WHOLE).max(1_000, NOT_WHOLE)),
  cursor: orLeftOut(z.string().regex(/^\d{1,9}$/, 'Give the next_cursor of an earlier answer.')),
});
