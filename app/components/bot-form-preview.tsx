import { Link } from '@remix-run/react';
import { FlaskConical } from 'lucide-react';
import { WEBHOOK } from '../../jobs/trading/strategies/webhook.ts';
import type { BacktestReportView, BacktestView } from '../schemas/backtests.ts';
import { BacktestCurve } from './backtest-curve.tsx';
import { FirstFigures } from './backtest-figures.tsx';
import { BacktestEnd, BacktestProgress } from './backtest-wait.tsx';
import { isUnderWay, listNotes } from './backtest-words.ts';
import { previewDays } from './bot-preview-query.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { SelectField } from './field.tsx';
import type { FormValues } from './form-values.ts';
import { countOf } from './format.ts';
import { Time } from './time.tsx';
import { useLive } from './use-live.ts';

type BotFormPreviewProps = {
  /** Id of the form whose values are tried. */
  form: string;
  values: FormValues;
  preview: { backtest: BacktestView; report: BacktestReportView | null } | null;
  isBusy: boolean;
};

const FAST_MS = 1_000;
/** What is done does not change. */
const HARDLY_EVER_MS = 3_600_000;

/** What a bot of the form's values would have done: a button that tries it on past prices, and the result. */
export function BotFormPreview({ form, values, preview, isBusy }: BotFormPreviewProps) {
  useLive(preview && isUnderWay(preview.backtest) ? FAST_MS : HARDLY_EVER_MS);
  if (values['strategy'] === WEBHOOK) return null;
  const { days, usual } = previewDays(values['timeframe'] ?? '', values['preview_days']);
  return (
    <div id="preview" className="min-w-0 scroll-mt-20">
      <Card title="What it would have done" flush>
        <div className="flex flex-wrap items-end gap-3 p-4">
          <div className="w-36" key={values['timeframe']}>
            <SelectField
              label="Over the last"
              name="preview_days"
              form={form}
              defaultValue={String(usual)}
              options={days.map((each) => ({ value: String(each), label: countOf(each, 'day') }))}
            />
          </div>
          <Button form={form} name="intent" value="preview" icon={FlaskConical} isBusy={isBusy}>
            Try it on past prices
          </Button>
          {!preview && (
            <p className="min-w-48 flex-1 text-xs text-ink-2">
              Runs these settings as a backtest. Nothing is traded, and no bot is made.
            </p>
          )}
        </div>
        {preview && <Result {...preview} />}
      </Card>
    </div>
  );
}

function Result({ backtest, report }: NonNullable<BotFormPreviewProps['preview']>) {
  const { metrics, quote } = backtest;
  if (!metrics || !report)
    return (
      <div className="border-t p-4">
        {isUnderWay(backtest) ? (
          <BacktestProgress backtest={backtest} />
        ) : (
          <BacktestEnd backtest={backtest} />
        )}
      </div>
    );
  return (
    <div className="border-t">
      <FirstFigures metrics={metrics} quote={quote} inThrees />
      <div className="border-t">
        <BacktestCurve curve={report.curve} currency={quote} />
      </div>
      <div className="grid gap-2 border-t px-4 py-3 text-ink-2">
        <p>
          With the settings as they were when you asked: <Time at={backtest.fromTime} style="day" /> to{' '}
          <Time at={Date.parse(backtest.toTime) - 1} style="day" />, {countOf(metrics.trades, 'trade')}. What
          was changed since is not in it.
        </p>
        {listNotes(backtest, false)
          .filter(({ isWarning }) => isWarning)
          .map(({ text }) => (
            <p key={text} className="text-xs">
              {text}
            </p>
          ))}
        <p>
          <Link to={`/backtests/${backtest.id}`} className="link inline-flex items-center touch:min-h-11">
            The full report, with every trade
          </Link>
        </p>
      </div>
    </div>
  );
}
