import { Form } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Button, type ButtonTone } from './button.tsx';

type ConfirmFormProps = {
  /** What opens the question. */
  label: string;
  /** What will happen, in money and sentences. */
  question: ReactNode;
  confirm: string;
  tone?: ButtonTone;
  intent: string;
  /** Hidden fields. */
  fields?: Record<string, string>;
};

/** A step between a click and what it destroys. Needs no script: the question is folded away under its label. */
export function ConfirmForm({
  label,
  question,
  confirm,
  tone = 'danger',
  intent,
  fields = {},
}: ConfirmFormProps) {
  return (
    <details className="group min-w-0">
      <summary className="inline-flex min-h-9 list-none items-center rounded-control text-loss hover:underline touch:min-h-11">
        <span className="group-open:hidden">{label}</span>
        <span className="hidden text-ink-2 group-open:inline">Keep it</span>
      </summary>
      <Form
        method="post"
        className="mt-1 max-w-sm rounded-card border bg-sunken p-3 text-left whitespace-normal"
      >
        <div className="mb-3 text-ink-2">{question}</div>
        {Object.entries(fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Button tone={tone} name="intent" value={intent}>
          {confirm}
        </Button>
      </Form>
    </details>
  );
}
