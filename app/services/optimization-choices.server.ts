import { listParamFields, type ParamField } from '../../jobs/trading/research/param-fields.ts';
import { suggestSpec } from '../../jobs/trading/research/param-spec.ts';
import { whyNotSearched } from '../../jobs/trading/research/searchable.ts';
import { listStrategies } from '../../jobs/trading/strategies/registry.ts';
import type { VaryField } from '../schemas/optimizations.ts';

/** Returns the parameters of each strategy that the candles of one pair can tell of, by its name. */
export function listVaryFields(): Record<string, VaryField[]> {
  const tried = listStrategies().filter(({ name }) => whyNotSearched(name) === undefined);
  return Object.fromEntries(
    tried.map(({ name, paramsSchema }) => [name, listParamFields(paramsSchema).map(toVaryField)]),
  );
}

function toVaryField(field: ParamField): VaryField {
  const { name, title, defaultValue, kind } = field;
  const isPlain = ['number', 'string', 'boolean'].includes(typeof defaultValue);
  return {
    name,
    title,
    defaultValue: isPlain ? String(defaultValue) : '',
    suggestion: (suggestSpec(field) ?? '').slice(name.length + 1),
    bounds: sayBounds(field),
    isJson: kind === 'structure',
  };
}

function sayBounds(field: ParamField): string {
  if (field.kind === 'choice') return field.values.join(', ');
  if (field.kind !== 'int' && field.kind !== 'float') return '';
  const { min, max } = field;
  if (min !== null && max !== null) return `${String(min)} to ${String(max)}`;
  if (min !== null) return `from ${String(min)} on`;
  return max === null ? '' : `up to ${String(max)}`;
}
