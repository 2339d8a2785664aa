import type { Position } from '../../types.ts';
import { sideOf } from '../crossing.ts';
import { sayApart, sayFigure } from '../price-words.ts';
import { compileCondition, compileValue, type Compiler } from './compile.ts';
import type { Condition, Node, Operand } from './rule-schema.ts';
import { sayCondition } from './rule-words.ts';
import { listConditions } from './tree.ts';

/** Where a tree is looked at. */
export type Moment = { index: number; position: Position | null };

/** A reason names so many conditions; the rest is counted. */
const MOST_NAMED = 4;

/** Returns the conditions of a tree that hold at a candle, or those that do not, with their values. */
export function sayConditions(
  node: Node,
  compiler: Compiler,
  { index, position, holds }: Moment & { holds: boolean },
) {
  const chosen = listConditions(node).filter(
    (condition) => compileCondition(condition, compiler)(index, position) === holds,
  );
  const named = chosen
    .slice(0, MOST_NAMED)
    .map(
      (condition) => `${sayCondition(condition)} (${sayValues(condition, compiler, { index, position })})`,
    );
  const rest = chosen.length - named.length;
  return rest > 0 ? [...named, `${rest} more`] : named;
}

/** Returns how many of a tree's conditions hold, as a fraction. */
export function shareMet(node: Node, compiler: Compiler, { index, position }: Moment): number {
  const conditions = listConditions(node);
  const met = conditions.filter((condition) => compileCondition(condition, compiler)(index, position));
  return conditions.length === 0 ? 0 : met.length / conditions.length;
}

function sayValues(condition: Condition, compiler: Compiler, { index, position }: Moment): string {
  const valueOf = (operand: Operand, at = index) => compileValue(operand, compiler)(at, position);
  const now = valueOf(condition.left);
  switch (condition.operator) {
    case 'rising':
    case 'falling': {
      const streak = compiler.book.streak(condition.left)[index] ?? 0;
      return `${sayFigure(now)}, ${sayStreak(streak)}`;
    }
    case 'between':
      return `${sayFigure(now)}; ${sayFigure(valueOf(condition.low))} to ${sayFigure(valueOf(condition.high))}`;
    case 'above':
    case 'below':
      return sayPair(now, valueOf(condition.right));
    case 'crosses_above':
    case 'crosses_below': {
      const before = sayFigure(valueOf(condition.left, index - 1));
      if (typeof condition.right === 'number') return `${before} → ${sayApart(now, condition.right)[0]}`;
      return `${before} → ${sayPair(now, valueOf(condition.right))}`;
    }
  }
}

function sayPair(value: number, level: number): string {
  const [one, other] = sayApart(value, level);
  const side = sideOf(value, level);
  if (Number.isNaN(side)) return `${one}, ${other}`;
  return `${one} ${side === 0 ? '=' : side > 0 ? '>' : '<'} ${other}`;
}

function sayStreak(streak: number): string {
  if (streak === 0) return 'unchanged';
  return `${streak > 0 ? 'up' : 'down'} ${Math.abs(streak)} in a row`;
}
