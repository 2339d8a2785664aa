import type { Money } from '../decimal.ts';
import { figure, percent } from '../figures.ts';
import { belowMinimum } from '../portfolio/order-size.ts';
import type { ParamFault } from '../strategies/strategy.ts';
import { levelAt, listBands, smallestStep, type Band } from './grid-levels.ts';
import { toRange, type GridParams } from './grid-params.ts';
import type { OrderScene } from './order-strategy.ts';

const at = (param: keyof GridParams, message: string): ParamFault => ({ path: [param], message });

/** Returns why a grid cannot begin like that. */
export function findGridFaults(params: GridParams, scene: OrderScene): ParamFault[] {
  const range = toRange(params, scene.price);
  if (range.lower >= range.upper) {
    const message = `The lower price, ${range.lower}, must be below the upper one, ${range.upper}.`;
    return [at('lower_price', message)];
  }
  const outside = findOutside(params, scene);
  return [...outside, ...findNarrow(params, scene), ...findSmall(params, scene), ...findStop(params, scene)];
}

function findOutside(params: GridParams, { price, market }: OrderScene): ParamFault[] {
  const { lower, upper } = toRange(params, price);
  const now = `The price is ${figure(price)} ${market.quote}`;
  if (price.lte(lower))
    return [
      at('lower_price', `${now}: at or below the grid, so there is nothing to buy lower. Begin it lower.`),
    ];
  if (price.gte(upper))
    return [
      at('upper_price', `${now}: at or above the grid, so there is nothing to sell higher. End it higher.`),
    ];
  return [];
}

/** A round trip pays the maker's fee twice. */
const feesOf = ({ market }: OrderScene): Money => market.makerFee.times(2);

function findNarrow(params: GridParams, scene: OrderScene): ParamFault[] {
  const step = scene.price.minus(scene.price).plus(smallestStep(toRange(params, scene.price)));
  const fees = feesOf(scene);
  if (step.gt(fees)) return [];
  const figures = `The smallest step is ${percent(step.times(100))}, and buying and selling costs ${percent(fees.times(100))} in fees`;
  return [at('levels', `${figures}: no round trip could earn anything. Use fewer levels or a wider range.`)];
}

function findSmall(params: GridParams, scene: OrderScene): ParamFault[] {
  const { market, price: like, budget, initialBalance } = scene;
  const range = toRange(params, like);
  const bands = listBands({ range, budget, market, like }, 0);
  for (const { quantity, low } of bands) {
    const shortfall = belowMinimum(quantity, low, market);
    if (shortfall !== undefined)
      return [
        at(
          'levels',
          `A level at ${figure(low)} would buy too little: ${shortfall}. Use fewer levels or more money.`,
        ),
      ];
  }
  const needed = neededFor(bands, scene);
  if (needed.lte(initialBalance)) return [];
  const figures = `${bands.length} levels need ${figure(needed.toDecimalPlaces(2))} ${market.quote}`;
  return [
    at('levels', `${figures}; the balance is ${figure(initialBalance)}. Use fewer levels or less for each.`),
  ];
}

/** Bands above the price are bought at the price. */
function neededFor(bands: Band[], { price }: OrderScene): Money {
  const paid = ({ low, quantity }: Band) => quantity.times(low.lt(price) ? low : price);
  return bands.reduce((total, band) => total.plus(paid(band)), price.minus(price));
}

function findStop({ stop_price, ...params }: GridParams, { price }: OrderScene): ParamFault[] {
  const { lower } = toRange({ ...params, stop_price }, price);
  if (stop_price === 0 || stop_price < lower) return [];
  return [at('stop_price', `The stop, ${stop_price}, must be below the lowest level, ${lower}.`)];
}

/** Returns what a grid comes to, in words. */
export function describeGrid(params: GridParams, scene: OrderScene): string {
  const { market, price } = scene;
  const range = toRange(params, price);
  const bands = listBands({ range, budget: scene.budget, market, like: price }, 0);
  const needed = neededFor(bands, scene);
  const like = price.minus(price);
  const earns = like.plus(smallestStep(range)).minus(feesOf(scene)).times(100);
  const above = bands.filter(({ low }) => low.gte(price));
  const first = above.reduce((total, { quantity }) => total.plus(quantity.times(price)), like);
  const start =
    params.initial_buy && above.length > 0
      ? ` It begins with a buy for about ${figure(first.toDecimalPlaces(2))} ${market.quote}, to be sold at ${above.length} levels above the price.`
      : '';
  const stop =
    params.stop_price > 0
      ? ` At ${params.stop_price} it sells everything and halts.`
      : ' Below the lowest level it buys no more and has no stop: all of it can be lost.';
  return `${range.cells} buys from ${figure(like.plus(range.lower))} to ${figure(like.plus(range.upper))} ${market.quote} spend ${figure(needed.toDecimalPlaces(2))} at most; each round trip earns at least ${percent(earns)} after fees.${start}${stop}`;
}

/** Returns the prices of a grid's levels. */
export function listGridLevels(params: GridParams, { price }: OrderScene): number[] {
  const range = toRange(params, price);
  return Array.from({ length: range.cells + 1 }, (_none, number) => levelAt(range, number));
}
