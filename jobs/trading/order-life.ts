import type { OrderStatus } from './types.ts';

/**
 * Which status may follow which. `unknown` is entered only from `submitting`, and left only by the venue's word on the
 * client order id, its absence included. Back to `intended` lead two ways: the venue did nothing (from `submitting`), or it
 * is proven never to have had the order (from `unknown`), which is then sent once more. A final status has no successor;
 * a move that the table does not name is a fault, never a correction.
 */
const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  intended: ['submitting', 'canceled', 'expired', 'rejected'],
  submitting: [
    'intended',
    'unknown',
    'open',
    'partially_filled',
    'filled',
    'canceled',
    'rejected',
    'expired',
  ],
  unknown: ['intended', 'open', 'partially_filled', 'filled', 'canceled', 'rejected', 'expired'],
  open: ['partially_filled', 'filled', 'canceled', 'rejected', 'expired'],
  partially_filled: ['filled', 'canceled', 'expired'],
  filled: [],
  canceled: [],
  rejected: [],
  expired: [],
};

export const WORKING_STATUSES = [
  'intended',
  'submitting',
  'unknown',
  'open',
  'partially_filled',
] as const satisfies OrderStatus[];

/** How often an order may be handed to its venue: the second time only after a proven absence. */
export const MAX_SENDS = 2;

/** Returns whether nothing can happen to an order of this status any more. */
export function isFinal(status: OrderStatus): boolean {
  return NEXT[status].length === 0;
}

/**
 * What a venue's word on an order means for the status we hold: it is known; it is the next step; it is older than what we
 * hold; or the two cannot both be true.
 */
export type WordMeaning = 'known' | 'next' | 'stale' | 'contradiction';

/** Returns what it means that a venue calls an order `said` which we hold as `held`. A venue knows no order never sent. */
export function readWord(held: OrderStatus, said: OrderStatus): WordMeaning {
  if (held === said) return 'known';
  if (held === 'intended') return 'contradiction';
  if (NEXT[held].includes(said)) return 'next';
  return held === 'partially_filled' && said === 'open' ? 'stale' : 'contradiction';
}

/** Returns every status from which an order may move to `to`. */
export function sourcesOf(to: OrderStatus): OrderStatus[] {
  return (Object.keys(NEXT) as OrderStatus[]).filter((from) => NEXT[from].includes(to));
}
