import { EXCHANGES, type Blow, type Exchange, type StepCommand, type Wish } from './protocol.ts';
import { createRandom, type Random } from './random.ts';
import { venueOf, type ChaosVenues, type Weather } from './venue.ts';
import type { ChaosBot, ChaosWorld } from './world.ts';

/** Everything that happens in a step; it follows from the campaign's seed and the step's number. */
export type StepPlan = {
  passMs: number;
  /** Moves an exchange's clock. */
  skew: { exchange: Exchange; skewMs: number } | null;
  /** What people do on an exchange's own page; each says whether the exchange took it. */
  byHand: { what: string; where: Exchange; act: () => boolean }[];
  weather: Record<Exchange, Omit<Weather, 'step'>>;
  command: Pick<StepCommand, 'hasTicks' | 'hasWatches' | 'rounds' | 'blow'>;
  wishes: () => Wish[];
  /** The queue takes a dead worker's jobs for lost at once, and not much later. */
  isHandedOutAgain: boolean;
  /** For so many steps a worker stands still that is stopped in this one. */
  stallSteps: number;
};

export type PlanParts = { seed: string; world: ChaosWorld; venues: ChaosVenues; step: number };

const CALM = 0.35;

export function planStep(parts: PlanParts): StepPlan {
  const random = createRandom(`${parts.seed}:step:${String(parts.step)}`);
  const blow = planBlow(random);
  return {
    passMs: random.chance(0.1) ? random.int(20_000, 60_000) : random.int(500, 12_000),
    skew: random.chance(0.03)
      ? { exchange: random.pick(EXCHANGES), skewMs: random.int(-4_000, 4_000) }
      : null,
    byHand: random.chance(0.25) ? [actByHand(random, parts)] : [],
    weather: { binance: planWeather(random), kraken: planWeather(random) },
    command: {
      hasTicks: random.chance(0.9),
      hasWatches: random.chance(0.6),
      rounds: random.int(1, 3),
      blow,
    },
    wishes: planWishes(random, parts),
    isHandedOutAgain: random.chance(0.5),
    stallSteps: random.int(1, 4),
  };
}

function planWeather(random: Random): Omit<Weather, 'step'> {
  if (random.chance(CALM)) return { reading: 0, changing: 0, hiding: random.pick([0, 0, 0.3]) };
  return {
    // Where most of reading fails, few orders come to be sent.
    reading: random.pick([0, 0.02, 0.05, 0.15, 0.5]),
    changing: random.pick([0.1, 0.3, 0.6, 0.9]),
    hiding: random.pick([0, 0.2, 0.6]),
  };
}

/** How many steps end in each kind of blow, if it comes to fall. */
const BLOWS = { kill: 0.11, stall: 0.06, cut: 0.07 };

function planBlow(random: Random): Blow | null {
  const kind = random.next();
  const { kill, stall, cut } = BLOWS;
  if (kind > kill + stall + cut) return null;
  const what = kind < kill ? 'kill' : kind < kill + stall ? 'stall' : 'cut';
  const from = random.pick(['any', 'order', what === 'stall' ? 'order' : 'any'] as const);
  // One that is stopped at the request itself goes on with an order in its hands.
  const last = what === 'stall' ? 1 : 9;
  const at = from === 'order' ? random.int(0, last) : Math.floor(2 ** (random.next() * 7.5));
  return { what, from, at, when: random.pick(['before', 'after'] as const) };
}

const BY_HAND = { 'BTC/USDT': '0.001', 'ETH/USDT': '0.02', 'SOL/USDT': '0.3' } as const;

function actByHand(random: Random, { world, venues, step }: PlanParts): StepPlan['byHand'][number] {
  const account = random.pick(world.accounts);
  const venue = venueOf(venues, account);
  const where = account.exchange;
  if (random.chance(0.6))
    return { what: 'cancelled by hand', where, act: () => venue.cancelByHand(account, random) };
  const symbol = random.pick(['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as const);
  const side = random.pick(['BUY', 'SELL'] as const);
  const trade = { symbol, side, quantity: BY_HAND[symbol], id: `hand${String(step)}` };
  return { what: 'traded by hand', where, act: () => venue.tradeByHand(account, trade) };
}

function planWishes(random: Random, parts: PlanParts): () => Wish[] {
  const count = random.pick([1, 2, 3, 4]);
  const makers = Array.from({ length: count }, (_each, index) => planWish(random, parts, 10 + index));
  const kill = random.chance(0.02) ? [planPull(random, parts)] : [];
  const lift = random.chance(0.1) ? [{ kind: 'lift' } as const] : [];
  return () => [...lift, ...makers.map((make) => make()), ...kill];
}

function planPull(random: Random, { world }: PlanParts): Wish {
  const scope = random.pick(['bot', 'bot', 'account', 'all'] as const);
  const targetId = scope === 'bot' ? random.pick(world.bots).id : random.pick(world.accounts).keyId;
  return { kind: 'pull', scope, targetId, level: random.pick(['entries', 'orders', 'positions'] as const) };
}

const listTraders = ({ bots }: ChaosWorld) => bots.filter(({ strategy }) => strategy === 'RSI_CROSS');

/** So many steps post signals of the same few keys: some of them are the same once more. */
const KEYS_OF_STEPS = 5;

function planSignal(random: Random, { webhookId }: ChaosBot, step: number): () => Wish {
  const key = `${String(Math.floor(step / KEYS_OF_STEPS))}:${String(random.int(0, 1))}`;
  const action = random.pick(['buy', 'buy', 'sell'] as const);
  return () => ({ kind: 'signal', webhookId, action, key });
}

function planWish(random: Random, { world, venues, step }: PlanParts, leg: number): () => Wish {
  const picked = random.pick(world.bots);
  const kind = random.next();
  if (kind < 0.05) {
    const closePosition = random.chance(0.5);
    return () => ({ kind: 'stop', botRunId: picked.id, closePosition });
  }
  if (kind < 0.25) return () => ({ kind: 'start', botRunId: picked.id });
  if (picked.strategy === 'WEBHOOK') return planSignal(random, picked, step);
  // Who keeps orders writes its own.
  const bot = picked.strategy === 'RSI_CROSS' ? picked : random.pick(listTraders(world));
  const side = random.pick(['BUY', 'BUY', 'SELL'] as const);
  const type = random.pick(['market', 'market', 'limit', 'limit', 'limit', 'stop_limit'] as const);
  const timeInForce = type === 'limit' ? random.pick(['GTC', 'GTC', 'GTC', 'IOC', 'FOK'] as const) : 'GTC';
  const isPostOnly = type === 'limit' && timeInForce === 'GTC' && random.chance(0.25);
  const away = 1 + (side === 'BUY' ? -1 : 1) * (random.next() * 0.003 - 0.0005);
  const beyond = 1 + (side === 'BUY' ? 1 : -1) * (random.next() * 0.002);
  const spend = random.int(100, 900);
  const venue = venueOf(venues, bot.account);
  return () => {
    const price = venue.priceOf(bot.symbol);
    const at = (factor: number) => price.times(factor).toDecimalPlaces(2).toFixed();
    return {
      kind: 'intend',
      botRunId: bot.id,
      side,
      type,
      timeInForce,
      isPostOnly,
      quantity: price.pow(-1).times(spend).toDecimalPlaces(3).toFixed(),
      limitPrice: at(type === 'stop_limit' ? beyond * (side === 'BUY' ? 1.0005 : 0.9995) : away),
      stopPrice: at(beyond),
      leg,
    };
  };
}
