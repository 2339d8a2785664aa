import { figure } from '../figures.ts';
import { belowMinimum, floorQuantity } from '../portfolio/order-size.ts';
import type { EntryRule } from './rule.ts';

const RULE = 'max-position';

/** Shrinks an entry so that the position is worth `maxPositionQuote` at most; denies it where too little would be left. */
export const maxPosition: EntryRule = ({ quantity, price, market, state, risk }) => {
  const max = risk.maxPositionQuote;
  if (!max) return null;
  const room = max.minus(state.position.quantity.times(price));
  const limit = `the limit of ${figure(max)} ${market.quote}`;
  const wanted = `${figure(quantity.times(price))} ${market.quote}`;
  if (quantity.times(price).lte(room)) {
    return { rule: RULE, outcome: 'allow', detail: `${wanted} is within ${limit}.` };
  }
  const left = floorQuantity(room.div(price), market);
  const shortfall = belowMinimum(left, price, market);
  if (shortfall !== undefined) {
    return {
      rule: RULE,
      outcome: 'deny',
      detail: `${wanted} is over ${limit}, and what fits is too little: ${shortfall}.`,
    };
  }
  const detail = `${wanted} is over ${limit}: buys ${figure(left)} ${market.base} instead of ${figure(quantity)}.`;
  return { rule: RULE, outcome: 'shrink', detail, quantity: left };
};
