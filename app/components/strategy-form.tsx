import { CheckField, Field, SelectField, TextAreaField } from './field.tsx';
import { errorWithin, type FormRefusal, type FormValues } from './form-values.ts';
import { paramFields, type ParamField } from './params-schema.ts';

type StrategyFormProps = {
  schema: Record<string, unknown>;
  values: FormValues;
  refusal: FormRefusal | undefined;
};

/** One field per parameter, made from the strategy's own schema. A tick box that is off sends `false`: the later value of a name counts. */
export function StrategyForm({ schema, values, refusal }: StrategyFormProps) {
  const fields = paramFields(schema);
  if (fields.length === 0) return <p className="text-ink-2">This strategy has nothing to set.</p>;
  return (
    <div className="grid grid-cols-2 gap-3">
      {fields.map((field) => {
        const name = `params.${field.name}`;
        return (
          <Param
            key={name}
            field={field}
            name={name}
            value={values[name]}
            error={errorWithin(refusal, name)}
          />
        );
      })}
    </div>
  );
}

type ParamProps = { field: ParamField; name: string; value: string | undefined; error: string | undefined };

function Param({ field, name, value, error }: ParamProps) {
  const shared = {
    name,
    label: field.title,
    hint: hintOf(field),
    error,
    defaultValue: value ?? field.fallback,
  };
  if (field.kind === 'flag')
    return (
      <div>
        <input type="hidden" name={name} value="false" />
        <CheckField
          name={name}
          label={field.title}
          hint={field.description}
          defaultChecked={['on', 'true'].includes(shared.defaultValue)}
        />
      </div>
    );
  if (field.kind === 'choice')
    return (
      <SelectField
        {...shared}
        options={field.choices.map((choice) => ({ value: choice, label: sayChoice(choice) }))}
      />
    );
  if (field.kind === 'structure') return <TextAreaField {...shared} rows={12} />;
  if (field.kind === 'text') return <Field {...shared} />;
  return (
    <Field
      {...shared}
      type="number"
      inputMode={field.isWhole ? 'numeric' : 'decimal'}
      step={field.isWhole ? 1 : 'any'}
      min={field.min}
      max={field.max}
    />
  );
}

const sayChoice = (choice: string) =>
  (choice.charAt(0).toUpperCase() + choice.slice(1).replaceAll('_', ' ')).replace(/\brsi\b/i, 'RSI');

function hintOf(field: ParamField): string | undefined {
  if (field.kind !== 'number') return field.description;
  const bounds =
    field.min !== undefined && field.max !== undefined ? `${field.min} to ${field.max}` : undefined;
  return [field.description, bounds && `${bounds}.`].filter(Boolean).join(' ') || undefined;
}
