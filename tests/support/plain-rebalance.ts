/**
 * Target weights on candles in plain loops, as a trader would write it in an evening: an independent second opinion on the
 * engine. It shares nothing with it but the shape of candles. Doubles, pairs that all have the same candles.
 */
import type { Candles } from '../../jobs/trading/types.ts';

export type PlainTerms = {
  /** Percent. */
  weights: number[];
  points: number;
  /** Percent of the target; 0: off. */
  relative: number;
  atMost: number;
  atLeast: number;
  minTrade: number;
  fee: number;
  slippage: number;
  balance: number;
  /** 0: quantities are not rounded. */
  lot: number;
};

export type PlainFill = {
  pair: number;
  timeMs: number;
  side: 'BUY' | 'SELL';
  price: number;
  quantity: number;
};

const PRICE_RISK = 0.01;

// eslint-disable-next-line complexity -- one loop on purpose: it is to be read at a glance, top to bottom
export function plainRebalance(
  all: readonly Candles[],
  terms: PlainTerms,
): { fills: PlainFill[]; equity: Float64Array } {
  const { weights, fee, slippage, lot } = terms;
  const count = all[0]!.close.length;
  const floor = (quantity: number) => (lot === 0 ? quantity : Math.floor(quantity / lot + 1e-9) * lot);
  const perUnit = 1 + fee + PRICE_RISK;
  const wanted = weights.reduce((sum, weight) => sum + weight, 0) / 100;
  const shrink = Math.min(1, 1 / (wanted * perUnit));
  const held = weights.map(() => 0);
  let cash = terms.balance;
  let orders: number[] = [];
  let lastAct = -Infinity;
  let isSecondStep = false;
  const fills: PlainFill[] = [];
  const equity = new Float64Array(count);

  const fill = (pair: number, i: number, quantity: number) => {
    const price = all[pair]!.open[i]! * (1 + Math.sign(quantity) * slippage);
    fills.push({
      pair,
      timeMs: all[pair]!.openTimeMs[i]!,
      side: quantity > 0 ? 'BUY' : 'SELL',
      price,
      quantity: Math.abs(quantity),
    });
    held[pair]! += quantity > 0 ? quantity * (1 - fee) : quantity;
    cash -= quantity > 0 ? quantity * price : quantity * price * (1 - fee);
  };

  for (let i = 0; i < count; i += 1) {
    const before = cash;
    let spent = 0;
    weights.forEach((_, pair) => {
      if ((orders[pair] ?? 0) < 0) fill(pair, i, orders[pair]!);
    });
    weights.forEach((_, pair) => {
      const cost = (orders[pair] ?? 0) * all[pair]!.open[i]! * (1 + slippage);
      if (cost <= 0 || spent + cost > before) return;
      spent += cost;
      fill(pair, i, orders[pair]!);
    });
    orders = weights.map(() => 0);
    const price = all.map(({ close }) => close[i]!);
    const value = held.map((quantity, pair) => quantity * price[pair]!);
    const total = value.reduce((sum, each) => sum + each, cash);
    equity[i] = total;
    if (i === count - 1) break;

    const target = weights.map((weight) => (total * shrink * weight) / 100);
    const drift = value.map((each, pair) => each - target[pair]!);
    const band = (total * terms.points) / 100;
    const isOut =
      drift.some((each, pair) => {
        const relative = (target[pair]! * terms.relative) / 100;
        return Math.abs(each) >= band || (terms.relative > 0 && Math.abs(each) >= relative);
      }) || Math.abs(drift.reduce((sum, each) => sum + each, 0)) >= band;
    const isDue = terms.atLeast > 0 && i - lastAct >= terms.atLeast;
    if (!isSecondStep && !isDue && !(isOut && i - lastAct >= terms.atMost)) continue;

    let sales = 0;
    drift.forEach((each, pair) => {
      const quantity = each > 0 && !isSecondStep ? floor(Math.min(each / price[pair]!, held[pair]!)) : 0;
      if (quantity <= 0 || quantity * price[pair]! < terms.minTrade) return;
      orders[pair] = -quantity;
      sales += 1;
    });
    let free = cash;
    let isShort = false;
    const poorest = drift.map((each, pair) => ({ each, pair })).sort((a, b) => a.each - b.each);
    for (const { each, pair } of poorest) {
      if (each >= 0) continue;
      const money = Math.min(-each, free / perUnit);
      const quantity = floor(money / price[pair]!);
      const isBought = quantity > 0 && quantity * price[pair]! >= terms.minTrade;
      const rest = floor((-each - (isBought ? quantity * price[pair]! : 0)) / price[pair]!);
      if (money < -each && rest > 0 && rest * price[pair]! >= terms.minTrade) isShort = true;
      if (!isBought) continue;
      orders[pair] = quantity;
      free -= quantity * price[pair]! * perUnit;
    }
    if (!isSecondStep && (isDue || orders.some((each) => each !== 0))) lastAct = i;
    isSecondStep = !isSecondStep && sales > 0 && isShort;
  }
  return { fills, equity };
}
