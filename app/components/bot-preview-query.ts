import type { FormValues } from './form-values.ts';
import { timeframeMs, isTimeframe } from '../../jobs/trading/timeframe.ts';

const DAY_MS = 86_400_000;
const LENGTHS = [1, 7, 30, 90, 365, 1_095];
const FEWEST_CANDLES = 50;
/** More take long to fetch. */
const MOST_CANDLES = 200_000;
const USUAL_CANDLES = 20_000;

/** Over how many days a bot on candles of that timeframe may be tried, shortest first, and over how many it is. */
export function previewDays(
  timeframe: string,
  chosen: string | undefined,
): { days: number[]; usual: number } {
  const perDay = DAY_MS / timeframeMs(isTimeframe(timeframe) ? timeframe : '1h');
  const fitting = LENGTHS.filter((days) => days * perDay >= FEWEST_CANDLES && days * perDay <= MOST_CANDLES);
  const days = fitting.length > 0 ? fitting : [1];
  const asked = days.find((each) => String(each) === chosen);
  const usual = days.findLast((each) => each * perDay <= USUAL_CANDLES) ?? days[0] ?? 1;
  return { days, usual: asked ?? usual };
}

const LEFT_OUT = ['intent', 'confirm_live', 'preview'];

/** The query that fills the form with what it held, and shows the preview of that id. Trees of rules lose their blanks. */
export function toPreviewQuery(values: FormValues, previewId: string): string {
  const kept = Object.entries(values).filter(([name]) => !LEFT_OUT.includes(name));
  const query = kept.map(([name, value]) => [name, compact(value)] as [string, string]);
  return new URLSearchParams([...query, ['preview', previewId]]).toString();
}

function compact(value: string): string {
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}
