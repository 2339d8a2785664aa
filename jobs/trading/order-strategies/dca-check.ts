import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import { belowMinimum, floorQuantity } from '../portfolio/order-size.ts';
import type { ParamFault } from '../strategies/strategy.ts';
import { firstAmount, listRungs, listSteps } from './dca-ladder.ts';
import type { DcaParams } from './dca-params.ts';
import { describeStart } from './dca-start.ts';
import type { OrderScene } from './order-strategy.ts';

const at = (param: keyof DcaParams, message: string): ParamFault => ({ path: [param], message });

/** Returns why deals cannot begin like that. */
export function findDcaFaults(params: DcaParams, scene: OrderScene): ParamFault[] {
  return [...findDeep(params), ...findThin(params, scene), ...findSmall(params, scene)];
}

function findDeep(params: DcaParams): ParamFault[] {
  const fitting = listRungs(params).length;
  if (fitting === params.safety_orders) return [];
  const message = `Only ${fitting} of ${params.safety_orders} safety orders are above a price of 0. Use fewer, or smaller steps.`;
  return [at('safety_orders', message)];
}

function findThin({ take_profit_pct }: DcaParams, { market }: OrderScene): ParamFault[] {
  const fees = market.makerFee.plus(market.takerFee).times(100);
  if (fees.lt(take_profit_pct)) return [];
  const message = `Buying and selling costs up to ${percent(fees)} in fees: a profit of ${take_profit_pct} % earns nothing. Ask for more.`;
  return [at('take_profit_pct', message)];
}

function findSmall(params: DcaParams, scene: OrderScene): ParamFault[] {
  const { market, price, budget, initialBalance } = scene;
  const first = firstAmount(params, budget);
  const base = { price, quantity: floorQuantity(first.div(price), market), name: 'The first buy' };
  const steps = listSteps(params, { anchor: price, budget, market });
  const all = [base, ...steps.map((step) => ({ ...step, name: `Safety order ${step.number}` }))];
  for (const { name, quantity, price: limit } of all) {
    const shortfall = belowMinimum(quantity, limit, market);
    if (shortfall !== undefined)
      return [
        at('safety_orders', `${name} would buy too little: ${shortfall}. Use fewer orders or more money.`),
      ];
  }
  const needed = fullDeal(params, scene);
  if (needed.lte(initialBalance)) return [];
  const message = `A full deal needs ${figure(needed.toDecimalPlaces(2))} ${market.quote}; the balance is ${figure(initialBalance)}. Use fewer orders or less for each.`;
  return [at('safety_orders', message)];
}

/** What all buys of a deal spend, in quote units. */
function fullDeal(params: DcaParams, { budget }: OrderScene): Money {
  const factors = listRungs(params).reduce((total, { factor }) => total + factor, 1);
  return firstAmount(params, budget).times(Number(factors.toPrecision(12)));
}

/** Returns what a deal comes to, in words: what it costs at most, and how far the price may fall. */
export function describeDca(params: DcaParams, scene: OrderScene): string {
  const { market, price, budget } = scene;
  const steps = listSteps(params, { anchor: price, budget, market });
  const needed = figure(fullDeal(params, scene).toDecimalPlaces(2));
  const orders = steps.length + 1;
  const deepest = listRungs(params).at(-1);
  const fall = deepest
    ? `, the last one ${percent(price.minus(price).plus(deepest.fallPct))} below the first (${figure(steps.at(-1)?.price ?? price)} at the price of now)`
    : '';
  const stop =
    params.stop_loss_pct > 0
      ? `It sells at a loss ${params.stop_loss_pct} % below the average price.`
      : 'Below that it only waits: without a stop, all of it can be lost.';
  return `${describeStart(params)}A full deal spends ${needed} ${market.quote} in ${orders} ${orders === 1 ? 'buy' : 'buys'}${fall}. It sells everything ${params.take_profit_pct} % above the average price. ${stop}`;
}

/** Returns the prices of a deal that would begin now. */
export function listDcaLevels(params: DcaParams, { market, price, budget }: OrderScene): number[] {
  const steps = listSteps(params, { anchor: price, budget, market });
  return [price, ...steps.map((step) => step.price)].map((each) => each.toNumber());
}
