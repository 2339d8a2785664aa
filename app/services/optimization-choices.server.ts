import { listParamFields, type ParamField } from '../../jobs/trading/research/param-fields.ts';
import { suggestSpec } from '../../jobs/trading/research/param-spec.ts';
import { listStrategies } from '../../jobs/trading/strategies/registry.ts';
import type { VaryField } from '../schemas/optimizations.ts';
import { actsOnCandles } from './backtest-plan.server.ts';

/** Returns the parameters of each strategy that can be searched, by its name; of those that have none, nothing. */
export function listVaryFields(): Record<string, VaryField[]> {
  const tried = listStrategies().filter(({ name }) => actsOnCandles(name));
  const entries = tried.map(({ name, paramsSchema }) => {
    const isWhole = paramsSchema.safeParse({}).success;
    const fields = isWhole ? listParamFields(paramsSchema).flatMap(toVaryField) : [];
    return [name, fields] as const;
  });
  return Object.fromEntries(entries.filter(([, fields]) => fields.length > 0));
}

function toVaryField(field: ParamField): VaryField[] {
  const suggestion = suggestSpec(field);
  if (suggestion === undefined) return [];
  const { name, title, defaultValue } = field;
  const text = ['number', 'string', 'boolean'].includes(typeof defaultValue) ? String(defaultValue) : '';
  return [{ name, title, defaultValue: text, suggestion: suggestion.slice(name.length + 1) }];
}
