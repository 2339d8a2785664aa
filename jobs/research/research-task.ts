/** What the threads of an optimisation are asked, and what they answer. */
import type { BiasReport } from '../trading/research/bias-check.ts';
import { readPoint } from '../trading/research/param-space.ts';
import { ask, type Asked, type Sampler, type SearchState } from '../trading/research/search.ts';
import { tryPoint, type TestBench, type TrialResult } from '../trading/research/trial.ts';
import {
  examineWinner,
  judgeLuck,
  type BiasCheck,
  type Luck,
  type VerdictQuestion,
} from '../trading/research/verdict.ts';
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
/** How much of what the winner made may be luck. */
type JudgeTask = { kind: 'judge'; question: VerdictQuestion };
/** Whether the winner's signals could be had live. */
type ExamineTask = { kind: 'examine'; check: BiasCheck; question: VerdictQuestion };

export type ResearchTask = AskTask | TryTask | JudgeTask | ExamineTask;
export type ResearchResult<Task extends ResearchTask> = Task extends AskTask
  ? Asked
  : Task extends TryTask
    ? TrialResult[]
    : Task extends JudgeTask
      ? Luck
      : BiasReport;

/** Does one task; `isCalledOff` is asked between points. */
export function doTask(
  bench: TestBench,
  task: ResearchTask,
  isCalledOff: () => boolean,
): Asked | TrialResult[] | Luck | BiasReport {
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
      return judgeLuck(bench, task.question);
    case 'examine':
      return examineWinner(bench, task.check, task.question);
  }
}

function askNext({ space, strategy, settings }: TestBench, { sampler, seed, state, count }: AskTask): Asked {
  const judge = { strategy, timeframe: settings.timeframe };
  const isValid = (point: number) => !('fault' in readPoint(space, judge, point));
  return ask({ sampler, space, seed, isValid }, state, count);
}
