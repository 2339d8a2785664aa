import type { BacktestView } from '../schemas/backtests.ts';
import { listNotes } from './backtest-words.ts';
import { Card } from './card.tsx';
import { Notice } from './notice.tsx';

type NotesProps = { backtest: BacktestView; endsOpen: boolean };

/** Why the figures may mislead, beside them. */
export function BacktestWarnings({ backtest }: Pick<NotesProps, 'backtest'>) {
  const warnings = listNotes(backtest, false).filter(({ isWarning }) => isWarning);
  if (warnings.length === 0) return null;
  return (
    <Notice kind="warn" title="Before you believe it">
      {warnings.map(({ text }) => (
        <p key={text} className="mt-1">
          {text}
        </p>
      ))}
    </Notice>
  );
}

/** How the figures came about. */
export function BacktestNotes({ backtest, endsOpen }: NotesProps) {
  const notes = listNotes(backtest, endsOpen).filter(({ isWarning }) => !isWarning);
  return (
    <Card title="How it was counted">
      <ul className="grid gap-2.5 text-ink-2">
        {notes.map(({ text }) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Card>
  );
}
