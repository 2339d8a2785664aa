import type { OrderView } from '../schemas/views.ts';

const TYPES: Record<OrderView['type'], string> = {
  market: 'Market',
  limit: 'Limit',
  stop: 'Stop: at the market once the price is there',
  stop_limit: 'Stop-limit: at its limit once the price is there',
};

const TIMES: Record<NonNullable<OrderView['timeInForce']>, string> = {
  GTC: 'Good till cancelled',
  IOC: 'Immediate or cancel: what does not fill at once is dropped',
  FOK: 'Fill or kill: all at once, or nothing',
};

export const sayOrderType = (type: OrderView['type']) => TYPES[type];

/** How long an order stands; `undefined` for one at the market, which never does. */
export function sayTimeInForce({
  type,
  timeInForce,
  isPostOnly,
}: Pick<OrderView, 'type' | 'timeInForce' | 'isPostOnly'>): string | undefined {
  if (type === 'market') return undefined;
  const time = TIMES[timeInForce ?? 'GTC'];
  return isPostOnly ? `${time}; post-only: refused where it would trade at once` : time;
}
