import type { Condition, Group, Node, Operand, SeriesOperand } from './rule-schema.ts';

/** Returns the nodes of a group, in order. */
export const nodesOf = (group: Group): Node[] => ('all' in group ? group.all : group.any);

export const isGroup = (node: Node): node is Group => !('operator' in node);

/** Returns every condition of a tree, in the order they are read. */
export function listConditions(node: Node): Condition[] {
  return isGroup(node) ? nodesOf(node).flatMap(listConditions) : [node];
}

/** Returns the operands of a condition with their names. */
export function operandsOf(condition: Condition): [name: string, operand: Operand][] {
  switch (condition.operator) {
    case 'between':
      return [
        ['left', condition.left],
        ['low', condition.low],
        ['high', condition.high],
      ];
    case 'rising':
    case 'falling':
      return [['left', condition.left]];
    case 'above':
    case 'below':
    case 'crosses_above':
    case 'crosses_below':
      return [
        ['left', condition.left],
        ['right', condition.right],
      ];
  }
}

const NO_SERIES = ['hour', 'weekday', 'profit_pct', 'candles_held'];

export const isSeries = (operand: Operand): operand is SeriesOperand =>
  typeof operand !== 'number' && !NO_SERIES.includes(operand.type);

/** Returns whether a condition looks at the open trade. */
export const isOfPosition = (condition: Condition): boolean =>
  operandsOf(condition).some(
    ([, operand]) => typeof operand !== 'number' && ['profit_pct', 'candles_held'].includes(operand.type),
  );

/** Returns each condition with the path that leads to it. */
export function listPaths(
  node: Node,
  path: PropertyKey[] = [],
): { condition: Condition; path: PropertyKey[] }[] {
  if (!isGroup(node)) return [{ condition: node, path }];
  const key = 'all' in node ? 'all' : 'any';
  return nodesOf(node).flatMap((each, at) => listPaths(each, [...path, key, at]));
}

/** Returns every figure of candles that trees look at, each once. */
export function listSeries(trees: readonly Group[]): SeriesOperand[] {
  const operands = trees
    .flatMap(listConditions)
    .flatMap((condition) => operandsOf(condition).map(([, each]) => each));
  const known = new Map(operands.filter(isSeries).map((operand) => [keyOf(operand), operand]));
  return [...known.values()];
}

/** Returns a text that is the same for figures of the same numbers. */
export const keyOf = (operand: SeriesOperand): string =>
  JSON.stringify(Object.entries(operand).sort(([one], [other]) => (one < other ? -1 : 1)));
