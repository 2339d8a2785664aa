import type { Basket } from '../../db/queries/baskets.ts';
import type { BotRun } from '../../db/queries/bots.ts';
import { sum } from '../../jobs/trading/decimal.ts';
import { findStrategy } from '../../jobs/trading/strategies/registry.ts';
import type { BotStatus } from '../../jobs/trading/types.ts';
import type { BasketView } from '../schemas/basket-views.ts';
import type { Tone } from '../schemas/views.ts';
import { isInPosition } from './bot-state.ts';
import { iso, toBotView, toPct, worthOf } from './bot-views.ts';
import { venueName } from './markets.server.ts';

/** What one leg does, all do: the first of these that any has. */
const STATUSES = ['RUNNING', 'STOPPING', 'HALTED', 'ERROR', 'STOPPED'] as const satisfies BotStatus[];

/** Returns what a basket does, from what its legs do. */
export function statusOf(legs: readonly Pick<BotRun, 'status'>[]): BotStatus {
  return STATUSES.find((status) => legs.some((leg) => leg.status === status)) ?? 'STOPPED';
}

/** Returns a basket as pages show it: sums over its legs, whose shares of the balance add up to the whole. */
export function toBasketView(basket: Basket): BasketView {
  const { legs, initialBalance } = basket;
  const worths = legs.map(worthOf);
  const profit = sum(worths.map((worth) => worth.profit));
  const strategy = findStrategy(basket.strategy);
  return {
    id: basket.id,
    name: basket.name,
    status: statusOf(legs),
    mode: basket.mode,
    strategy: basket.strategy,
    strategyTitle: strategy?.title ?? basket.strategy,
    strategySentence: strategy?.describe?.(basket.parameters) ?? null,
    venueName: venueName(basket.venue),
    quote: basket.quote,
    timeframe: basket.timeframe,
    parameters: basket.parameters,
    sizing: { type: basket.sizing.type, value: basket.sizing.value.toFixed() },
    risk: basket.risk,
    initialBalance: initialBalance.toFixed(),
    maxOpen: basket.maxOpen,
    openPositions: legs.filter(isInPosition).length,
    createdAt: iso(basket.createdAtMs),
    realizedPnl: sum(legs.map(({ realizedPnl }) => realizedPnl)).toFixed(),
    unrealizedPnl: sum(worths.map(({ unrealized }) => unrealized)).toFixed(),
    profit: profit.toFixed(),
    profitPct: toPct(profit, initialBalance),
    fees: sum(legs.map(({ feesQuote }) => feesQuote)).toFixed(),
    equity: initialBalance.plus(profit).toFixed(),
    halt: toHalt(legs),
    ...describeBasket(basket),
    legs: legs.map(toBotView),
  };
}

function toHalt(legs: readonly BotRun[]): BasketView['halt'] {
  const halted = legs.find(({ status, halt }) => status === 'HALTED' && halt);
  if (statusOf(legs) !== 'HALTED' || !halted?.halt) return null;
  return { ...halted.halt, at: iso(halted.halt.atMs) };
}

type Described = { state: string; tone: Tone };

/** Returns in one sentence what a basket is doing, and how much attention that wants. */
export function describeBasket({ legs, maxOpen }: Pick<Basket, 'legs' | 'maxOpen'>): Described {
  const held = legs.filter(isInPosition).map(({ base }) => base);
  const still = held.length > 0 ? `; it still holds ${held.join(', ')}` : '';
  switch (statusOf(legs)) {
    case 'RUNNING':
      return describeRunning(legs, { held, maxOpen });
    case 'STOPPING':
      return { state: 'Stopping: its pairs cancel their open orders.', tone: 'attention' };
    case 'HALTED':
      return { state: `Halted: ${toHalt(legs)?.reason ?? 'each of its pairs.'}`, tone: 'attention' };
    case 'ERROR':
      return { state: withTrouble('Failed.', legs), tone: 'bad' };
    case 'STOPPED':
      return { state: `Stopped${still}.`, tone: still === '' ? 'quiet' : 'attention' };
  }
}

function describeRunning(
  legs: readonly BotRun[],
  { held, maxOpen }: { held: string[]; maxOpen: number },
): Described {
  const idle = legs.filter(({ status }) => status !== 'RUNNING').map(({ symbol }) => symbol);
  const does =
    held.length === 0
      ? 'Waiting to buy.'
      : `Holds ${held.join(', ')}: ${String(held.length)} of at most ${String(maxOpen)}.`;
  const apart = idle.length === 0 ? '' : ` Not running: ${idle.join(', ')}.`;
  const state = withTrouble(`${does}${apart}`, legs);
  if (apart !== '' || state !== does) return { state, tone: 'attention' };
  return { state, tone: held.length === 0 ? 'quiet' : 'good' };
}

function withTrouble(state: string, legs: readonly BotRun[]): string {
  const troubled = legs.find(({ error }) => error !== null);
  return troubled ? `${state} ${troubled.symbol}: ${troubled.error ?? ''}` : state;
}
