import type { MetricsReport } from '../../jobs/trading/backtest/report.ts';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import { formatMoney, formatPercent, moneyDecimals } from './format.ts';
import { KeyFigure, KeyFigures } from './key-figure.tsx';
import { METRICS } from './metric-definitions.ts';
import { formatDuration } from './moment.ts';
import { Time } from './time.tsx';

type FiguresProps = { metrics: MetricsReport; quote: string };

const DAY_MS = 86_400_000;

/** What a trader asks first, as a card. */
export function BacktestKeyFigures(props: FiguresProps) {
  return (
    <Card flush>
      <FirstFigures {...props} />
    </Card>
  );
}

/** What it made, against holding, and how bad it got. */
export function FirstFigures({ metrics, quote, inThrees = false }: FiguresProps & { inThrees?: boolean }) {
  const decimals = moneyDecimals(quote);
  const money = (value: number) => `${formatMoney(value.toFixed(10), decimals)} ${quote}`;
  return (
    <KeyFigures inThrees={inThrees}>
      <KeyFigure
        label="Result"
        note={`${money(metrics.initial_balance)} became ${money(metrics.final_balance)}`}
      >
        <Percent value={metrics.total_return} />
      </KeyFigure>
      <KeyFigure label="Buying and holding" note="Bought at the first open, without fees">
        <Percent value={metrics.buy_and_hold} />
      </KeyFigure>
      <KeyFigure label="Against holding" note={sayAgainst(metrics)}>
        <Percent value={metrics.versus_buy_and_hold} unit="points" />
      </KeyFigure>
      <KeyFigure label="Worst fall" note={<Fall metrics={metrics} money={money} />}>
        {formatPercent(100 * metrics.max_drawdown, 1)}
      </KeyFigure>
      <KeyFigure label="Trades" note={sayWon(metrics)}>
        {formatMoney(String(metrics.trades), 0)}
      </KeyFigure>
      <KeyFigure
        label="Fees"
        note={`${quote}, ${formatPercent((100 * metrics.fees) / metrics.initial_balance, 1)} of the balance`}
      >
        {formatMoney(metrics.fees.toFixed(10), decimals)}
      </KeyFigure>
    </KeyFigures>
  );
}

function Percent({ value, unit }: { value: number | null; unit?: string }) {
  if (value === null) return <>–</>;
  const text = (100 * value).toFixed(8);
  if (unit === undefined) return <Delta value={text} decimals={1} asPercent />;
  return (
    <>
      <Delta value={text} decimals={1} /> <span className="text-xs font-normal text-ink-2">{unit}</span>
    </>
  );
}

function sayAgainst({ versus_buy_and_hold: against }: MetricsReport): string {
  if (against === null) return 'Nothing to compare with';
  return against >= 0 ? 'It made more than holding' : 'Holding would have made more';
}

function sayWon({ win_rate, days, trades }: MetricsReport): string {
  if (win_rate === null) return 'None in the whole period';
  const every = formatDuration((days * DAY_MS) / trades);
  return `${formatPercent(100 * win_rate, 0)} won; one every ${every}`;
}

function Fall({ metrics, money }: { metrics: MetricsReport; money: (value: number) => string }) {
  const { max_drawdown_from: from, max_drawdown_to: to, max_drawdown_recovered: recovered } = metrics;
  if (from === null || to === null) return <>It never fell</>;
  return (
    <>
      {money(metrics.max_drawdown_amount)}, <Time at={from} style="day" /> to <Time at={to} style="day" />
      {recovered === null ? '; not made up since' : ''}
    </>
  );
}

/** All figures, each with its meaning. */
export function BacktestFigures({ metrics, quote }: FiguresProps) {
  return (
    <Card title="Figures and what they mean" flush>
      <dl className="grid gap-px bg-line sm:grid-cols-2 2xl:grid-cols-3">
        {METRICS.map(({ label, say, meaning }) => (
          <div key={label} className="bg-surface px-4 py-2.5 last:odd:sm:col-span-2 2xl:last:odd:col-span-1">
            <dt className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="font-medium">{label}</span>
              <span className="tabular-nums">
                {say(metrics, quote) ?? <span className="text-ink-3">none</span>}
              </span>
            </dt>
            <dd className="mt-0.5 text-xs text-ink-2">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
