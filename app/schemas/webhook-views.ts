import type { OrderStatus, Side } from '../../jobs/trading/types.ts';

export type SignalView = {
  id: string;
  receivedAt: string;
  action: Side;
  /** `pending`: it waits for an order of the bot to be done. */
  outcome: 'pending' | 'order' | 'ignored' | 'refused' | 'test';
  /** What became of it, in a sentence. */
  detail: string;
  /** The sender's words and price. */
  reason: string;
  price: string | null;
  /** How often it came again, and was answered as a duplicate. */
  repeats: number;
  order: { id: string; status: OrderStatus } | null;
};

export type WebhookView = {
  /** Where signals are posted to. */
  url: string;
  authentication: 'secret' | 'hmac';
  maximumAgeS: number;
  signalsPerMinute: number;
  /** The secret has not been shown yet. */
  canReveal: boolean;
  /** Posts with a wrong secret or signature since the secret was made. */
  wrongProofs: number;
  lastWrongProofAt: string | null;
  /** Newest first, at most 20. */
  signals: SignalView[];
};

/** What a form of the webhook's card answers: a secret, shown this once. */
export type ShownSecret = { secret: string };
