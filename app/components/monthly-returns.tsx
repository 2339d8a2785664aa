import type { MetricsReport } from '../../jobs/trading/backtest/report.ts';
import { formatSigned } from './format.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type MonthlyReturnsProps = { months: MetricsReport['monthly_returns'] };

/** Returns by calendar month, a year a row, per cent; years are compounded of their months. */
export function MonthlyReturns({ months }: MonthlyReturnsProps) {
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))];
  const returns = new Map(months.map((each) => [each.month, each.return]));
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[44rem] border-collapse text-right text-xs tabular-nums">
        <caption className="sr-only">Returns by month, per cent</caption>
        <thead>
          <tr className="h-8 border-b text-ink-2">
            <th scope="col" className="px-4 text-left font-normal">
              Year
            </th>
            {MONTHS.map((name) => (
              <th key={name} scope="col" className="px-1.5 font-normal">
                {name}
              </th>
            ))}
            <th scope="col" className="px-4 font-medium">
              Year, %
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map((year) => (
            <Year key={year} year={year} returns={returns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Year({ year, returns }: { year: string; returns: ReadonlyMap<string, number> }) {
  const values = MONTHS.map((_name, index) => returns.get(`${year}-${String(index + 1).padStart(2, '0')}`));
  const whole = values.reduce<number>((total, value) => total * (1 + (value ?? 0)), 1) - 1;
  return (
    <tr className="h-9 border-b last:border-0">
      <th scope="row" className="px-4 text-left font-medium">
        {year}
      </th>
      {values.map((value, index) => (
        <td key={MONTHS[index]} className="px-1.5">
          <Cell value={value} />
        </td>
      ))}
      <td className="px-4 font-medium">
        <Cell value={whole} />
      </td>
    </tr>
  );
}

function Cell({ value }: { value: number | undefined }) {
  if (value === undefined) return <span className="text-ink-3">·</span>;
  const text = formatSigned((100 * value).toFixed(8), 1);
  const colour = text.startsWith('+') ? 'text-gain' : 'text-loss';
  return <span className={/[1-9]/.test(text) ? colour : 'text-ink-2'}>{text}</span>;
}
