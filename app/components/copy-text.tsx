import { Copy } from 'lucide-react';
import { useState, type FocusEvent } from 'react';
import { Button } from './button.tsx';
import { useHydrated } from './use-hydrated.ts';

type CopyTextProps = { label: string; text: string; /** For a text of several lines. */ rows?: number };

/** A text to take along: it can be marked by hand, and copied by a button where scripts run. */
export function CopyText({ label, text, rows }: CopyTextProps) {
  const isHydrated = useHydrated();
  const [copied, setCopied] = useState<string>();
  // Browsers offer the clipboard on secure origins alone.
  const canCopy = isHydrated && 'clipboard' in navigator;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  const shared = {
    'aria-label': label,
    readOnly: true,
    value: text,
    onFocus: (event: FocusEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      event.target.select();
    },
  };
  return (
    <div className="flex flex-wrap items-start gap-2">
      {rows === undefined ? (
        <input {...shared} className="control-box control-height min-w-48 flex-1 font-mono text-xs" />
      ) : (
        <textarea
          {...shared}
          rows={rows}
          spellCheck={false}
          className="control-box min-w-48 flex-1 basis-full resize-y py-2 font-mono text-xs leading-5 sm:basis-0"
        />
      )}
      {canCopy && (
        <Button type="button" icon={Copy} onClick={() => void copy()}>
          {copied === text ? 'Copied' : 'Copy'}
        </Button>
      )}
    </div>
  );
}
