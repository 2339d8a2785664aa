/** What the threads of an optimisation are asked, and what they answer. */
import { readPoint } from '../trading/research/param-space.ts';
import { ask, type Asked, type Sampler, type SearchState } from '../trading/research/search.ts';
import { tryPoint, type TestBench, type TrialResult } from '../trading/research/trial.ts';
import { judgeWinner, type Verdict, type VerdictQuestion } from '../trading/research/verdict.ts';
import type { Window } from '../trading/research/windows.ts';

/** Which points come next. */
export type AskTask = { kind: 'ask'; sampler: Sampler; seed: string; state: SearchState; count: number };
/** What these points come to on a window; fewer come back where the run is called off meanwhile. */
export type TryTask = {
  kind: 'try';
  window: Window;
  points: readonly number[];
  /** Unless given, the plan's. */
  minTrades?: number;
};
/** What the winner is worth. */
export type JudgeTask = { kind: 'judge'; question: VerdictQuestion };

export type ResearchTask = AskTask | TryTask | JudgeTask;
export type ResearchResult<Task extends ResearchTask> = Task extends AskTask
  ? Asked
  : Task extends TryTask
    ? TrialResult[]
    : Verdict;

/** Does one task; `isCalledOff` is asked between points. */
export function doTask(
  bench: TestBench,
  task: ResearchTask,
  isCalledOff: () => boolean,
): Asked | TrialResult[] | Verdict {
  switch (task.kind) {
    case 'ask':
      return askNext(bench, task);
    case 'try': {
      const results: TrialResult[] = [];
      const { minTrades = bench.minTrades } = task;
      for (const point of task.points) {
        if (isCalledOff()) break;
        results.push(tryPoint({ ...bench, minTrades }, task.window, point));
      }
      return results;
    }
    case 'judge':
      return judgeWinner(bench, task.question);
  }
}

function askNext({ space, strategy, settings }: TestBench, { sampler, seed, state, count }: AskTask): Asked {
  const judge = { strategy, timeframe: settings.timeframe };
  const isValid = (point: number) => !('fault' in readPoint(space, judge, point));
  return ask({ sampler, space, seed, isValid }, state, count);
}
