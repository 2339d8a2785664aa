import { z } from 'zod';
import type { BotMode, BotStatus } from '../../jobs/trading/types.ts';
import { decimalBetween } from './decimal-input.ts';
import { orLeftOut } from './text.ts';

const quoteAmount = orLeftOut(decimalBetween({ above: '0', max: '1000000000000' }));

const wholeNumber = orLeftOut(
  z.coerce.number('Give a whole number.').int('Give a whole number.').min(1).max(1_000_000),
);

/** An owner's limits; what is left out is off. */
export const riskLimitsInput = z.object({
  max_exposure_symbol_quote: quoteAmount,
  max_exposure_account_quote: quoteAmount,
  max_exposure_total_quote: quoteAmount,
  max_open_orders: wholeNumber,
  max_orders_per_minute: wholeNumber,
});

export type RiskLimitsInput = z.infer<typeof riskLimitsInput>;

export const KILL_LEVELS = ['entries', 'orders', 'positions'] as const;

/** `target`: `all`, `account:{exchange key id}` or `bot:{bot run id}`. */
export const killSwitchInput = z.object({
  target: z.string().regex(/^(all|(account|bot):[0-9a-f-]{36})$/i, 'Choose what the kill switch covers.'),
  level: z.enum(KILL_LEVELS, 'Choose how far the kill switch goes.'),
});

export type KillSwitchInput = z.infer<typeof killSwitchInput>;

/** Decimals are strings, in the group's currency; `*Pct` is 0..100. */
export type ExposureView = {
  mode: BotMode;
  currency: string;
  equity: string;
  inCoins: string;
  inCoinsPct: string | null;
  /** Null while no limit is set. */
  limit: string | null;
  limitPct: string | null;
  /** What would be lost from here if every stop were hit at its price; null when nothing is held under a stop. */
  stopsLoss: string | null;
  stopsLossPct: string | null;
  /** Worth of what is held without a stop. */
  withoutStop: string;
  rows: ExposureRow[];
};

export type ExposureRow = {
  kind: 'symbol' | 'account';
  name: string;
  amount: string;
  pct: string | null;
  limit: string | null;
};

export type KillPreview = {
  target: string;
  targetName: string;
  level: (typeof KILL_LEVELS)[number];
  bots: { id: string; name: string; status: BotStatus }[];
  running: number;
  workingOrders: number;
  positions: number;
};

/** What a pull achieved for one bot, each in a sentence. */
export type KillResult = {
  botRunId: string;
  botName: string;
  entries: string;
  orders: string;
  position: string;
  outcome: 'done' | 'working' | 'failed';
};

export type KillSwitchView = {
  id: string;
  targetName: string;
  level: (typeof KILL_LEVELS)[number];
  pulledAt: string;
  liftedAt: string | null;
  /** Bots that trade again when it is lifted. */
  halted: number;
  results: KillResult[];
};

export type RiskView = {
  limits: Record<string, string>;
  exposure: ExposureView[];
  targets: { value: string; label: string }[];
  preview: KillPreview | null;
  switches: KillSwitchView[];
};
