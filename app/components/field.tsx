import { ChevronDown } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { Icon } from './icon.tsx';

type Frame = { label: ReactNode; hint?: ReactNode; error?: string | undefined };

type FieldProps = Frame & { name: string; suffix?: string } & Omit<
    InputHTMLAttributes<HTMLInputElement>,
    'name'
  >;

const noteId = (id: string) => `${id}-note`;

type LabelledProps = Frame & { id: string; children: ReactNode };

/** Label above, control, and one line below: the error if there is one, else the hint. */
function Labelled({ id, label, hint, error, children }: LabelledProps) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-ink-2">
        {label}
      </label>
      {children}
      {error !== undefined ? (
        <p id={noteId(id)} className="mt-1 text-xs text-loss">
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p id={noteId(id)} className="mt-1 text-xs text-ink-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

function describedBy(id: string, { hint, error }: Pick<Frame, 'hint' | 'error'>) {
  return {
    'aria-invalid': error !== undefined || undefined,
    'aria-describedby': error !== undefined || hint !== undefined ? noteId(id) : undefined,
  };
}

export function Field({ label, hint, error, suffix, id, ...input }: FieldProps) {
  const inputId = id ?? input.name;
  const isMoney = input.inputMode === 'decimal' || input.type === 'number';
  return (
    <Labelled id={inputId} label={label} hint={hint} error={error}>
      <div className="relative">
        <input
          id={inputId}
          className={`control-box control-height ${suffix === undefined ? '' : 'pr-16'} ${isMoney ? 'tabular-nums' : ''}`}
          {...describedBy(inputId, { hint, error })}
          {...input}
        />
        {suffix !== undefined && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-ink-3">
            {suffix}
          </span>
        )}
      </div>
    </Labelled>
  );
}

type TextAreaFieldProps = Frame & { name: string } & Omit<
    TextareaHTMLAttributes<HTMLTextAreaElement>,
    'name'
  >;

/** Text of many lines, in a face of equal widths. */
export function TextAreaField({ label, hint, error, id, ...area }: TextAreaFieldProps) {
  const areaId = id ?? area.name;
  return (
    <Labelled id={areaId} label={label} hint={hint} error={error}>
      <textarea
        id={areaId}
        spellCheck={false}
        className="control-box py-2 font-mono text-xs"
        {...describedBy(areaId, { hint, error })}
        {...area}
      />
    </Labelled>
  );
}

export type Option = { value: string; label: string; disabled?: boolean };

type SelectFieldProps = Frame & { name: string; options: readonly Option[] } & Omit<
    SelectHTMLAttributes<HTMLSelectElement>,
    'name'
  >;

export function SelectField({ label, hint, error, options, id, ...select }: SelectFieldProps) {
  const selectId = id ?? select.name;
  return (
    <Labelled id={selectId} label={label} hint={hint} error={error}>
      <div className="relative">
        <select
          id={selectId}
          className="control-box control-height appearance-none truncate pr-8"
          {...describedBy(selectId, { hint, error })}
          {...select}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon
          of={ChevronDown}
          className="pointer-events-none absolute inset-y-0 right-2.5 my-auto text-ink-3"
        />
      </div>
    </Labelled>
  );
}

type CheckFieldProps = {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  defaultChecked?: boolean;
  value?: string;
};

export function CheckField({ name, label, hint, defaultChecked, value = 'on' }: CheckFieldProps) {
  return (
    <div className="min-w-0">
      <label className="flex min-h-9 items-center gap-2.5 touch:min-h-11">
        <input
          type="checkbox"
          name={name}
          value={value}
          defaultChecked={defaultChecked}
          className="size-4 shrink-0 accent-accent"
          aria-describedby={hint === undefined ? undefined : noteId(name)}
        />
        <span>{label}</span>
      </label>
      {hint !== undefined && (
        <p id={noteId(name)} className="text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}
