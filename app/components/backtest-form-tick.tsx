import { CheckField } from './field.tsx';
import type { FormValues } from './form-values.ts';

type TickProps = { name: string; label: string; hint: string; values: FormValues };

/** A tick box that is on unless taken off; off sends `false`: the later value of a name counts. */
export function Tick({ name, label, hint, values }: TickProps) {
  return (
    <div className="self-end">
      <input type="hidden" name={name} value="false" />
      <CheckField name={name} label={label} hint={hint} defaultChecked={values[name] !== 'false'} />
    </div>
  );
}
