import { Info, TriangleAlert } from 'lucide-react';
import type { BacktestView } from '../schemas/backtests.ts';
import { listNotes } from './backtest-words.ts';
import { Card } from './card.tsx';
import { Icon } from './icon.tsx';

type NotesProps = { backtest: BacktestView; endsOpen: boolean };

export function BacktestNotes({ backtest, endsOpen }: NotesProps) {
  return (
    <Card title="Before you believe it">
      <ul className="grid gap-2.5">
        {listNotes(backtest, endsOpen).map(({ text, isWarning }) => (
          <li key={text} className="flex gap-2.5">
            <Icon
              of={isWarning ? TriangleAlert : Info}
              className={`mt-0.5 ${isWarning ? 'text-warn' : 'text-ink-3'}`}
            />
            <span className={`min-w-0 ${isWarning ? '' : 'text-ink-2'}`}>{text}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
