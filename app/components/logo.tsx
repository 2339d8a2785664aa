export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <rect width="24" height="24" rx="5" className="fill-accent" />
        <path d="M7.5 7.5 11.5 16h-8Z M16.5 16.5 12.5 8h8Z" className="fill-on-accent" />
      </svg>
      Auto Bot Trader
    </span>
  );
}
