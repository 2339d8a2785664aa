import type { z } from 'zod';
import type { Money } from '../decimal.ts';
import type { FillValue } from '../portfolio/fill-value.ts';
import type { WantedOrder } from '../portfolio/plan-orders.ts';
import type { IndicatorSeries, ParamFault } from '../strategies/strategy.ts';
import type { Timeframe } from '../timeframe.ts';
import type { BotState, Candles, Market, OrderType, Side } from '../types.ts';

/** The newest order of a slot. */
export type SlotLast = {
  side: Side;
  type: OrderType;
  quantity: Money;
  filledQuantity: Money;
  limitPrice: Money | null;
  /** What it filled at, fees left out; `null` before the first fill. */
  averagePrice: Money | null;
  /** Nothing final is known of it. */
  isWorking: boolean;
};

/** What became of all orders of a slot: the newest one, and what all of them moved, fees counted. */
export type SlotBook = { last: SlotLast; bought: FillValue; sold: FillValue };

/** What a strategy keeps between two looks. `notes` are its own, plain JSON; `null` before it begins, and after its end. */
export type OrderMemory<Notes = Record<string, unknown>> = {
  /** Slots of a round have names of their own (`slotName`): what a round leaves behind is not counted in the next. */
  round: number;
  notes: Notes | null;
  /** Sales outside slots, by rules or people, that the strategy has taken notice of. */
  exits: number;
};

/** What all buys are to spend, in quote units: so much each, or so much together. */
export type Budget = { each: Money } | { total: Money };

export type OrderInput<Notes = Record<string, unknown>> = {
  market: Market;
  state: BotState;
  memory: OrderMemory<Notes>;
  /** By slot, those of the memory's round. */
  slots: ReadonlyMap<string, SlotBook>;
  budget: Budget;
  /** The latest price. It says how the run counts: exact decimals, or doubles. */
  price: Money;
  nowMs: number;
  timeframe: Timeframe;
  /** The newest closed candles, oldest first: as many as `countCandles` says, fewer where there are no more. */
  candles: Candles;
};

export type OrderWish<Notes = Record<string, unknown>> = {
  /** What is to work now; the more important first: where money or a limit does not suffice for all, the last are left out. */
  orders: WantedOrder[];
  memory: OrderMemory<Notes>;
  /** What it waits for, in a sentence. */
  reason: string;
  /** It has ended, and why: the bot is halted and begins anew only when a person lets it. */
  done?: string;
  /** Without a fill it wants something else only from these prices, or this moment, on; `atClose`: at the close of each candle. */
  wake?: { above?: Money; below?: Money; atMs?: number; atClose?: true };
};

/** What a plan is judged with before it starts. */
export type OrderScene = { market: Market; price: Money; initialBalance: Money; budget: Budget };

/**
 * A strategy that keeps orders working instead of acting on candles. All of it is pure and runs alike in backtest, paper and
 * live: it is asked after each fill and final word, at each watch of the prices, and says what is to work. Its orders are
 * kept by `planOrders`; what it may spend and sell is bounded there, not here.
 */
export type OrderStrategy<Params = Record<string, unknown>, Notes = Record<string, unknown>> = {
  /** Unique, in capitals, kept for ever: runs in the database name it. */
  name: string;
  title: string;
  /** One sentence a trader understands. */
  description: string;
  /** Each field with title and description (`.meta()`), bounds and default. */
  paramsSchema: z.ZodObject & z.ZodType<Params>;
  wanted(params: Params, input: OrderInput<Notes>): OrderWish<Notes>;
  /** How many closed candles it looks at; left out: none. */
  countCandles?(params: Params): number;
  /** What a chart shows of what it looks at. */
  indicators?(params: Params, candles: Candles): IndicatorSeries[];
  /** Why it cannot begin like that, each with the figures and what to do. */
  findFaults(params: Params, scene: OrderScene): ParamFault[];
  /** What the plan comes to, in a few sentences with figures. */
  describe(params: Params, scene: OrderScene): string;
  /** The prices at which it trades, for a chart. */
  listLevels(params: Params, scene: OrderScene): number[];
};

/** What a slot is for. */
export const SLOT_KINDS = {
  g: 'Grid level',
  b: 'Base order',
  s: 'Safety order',
  t: 'Take profit',
  x: 'Exit',
} as const;
export type SlotKind = keyof typeof SLOT_KINDS;

/** Returns the name of a slot: no two rounds share one. */
export function slotName(kind: SlotKind, round: number, number = 0): string {
  return `${kind}${round}:${number}`;
}

export type SlotParts = { kind: SlotKind; round: number; number: number };

/** Returns what a slot's name says; `undefined` for a slot of another kind, as that of a resting stop. */
export function readSlot(slot: string): SlotParts | undefined {
  const [, kind = '', round, number] = /^([gbstx])(\d+):(\d+)$/.exec(slot) ?? [];
  return round === undefined
    ? undefined
    : { kind: kind as SlotKind, round: Number(round), number: Number(number) };
}

/** Returns a slot as people read it. */
export function saySlot(slot: string): string {
  const parts = readSlot(slot);
  if (!parts) return slot;
  const { kind, number } = parts;
  return kind === 'g' || kind === 's' ? `${SLOT_KINDS[kind]} ${number}` : SLOT_KINDS[kind];
}

/** Returns the memory before the first look. */
export const freshMemory = (): OrderMemory => ({ round: 1, notes: null, exits: 0 });
