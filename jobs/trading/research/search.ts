import { createPermutation } from './permutation.ts';
import type { ParamSpace } from './param-space.ts';
import { suggestPoint, type Trial } from './tpe.ts';

/** `grid`: every point in order. `random`: every point in a random order. `tpe`: where good results are dense. */
export const SAMPLERS = ['grid', 'random', 'tpe'] as const;
export type Sampler = (typeof SAMPLERS)[number];

/** What a search is over, for its whole length. */
export type Search = {
  sampler: Sampler;
  space: ParamSpace;
  seed: string | number;
  /** Whether the strategy takes the point (`readPoint`); others are skipped. */
  isValid: (point: number) => boolean;
};

/**
 * Where a search stands. Plain data: stored after each `tell` and given to `resumeSearch`, it goes on where it was.
 * `cursor` is the next place of the grid or of the random order.
 */
export type SearchState = {
  cursor: number;
  /** Points in the order of the grid, or of the random order, that were not valid. */
  skipped: number;
  /** Points given out so far. */
  asked: number;
  /** Given out, without a result yet, oldest first. */
  pending: number[];
  /** Given out before an interruption, and to be given out again. */
  lost: number[];
  /** Results, for the samplers that learn: `tpe` alone. */
  trials: Trial[];
};

export type Asked = { state: SearchState; points: number[]; isExhausted: boolean };

/** Refused points that one `ask` looks at before it returns with fewer than it was asked for. */
const MAX_MISSES = 100_000;
/** Random points before the model is asked. Source: Optuna's `n_startup_trials`. */
const STARTUP_TRIALS = 10;

/** Returns the state of a search that has asked for nothing. */
export function startSearch(): SearchState {
  return { cursor: 0, skipped: 0, asked: 0, pending: [], lost: [], trials: [] };
}

/** Returns the state after an interruption: points without a result are given out again, first, as if for the first time. */
export function resumeSearch(state: SearchState): SearchState {
  const { lost, pending, asked } = state;
  return { ...state, asked: asked - pending.length, lost: [...lost, ...pending], pending: [] };
}

/**
 * Returns up to `count` points to try, none that was given out before. Fewer come back at the end of the space
 * (`isExhausted`), or where nearly all points are refused: ask again. The same results told by the same asks give the same
 * points, in whatever order they were told; workers that ask one by one as they finish make a `tpe` search depend on their speed.
 */
export function ask(search: Search, state: SearchState, count: number): Asked {
  const next = { ...state, pending: [...state.pending], lost: [...state.lost] };
  const taken = new Set([...state.trials.map(({ point }) => point), ...state.pending, ...state.lost]);
  const order = createOrder(search);
  const points: number[] = [];
  while (points.length < count) {
    const point = next.lost.shift() ?? choose({ search, order, taken }, next);
    if (point === undefined) break;
    points.push(point);
    next.pending.push(point);
    next.asked += 1;
    taken.add(point);
  }
  return { state: next, points, isExhausted: next.cursor >= search.space.size && next.lost.length === 0 };
}

/** Returns the state with results taken in. A score of `null` says that the point gave nothing that could be measured. */
export function tell({ sampler }: Pick<Search, 'sampler'>, state: SearchState, trials: Trial[]): SearchState {
  const told = new Set(trials.map(({ point }) => point));
  return {
    ...state,
    pending: state.pending.filter((point) => !told.has(point)),
    trials: sampler === 'tpe' ? [...state.trials, ...trials] : state.trials,
  };
}

/** Returns the order in which points come where no model chooses. */
function createOrder({ sampler, space, seed }: Search): (place: number) => number {
  return sampler === 'grid' ? (place) => place : createPermutation(space.size, seed);
}

type Choice = { search: Search; order: (place: number) => number; taken: ReadonlySet<number> };

function choose(choice: Choice, state: SearchState): number | undefined {
  const { sampler, space, seed, isValid } = choice.search;
  if (sampler !== 'tpe' || state.trials.length < STARTUP_TRIALS) return advance(choice, state);
  const suggested = suggestPoint({
    space,
    trials: state.trials,
    pending: state.pending,
    seed: `${seed}/${state.asked}`,
    isAllowed: (point) => !choice.taken.has(point) && isValid(point),
  });
  return suggested ?? advance(choice, state);
}

/** Moves the cursor on to the next point that is valid and was not given out, and past it. */
function advance({ search, order, taken }: Choice, state: SearchState): number | undefined {
  for (let misses = 0; misses < MAX_MISSES && state.cursor < search.space.size; misses += 1) {
    const point = order(state.cursor);
    state.cursor += 1;
    if (taken.has(point)) continue;
    if (search.isValid(point)) return point;
    state.skipped += 1;
  }
  return undefined;
}
