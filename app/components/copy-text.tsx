import { Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { useHydrated } from './use-hydrated.ts';

/** A text to take along: it can be marked by hand, and copied by a button where scripts run. */
export function CopyText({ label, text }: { label: string; text: string }) {
  const isHydrated = useHydrated();
  const [isCopied, setIsCopied] = useState(false);
  // Browsers offer the clipboard on secure origins alone.
  const canCopy = isHydrated && 'clipboard' in navigator;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setIsCopied(true);
  };
  return (
    <div className="flex flex-wrap gap-2">
      <input
        aria-label={label}
        readOnly
        value={text}
        onFocus={(event) => {
          event.target.select();
        }}
        className="control-box control-height min-w-48 flex-1 font-mono text-xs"
      />
      {canCopy && (
        <Button type="button" icon={Copy} onClick={() => void copy()}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </div>
  );
}
