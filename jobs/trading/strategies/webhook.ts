import { z } from 'zod';
import type { Strategy } from './strategy.ts';
import { toScan } from './voice.ts';

/** Runs of this strategy act on signals that are posted to their address. */
export const WEBHOOK = 'WEBHOOK';

/** `secret`: the message holds the secret; `hmac`: it is signed with it. */
export const WEBHOOK_PROOFS = ['secret', 'hmac'] as const;

const paramsSchema = z.strictObject({
  authentication: z.enum(WEBHOOK_PROOFS).default('secret').meta({
    title: 'Authentication',
    description:
      'Secret: the message itself holds it, as TradingView can. HMAC: the message is signed with it in X-Signature.',
  }),
  maximum_age_s: z.int().min(5).max(3_600).default(60).meta({
    title: 'Maximum age (s)',
    description:
      'A signal that says when it was sent is refused once it is older. Without a key of its own the same message counts once in this time.',
  }),
  signals_per_minute: z.int().min(1).max(120).default(30).meta({
    title: 'Signals a minute',
    description: 'What comes beyond that is refused, and may be sent again later.',
  }),
});

export type WebhookParams = z.output<typeof paramsSchema>;

/** Returns the parameters of a run of this strategy as the types know them. */
export function toWebhookParams(parameters: Record<string, unknown>): WebhookParams {
  return paramsSchema.parse(parameters);
}

const SAYS = 'A signal has to be posted to its address';

/** Acts on posted signals; candles are there for the chart and the price alone, so on them it always holds. */
export const webhook: Strategy<WebhookParams> = {
  name: WEBHOOK,
  title: 'Webhook',
  description:
    'Buys and sells when TradingView, or a program of yours, posts a signal to an address of its own.',
  paramsSchema,
  warmUp: () => 1,
  indicators: () => [],
  scan: (_params, { candles }) =>
    toScan(candles.close.length, { kindAt: () => 'HOLD', strengthAt: () => 0, explain: () => SAYS }),
  next: (_params, _input, position) =>
    position
      ? 'Sells as soon as a sell signal is posted to its address.'
      : 'Buys as soon as a buy signal is posted to its address.',
};
