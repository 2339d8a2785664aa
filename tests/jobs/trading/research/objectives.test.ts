import { describe, expect, it } from 'vitest';
import {
  compareScores,
  findObjective,
  OBJECTIVES,
  scoreOf,
  type Objective,
  type ObjectiveMetrics,
} from '../../../../jobs/trading/research/objectives.ts';

const named = (name: string): Objective => findObjective(name)!;
const METRICS: ObjectiveMetrics = {
  totalReturn: 1,
  cagr: 2,
  sharpe: 3,
  sortino: 4,
  calmar: 5,
  profitFactor: 6,
  expectancy: 7,
  sqn: 8,
  winRate: 0.9,
  trades: 50,
  maxDrawdown: { depth: 0.1 },
};

describe('scoreOf', () => {
  it('is the figure that the objective names, and its opposite where the lowest is wanted', () => {
    expect(Object.fromEntries(OBJECTIVES.map((each) => [each.name, scoreOf(each, METRICS).score]))).toEqual({
      total_return: 1,
      cagr: 2,
      sharpe: 3,
      sortino: 4,
      calmar: 5,
      profit_factor: 6,
      expectancy: 7,
      sqn: 8,
      win_rate: 0.9,
      max_drawdown: -0.1,
    });
    expect(scoreOf(named('max_drawdown'), METRICS).value).toBe(0.1);
  });

  it('has no score on too few trades, and says so', () => {
    const few = { ...METRICS, trades: 9 };
    expect(scoreOf(named('sharpe'), few)).toEqual({
      value: 3,
      score: null,
      reason: '9 trades; at least 10 count.',
    });
    expect(scoreOf(named('sharpe'), few, 9).score).toBe(3);
  });

  it.each([null, NaN, Infinity])('has no score where the figure is %s', (profitFactor) => {
    expect(scoreOf(named('profit_factor'), { ...METRICS, profitFactor })).toEqual({
      value: null,
      score: null,
      reason: 'Profit factor has no meaning for this result.',
    });
  });
});

describe('compareScores', () => {
  it('puts the best first and those without a score last', () => {
    const scores = [null, 1, 3, null, 2].map((sharpe) => scoreOf(named('sharpe'), { ...METRICS, sharpe }));
    expect(scores.sort(compareScores).map(({ score }) => score)).toEqual([3, 2, 1, null, null]);
  });
});

describe('findObjective', () => {
  it('knows no other', () => {
    expect(findObjective('luck')).toBeUndefined();
  });
});
