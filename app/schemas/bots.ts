import { z } from 'zod';
import { decimalBetween } from './decimal-input.ts';
import { flag, isStorable, line, orLeftOut } from './text.ts';

/** More than any account here holds, in any quote currency: a slip of the finger, not a wish. */
const LARGEST_QUOTE = '1000000000000';

export const quoteAmount = decimalBetween({ above: '0', max: LARGEST_QUOTE });
const percentage = decimalBetween({ above: '0', max: '100' });

export const wholeNumber = (max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value),
    z
      .int('Give a whole number.')
      .min(1, 'Must be at least 1.')
      .max(max, `Must be at most ${String(max)}.`),
  );

const MOST_STEPS = 20;

/** A form has one line for it: `0: 4, 60: 1` (candles: per cent). */
function readSteps(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.split(/[,;]/).map((step) => {
    const [after = '', profit = ''] = step.split(':');
    return { after_candles: after.trim(), profit_pct: profit.trim().replace(/\s*%$/, '') };
  });
}

const roiTable = z.preprocess(
  readSteps,
  z
    .array(
      z.strictObject(
        {
          after_candles: z.preprocess(
            (value) => (typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value),
            z.int().min(0).max(100_000),
          ),
          profit_pct: decimalBetween({ min: '0', max: '10000' }),
        },
        'Give steps of candles and per cent, such as "0: 4, 60: 1".',
      ),
      'Give steps of candles and per cent, such as "0: 4, 60: 1".',
    )
    .min(1)
    .max(MOST_STEPS, `At most ${String(MOST_STEPS)} steps.`),
);

const riskRules = z.strictObject({
  stop_loss_pct: orLeftOut(percentage),
  take_profit_pct: orLeftOut(decimalBetween({ above: '0', max: '10000' })),
  trailing_stop_pct: orLeftOut(percentage),
  max_position_quote: orLeftOut(quoteAmount),
  max_daily_loss_pct: orLeftOut(percentage),
  cooldown_candles: orLeftOut(wholeNumber(100_000)),
  max_trades_per_day: orLeftOut(wholeNumber(100_000)),
  min_confidence: orLeftOut(decimalBetween({ above: '0', max: '1' })),
  max_drawdown_pct: orLeftOut(percentage),
  loss_streak: orLeftOut(wholeNumber(100)),
  loss_streak_candles: orLeftOut(wholeNumber(100_000)),
  time_exit_candles: orLeftOut(wholeNumber(100_000)),
  roi_table: orLeftOut(roiTable),
  /** The stop rests as an order on the exchange too, where it holds while this server is down. */
  stop_on_exchange: orLeftOut(flag).transform((isOn) => (isOn === true ? true : undefined)),
});

export const riskInput = riskRules.superRefine((risk, context) => {
  const hasStop = risk.stop_loss_pct !== undefined || risk.trailing_stop_pct !== undefined;
  if (risk.stop_on_exchange !== true || hasStop) return;
  const message = 'Set a stop-loss or a trailing stop: that is what rests on the exchange.';
  context.addIssue({ code: 'custom', path: ['stop_on_exchange'], message });
});

export const sizingInput = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('quote_amount'), value: quoteAmount }),
  z.strictObject({ type: z.literal('equity_fraction'), value: decimalBetween({ above: '0', max: '1' }) }),
]);

/** Checked further by the strategy's own schema; here only that it can be kept. */
export const paramsInput = z
  .record(z.string().max(100).refine(isStorable), z.unknown())
  .refine((params) => isStorable(JSON.stringify(params)) && !JSON.stringify(params).includes('\\u0000'), {
    error: 'A parameter holds characters that cannot be kept.',
  });

const word = (what: string) => line(100).min(1, `Choose a ${what}.`);

/** Field names are those of the form and of `POST /bot/start`. What is left out has the defaults of `startBot`. */
export const startBotInput = z.strictObject({
  strategy: word('strategy'),
  symbol: word('symbol'),
  timeframe: word('timeframe'),
  mode: z.enum(['paper', 'live'], { error: 'Choose paper or live.' }),
  exchange: orLeftOut(line(50).toLowerCase()),
  exchange_key_id: orLeftOut(line(100)),
  name: orLeftOut(line(80, 'Choose a name of at most 80 characters.')),
  params: paramsInput.optional(),
  sizing: orLeftOut(sizingInput),
  risk: orLeftOut(riskInput),
  initial_balance: orLeftOut(quoteAmount),
});

/** More markets than one basket's page can show, and than a tick should wait for. */
const MOST_SYMBOLS = 50;

/** One strategy on several markets that share a balance: its strategy, rules and size hold for each of them. */
export const startBasketInput = startBotInput
  .omit({ symbol: true })
  .extend({
    symbols: z
      .array(word('symbol'), 'Give a list of symbols.')
      .min(2, 'Give at least two symbols; a bot of one has "symbol".')
      .max(MOST_SYMBOLS, `At most ${String(MOST_SYMBOLS)} symbols.`),
    max_open_positions: orLeftOut(wholeNumber(MOST_SYMBOLS)),
  })
  .refine(({ symbols, max_open_positions: most = 1 }) => most <= symbols.length, {
    path: ['max_open_positions'],
    message: 'That is more than there are symbols: each holds one position.',
  });

export const restartBotInput = z.strictObject({ bot_run_id: line(100) });
const restartBasketInput = z.strictObject({ basket_id: line(100) });

export const stopBotInput = z.object({ bot_run_id: line(100), close_position: flag.optional() });
const stopBasketInput = z.object({ basket_id: line(100), close_position: flag.optional() });

export type StartBotInput = z.infer<typeof startBotInput>;
export type StartBasketInput = z.infer<typeof startBasketInput>;
export type StopBotInput = z.infer<typeof stopBotInput>;
export type StopBasketInput = z.infer<typeof stopBasketInput>;

const TWO_IDS = 'Give bot_run_id or basket_id, not both.';

const jsonObject = z.custom<Record<string, unknown>>(isObject, 'Give a JSON object.');

/** `POST /bot/start`: a new bot or basket, or a stopped one again. */
export const startRequest = jsonObject.transform((input, context) => {
  if ('symbol' in input && 'symbols' in input)
    context.addIssue({ code: 'custom', path: ['symbols'], message: 'Give symbol or symbols, not both.' });
  if ('bot_run_id' in input && 'basket_id' in input)
    context.addIssue({ code: 'custom', path: ['basket_id'], message: TWO_IDS });
  if (context.issues.length > 0) return z.NEVER;
  const parsed = startSchemaOf(input).safeParse(input);
  if (parsed.success) return parsed.data;
  context.issues.push(...(parsed.error.issues as typeof context.issues));
  return z.NEVER;
});

function startSchemaOf(input: Record<string, unknown>) {
  if ('bot_run_id' in input) return restartBotInput;
  if ('basket_id' in input) return restartBasketInput;
  return 'symbols' in input ? startBasketInput : startBotInput;
}

/** `POST /bot/stop`: a bot, or all of a basket. */
export const stopRequest = z.record(z.string(), z.unknown()).transform((input, context) => {
  if ('bot_run_id' in input && 'basket_id' in input) {
    context.addIssue({ code: 'custom', path: ['basket_id'], message: TWO_IDS });
    return z.NEVER;
  }
  const parsed = ('basket_id' in input ? stopBasketInput : stopBotInput).safeParse(input);
  if (parsed.success) return parsed.data;
  context.issues.push(...(parsed.error.issues as typeof context.issues));
  return z.NEVER;
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
