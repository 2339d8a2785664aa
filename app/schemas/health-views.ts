import type { BotView } from './views.ts';

/** How an exchange answers one account, as all processes last saw it; null: not known (yet). */
export type AccountHealthView = {
  latencyMs: number | null;
  weight: { used: number; limit: number; at: string } | null;
  /** The exchange's clock minus ours. */
  clockOffsetMs: number | null;
  lastOkAt: string | null;
  lastError: { at: string; message: string } | null;
  /** Nothing is sent for this account before `until`. */
  ban: { until: string; leftMs: number; reason: string } | null;
  /** No prices are asked for at its exchange before `until`. */
  venueBan: { until: string; leftMs: number; reason: string } | null;
  /** Bots that are not stopped. */
  bots: BotView[];
};

/** One account at the foot of the rail. */
export type RailAccountView = {
  id: string;
  label: string;
  state: 'well' | 'failing' | 'paused' | 'unknown';
  latencyMs: number | null;
  pauseLeftMs: number | null;
};

/** What stands on every page: what wants attention, and how old the oldest comparison of an account in use is. */
export type AttentionView = { haltedBots: number; openDrifts: number; reconciledAgoMs: number | null };
