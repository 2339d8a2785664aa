import { z } from 'zod';
import type { Timeframe } from '../timeframe.ts';
import type { Position } from '../types.ts';
import { valueAt } from './crossing.ts';
import { sayFigure } from './price-words.ts';
import { compilePossible, compileTree, createCompiler } from './rules/compile.ts';
import { findTimeframeFault, listTreeFaults } from './rules/rule-faults.ts';
import { sayConditions, shareMet } from './rules/rule-reason.ts';
import { treeSchema, type Group } from './rules/rule-schema.ts';
import { sayOperand, sayRules, sayTree } from './rules/rule-words.ts';
import { kindOf, openBook, operandWarmUp } from './rules/series-book.ts';
import { listConditions, listSeries, nodesOf, operandsOf, isSeries } from './rules/tree.ts';
import type { IndicatorSeries, Scan, ScanSignal, Strategy, StrategyInput } from './strategy.ts';
import { confidenceOf } from './voice.ts';

const DEFAULT_ENTRY: Group = {
  all: [
    { operator: 'crosses_above', left: { type: 'rsi', period: 14, smoothing: 'simple' }, right: 30 },
    { operator: 'above', left: { type: 'close' }, right: { type: 'sma', period: 100 } },
  ],
};
const DEFAULT_EXIT: Group = {
  any: [
    { operator: 'crosses_below', left: { type: 'rsi', period: 14, smoothing: 'simple' }, right: 70 },
    { operator: 'above', left: { type: 'profit_pct' }, right: 5 },
  ],
};

const paramsSchema = z
  .strictObject({
    entry: treeSchema('RuleEntry', 1).default(DEFAULT_ENTRY).meta({
      title: 'Buy when',
      description:
        'Conditions, joined by all or any, in groups up to three deep. Looked at while nothing is held.',
    }),
    exit: treeSchema('RuleExit', 0).default(DEFAULT_EXIT).meta({
      title: 'Sell when',
      description: 'Conditions looked at while something is held. With none, only the risk rules sell.',
    }),
  })
  .superRefine((rules, context) => {
    for (const side of ['entry', 'exit'] as const) {
      for (const fault of listTreeFaults(side, rules[side])) context.addIssue({ code: 'custom', ...fault });
    }
  });

type Rules = z.output<typeof paramsSchema>;

/**
 * The trader's own rules: buys while flat where the entry's conditions hold, sells while something is held where the exit's
 * do. Rules are kept or not, so an act is as sure as can be.
 */
export const rules: Strategy<Rules> = {
  name: 'RULES',
  title: 'Own rules',
  description:
    'Buys and sells by conditions that you put together from indicators, prices, time and the position.',
  paramsSchema,
  warmUp: ({ entry, exit }, timeframe) => Math.max(1, warmUpOf(entry, timeframe), warmUpOf(exit, timeframe)),
  findFault: ({ entry, exit }, timeframe) =>
    findTimeframeFault('entry', entry, timeframe) ?? findTimeframeFault('exit', exit, timeframe),
  describe: sayRules,
  indicators,
  scan,
  next,
};

/** A crossing looks at the candle before, too, whatever it is of. */
const LEAST_CANDLES = 2;

function warmUpOf(tree: Group, timeframe: Timeframe): number {
  const counts = listConditions(tree).flatMap((condition) =>
    operandsOf(condition)
      .map(([, operand]) => operand)
      .filter(isSeries)
      .map((operand) => operandWarmUp(operand, condition, timeframe)),
  );
  return counts.reduce((most, count) => Math.max(most, count), LEAST_CANDLES);
}

function indicators({ entry, exit }: Rules, input: StrategyInput): IndicatorSeries[] {
  const book = openBook(input);
  return listSeries([entry, exit]).flatMap((operand): IndicatorSeries[] => {
    const { pane } = kindOf(operand);
    const label = sayOperand(operand);
    return pane ? [{ id: label, label, pane, values: book.series(operand) }] : [];
  });
}

function scan({ entry, exit }: Rules, input: StrategyInput): Scan {
  const compiler = createCompiler(input);
  const [isEntry, isExit] = [compileTree(entry, compiler), compileTree(exit, compiler)];
  const mayExit = compilePossible(exit, compiler);
  const count = input.candles.close.length;
  const acts = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    if (isEntry(index, null) || mayExit(index, null)) acts[index] = 1;
  }
  const signalAt = (index: number, position: Position | null): ScanSignal => {
    if (!(index >= 0 && index < count)) throw new RangeError(`No candle ${index} of ${count}`);
    const [tree, isMet] = position ? [exit, isExit] : [entry, isEntry];
    const moment = { index, position };
    if (!isMet(index, position)) {
      const explain = () => sayUnmet(tree, sayConditions(tree, compiler, { ...moment, holds: false }));
      return {
        kind: 'HOLD',
        confidence: confidenceOf('HOLD', 1 - shareMet(tree, compiler, moment)),
        explain,
      };
    }
    const explain = () => capital(sayConditions(tree, compiler, { ...moment, holds: true }).join(' and '));
    return { kind: position ? 'SELL' : 'BUY', confidence: 1, explain };
  };
  return { acts, signalAt };
}

function sayUnmet(tree: Group, conditions: string[]): string {
  if (conditions.length === 0) return 'Has no rule to sell by';
  const none = 'any' in tree ? 'None of these holds' : 'Waits for';
  return `${none}: ${conditions.join('; ')}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function next({ entry, exit }: Rules, input: StrategyInput, position: Position | null): string {
  const tree = position ? exit : entry;
  if (nodesOf(tree).length === 0) return 'Sells by its risk rules alone.';
  const book = openBook(input);
  const index = input.candles.close.length - 1;
  const values = listSeries([tree]).map(
    (operand) => `${sayOperand(operand)} is ${sayFigure(valueAt(book.series(operand), index))}`,
  );
  const now = values.length === 0 ? '' : ` Now ${values.join(', ')}.`;
  return `${position ? 'Sells' : 'Buys'} when ${sayTree(tree)}.${now}`;
}
