import { z } from 'zod';
import { timeframeField } from './operand-fields.ts';
import { SERIES_KINDS } from './series-kinds.ts';
import type { SeriesParams } from './series-kind.ts';

/** A figure of candles, by the name of its kind, with the numbers that the kind has. */
export type SeriesOperand = { type: string } & SeriesParams;
/** `hour` 0..23 and `weekday` 1 (Monday)..7 of the candle's close, UTC. */
export type TimeOperand = { type: 'hour' | 'weekday' };
/** Of the open trade: per cent gained since entry, before fees, and candles closed since the one it began in. */
export type PositionOperand = { type: 'profit_pct' | 'candles_held' };
export type Figure = SeriesOperand | TimeOperand | PositionOperand;
export type Operand = Figure | number;

export type Comparison = 'above' | 'below' | 'crosses_above' | 'crosses_below';
export type Condition =
  | { operator: Comparison; left: Figure; right: Operand }
  | { operator: 'between'; left: Figure; low: Operand; high: Operand }
  | { operator: 'rising' | 'falling'; left: SeriesOperand; candles: number };
export type Group = { all: Node[] } | { any: Node[] };
export type Node = Condition | Group;

const LARGEST = 1e12;
const MOST_NODES = 10;

const constant = z.number().min(-LARGEST).max(LARGEST);

const seriesSchemas = Object.entries(SERIES_KINDS).map(([type, { fields, title }]) =>
  z.strictObject({ type: z.literal(type), ...fields, timeframe: timeframeField }).meta({ title }),
);
const otherSchemas = [
  z.strictObject({ type: z.literal('hour') }).meta({ title: 'Hour of the close, UTC, 0 to 23' }),
  z.strictObject({ type: z.literal('weekday') }).meta({ title: 'Day of the close, UTC, 1 (Monday) to 7' }),
  z.strictObject({ type: z.literal('profit_pct') }).meta({ title: 'Per cent gained since entry' }),
  z.strictObject({ type: z.literal('candles_held') }).meta({ title: 'Candles held' }),
];

type Member = (typeof seriesSchemas)[number];
const union = (members: z.ZodObject[]) => z.discriminatedUnion('type', members as [Member, ...Member[]]);

const series = union(seriesSchemas).meta({ id: 'RuleSeries', title: 'Figure of candles' });
const figure = union([...seriesSchemas, ...otherSchemas]).meta({ id: 'RuleFigure', title: 'Figure' });
const operand = z.union([constant, figure]).meta({ id: 'RuleOperand', title: 'Figure or number' });

const comparisons = (['above', 'below', 'crosses_above', 'crosses_below'] as const).map((operator) =>
  z.strictObject({ operator: z.literal(operator), left: figure, right: operand }),
);
const streaks = (['rising', 'falling'] as const).map((operator) =>
  z.strictObject({
    operator: z.literal(operator),
    left: series,
    candles: z.int().min(1).max(50).default(1).meta({ title: 'Candles in a row' }),
  }),
);
const between = z.strictObject({ operator: z.literal('between'), left: figure, low: operand, high: operand });

type OperatorMember = (typeof comparisons)[number];
const condition = z
  .discriminatedUnion('operator', [...comparisons, between, ...streaks] as unknown as [OperatorMember])
  .meta({ id: 'RuleCondition', title: 'Condition' });

/** Groups hold conditions and groups, three levels deep. */
const innermost = groupOf(condition, 'RuleGroup3', 1);
const inner = groupOf(z.union([condition, innermost]), 'RuleGroup2', 1);

/** Returns the schema of a whole tree of conditions; `least`: 0 where there may be none. */
export function treeSchema(id: string, least: 0 | 1): z.ZodType<Group> {
  const tree = groupOf(z.union([condition, inner]), id, least);
  return tree as unknown as z.ZodType<Group>;
}

function groupOf(node: z.ZodType, id: string, least: 0 | 1) {
  const nodes = z.array(node).min(least).max(MOST_NODES);
  return z
    .union([z.strictObject({ all: nodes }), z.strictObject({ any: nodes })])
    .meta({ id, title: 'All of these, or any of them' });
}
