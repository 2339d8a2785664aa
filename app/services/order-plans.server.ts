import type { Deps } from '../../jobs/deps.ts';
import { money, ZERO, type Money } from '../../jobs/trading/decimal.ts';
import type { OrderScene, OrderStrategy } from '../../jobs/trading/order-strategies/order-strategy.ts';
import { findOrderStrategy } from '../../jobs/trading/order-strategies/registry.ts';
import { toBudget } from '../../jobs/trading/order-strategies/wishes.ts';
import type { Market, Sizing } from '../../jobs/trading/types.ts';
import type { FieldError } from '../schemas/views.ts';
import { AppError } from './app-error.ts';
import { askExchange } from './markets.server.ts';
import { toParamErrors } from './param-issues.ts';

/** Rules that hold for orders that a strategy keeps; the others speak of single entries and exits. */
const RULES = ['max_position_quote', 'max_daily_loss_pct', 'max_drawdown_pct'];

export type OrderPlan = {
  strategy: OrderStrategy;
  params: Record<string, unknown>;
  sizing: Sizing;
  initialBalance: Money;
  market: Market;
  risk: Record<string, unknown>;
};

/** Throws 422, with the figures, where a strategy that keeps orders cannot begin like that at the price of now. */
export async function requireSoundPlan(deps: Deps, venue: string, plan: OrderPlan): Promise<void> {
  const { strategy, params, risk } = plan;
  const { last: price } = await askExchange(venue, deps.marketData(venue).fetchTicker(plan.market.symbol));
  const faults = strategy.findFaults(params, toScene(plan, price));
  const titles = { strategy: strategy.title, of: () => undefined };
  const issues = faults.map((fault) => ({ code: 'custom', ...fault }));
  const errors = [...toParamErrors(issues, titles), ...findUnfitRules(strategy, risk)];
  if (errors.length === 0) return;
  throw new AppError('refused', errors.map(({ message }) => message).join(' '), { errors });
}

const isOn = (rule: unknown) => rule !== undefined && rule !== false;

/** Returns a message for each rule that is on and speaks of single entries and exits. */
export function findUnfitRules({ title }: OrderStrategy, risk: Record<string, unknown>): FieldError[] {
  const unfit = Object.keys(risk).filter((name) => isOn(risk[name]) && !RULES.includes(name));
  const message = `${title} has exits of its own, and this rule does not hold for them. Leave it out.`;
  return unfit.map((name) => ({ path: `risk.${name}`, message }));
}

const toScene = ({ market, sizing, initialBalance }: Omit<OrderPlan, 'risk'>, price: Money): OrderScene => ({
  market,
  price,
  initialBalance,
  budget: toBudget(sizing, initialBalance),
});

export type Draft = {
  strategy: string;
  params: Record<string, unknown> | null;
  market: Market;
  /** As the form has them; a share in per cent. */
  sizing: { type: string | undefined; value: string | undefined };
  initialBalance: string | undefined;
  /** The newest close. */
  price: number | undefined;
};

export type PlanView = { sentence: string; levels: number[] };

/** What paper bots begin with where nothing is said. */
const USUAL_BALANCE = 10_000;

/** Returns what a plan of the form would come to, or what is wrong with it; `null` where its strategy keeps no orders. */
export function previewPlan(draft: Draft): PlanView | null {
  const strategy = findOrderStrategy(draft.strategy);
  const { params, market, price } = draft;
  if (!strategy || !params || price === undefined) return null;
  const initialBalance = readAmount(draft.initialBalance, money(USUAL_BALANCE));
  const given = readAmount(draft.sizing.value, ZERO);
  const isShare = draft.sizing.type === 'equity_fraction';
  const value = isShare ? given.div(100) : given;
  const sizing: Sizing = { type: isShare ? 'equity_fraction' : 'quote_amount', value };
  const scene = toScene({ strategy, params, sizing, initialBalance, market }, money(price));
  const levels = strategy.listLevels(params, scene);
  const faults = value.isZero() ? [] : strategy.findFaults(params, scene);
  const sentence = faults.map(({ message }) => message).join(' ') || strategy.describe(params, scene);
  return { sentence, levels };
}

function readAmount(text: string | undefined, otherwise: Money): Money {
  const isNumber = text !== undefined && /^\s*\d{1,15}(\.\d{1,15})?\s*$/.test(text);
  return isNumber ? money(text.trim()) : otherwise;
}
