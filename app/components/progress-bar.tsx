/** How far something is, 0..1. */
export function ProgressBar({ label, progress }: { label: string; progress: number }) {
  const percent = Math.floor(100 * Math.min(1, Math.max(0, progress)));
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-line"
      >
        <svg
          className="block h-full w-full text-accent"
          preserveAspectRatio="none"
          viewBox="0 0 100 1"
          aria-hidden
        >
          <rect width={percent} height={1} fill="currentColor" />
        </svg>
      </div>
      <span className="text-xs text-ink-2 tabular-nums">{percent} %</span>
    </div>
  );
}
