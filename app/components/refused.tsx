import { useEffect, useRef } from 'react';
import type { FormRefusal } from './form-values.ts';
import { Notice } from './notice.tsx';

/** Why a form was refused, above it; a script brings it into view, since the button may stand far below. */
export function Refused({ refusal }: { refusal: FormRefusal | null | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal) place.current?.focus();
  }, [refusal]);
  if (!refusal) return null;
  return (
    <div ref={place} tabIndex={-1} className="scroll-mt-20 rounded-card outline-none">
      <Notice kind="error" title={refusal.message} />
    </div>
  );
}
