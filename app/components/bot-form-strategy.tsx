import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { StrategyView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { paramFields } from './params-schema.ts';
import { listFigures } from './rule-figures.ts';
import { RulesForm } from './rules-form.tsx';
import { StrategyForm } from './strategy-form.tsx';
import { WeightsForm } from './weights-form.tsx';

type StrategyStepProps = {
  /** Own rules and weights are written in rows, which the page reads by `readRules` and `readWeightRows`; else as text. */
  hasRows?: boolean;
  strategies: readonly StrategyView[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

export function StrategyStep({ strategies, hasRows = false, values, refusal }: StrategyStepProps) {
  const chosen = strategies.find((strategy) => strategy.name === values['strategy']);
  const error = errorOf(refusal, 'strategy');
  return (
    <Card title="2 · Strategy">
      <fieldset className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-2">
        <legend className="sr-only">Strategy</legend>
        {strategies.map((strategy) => (
          <StrategyCard key={strategy.name} strategy={strategy} isChosen={strategy === chosen} />
        ))}
      </fieldset>
      {error !== undefined && <p className="mt-2 text-xs text-loss">{error}</p>}
      {chosen && (
        <div className="mt-4" key={chosen.name}>
          <Params schema={chosen.paramsSchema} hasRows={hasRows} values={values} refusal={refusal} />
        </div>
      )}
    </Card>
  );
}

type ParamsProps = Omit<StrategyStepProps, 'strategies'> & { schema: StrategyView['paramsSchema'] };

/** Own rules and target weights have forms of their own; all else is made from its schema. */
function Params({ schema, hasRows = false, values, refusal }: ParamsProps) {
  if (hasRows && values['strategy'] === REBALANCE)
    return <WeightsForm schema={schema} values={values} refusal={refusal} />;
  const figures = hasRows ? listFigures(schema) : [];
  if (figures.length === 0) return <StrategyForm schema={schema} values={values} refusal={refusal} />;
  const fallbackOf = (name: string) =>
    paramFields(schema).find((field) => field.name === name)?.fallback ?? '';
  const fallbacks = { entry: fallbackOf('entry'), exit: fallbackOf('exit') };
  return <RulesForm {...{ figures, fallbacks, values, refusal }} />;
}

function StrategyCard({ strategy, isChosen }: { strategy: StrategyView; isChosen: boolean }) {
  return (
    <label
      className={
        'block rounded-card border p-3 transition-colors duration-150 has-checked:border-accent has-checked:bg-accent-soft ' +
        'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ' +
        (strategy.enabled ? 'cursor-pointer hover:border-control' : 'opacity-60')
      }
    >
      <input
        type="radio"
        name="strategy"
        value={strategy.name}
        defaultChecked={isChosen}
        disabled={!strategy.enabled}
        className="sr-only"
      />
      <span className="block font-medium">{strategy.title}</span>
      <span className="mt-0.5 block text-xs text-ink-2">
        {strategy.enabled ? strategy.description : 'Switched off on this server.'}
      </span>
    </label>
  );
}
