import type { StrategyView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { errorOf, type FormRefusal, type FormValues } from './form-values.ts';
import { StrategyForm } from './strategy-form.tsx';

type StrategyStepProps = {
  strategies: readonly StrategyView[];
  values: FormValues;
  refusal: FormRefusal | undefined;
};

export function StrategyStep({ strategies, values, refusal }: StrategyStepProps) {
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
          <StrategyForm schema={chosen.paramsSchema} values={values} refusal={refusal} />
        </div>
      )}
    </Card>
  );
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
