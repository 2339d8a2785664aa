import { Form } from '@remix-run/react';
import type { HeatView } from '../schemas/optimizations.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { SelectField } from './field.tsx';
import { objectiveOf, sayScore } from './optimization-words.ts';

type HeatProps = { heat: HeatView; objective: string };

const nameOf = (name: string) => name.replaceAll('_', ' ');

/** The best score of each pair of values. A plateau is worth more than a peak: neighbours of a lucky set do badly. */
export function OptimizationHeat({ heat, objective }: HeatProps) {
  const { x, y, names, map } = heat;
  const scores = map.rows.flatMap((cells) => cells.flatMap(({ best }) => (best === null ? [] : [best])));
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const strengthOf = (score: number) => (most > least ? (score - least) / (most - least) : 1);
  return (
    <Card title={`${objectiveOf(objective)?.title ?? 'Score'} by two parameters`} flush>
      {names.length > 2 && <Axes heat={heat} />}
      <p className="px-4 pt-3 text-xs text-ink-2">
        Best score found for each {nameOf(y)} (rows) and {nameOf(x)} (columns), whatever the others were. The
        stronger the colour, the better; a dash was tried and has no score.
      </p>
      <div className="overflow-x-auto p-4 pt-2">
        <table className="w-full border-separate border-spacing-0.5 text-xs tabular-nums">
          <caption className="sr-only">
            Best score by {nameOf(y)} and {nameOf(x)}
          </caption>
          <thead>
            <tr>
              <th scope="col" className="px-1.5 text-left font-normal text-ink-2">
                {nameOf(y)}
              </th>
              {map.x.values.map((value) => (
                <th key={String(value)} scope="col" className="px-1.5 font-normal text-ink-2">
                  {String(value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {map.rows.map((cells, row) => (
              <tr key={String(map.y.values[row])}>
                <th scope="row" className="px-1.5 text-left font-normal text-ink-2">
                  {String(map.y.values[row])}
                </th>
                {cells.map(({ best, trials }, column) => (
                  <td key={String(map.x.values[column])} className="relative h-8 min-w-10 text-center">
                    {best !== null && (
                      <svg className="absolute inset-0 size-full text-accent" aria-hidden="true">
                        <rect
                          width="100%"
                          height="100%"
                          rx="3"
                          fill="currentColor"
                          opacity={0.06 + 0.4 * strengthOf(best)}
                        />
                      </svg>
                    )}
                    <span className="relative">
                      {best === null ? trials > 0 && '–' : sayScore(objective, best)}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Axes({ heat: { names, x, y } }: { heat: HeatView }) {
  const options = names.map((name) => ({ value: name, label: nameOf(name) }));
  return (
    <Form method="get" preventScrollReset className="flex flex-wrap items-end gap-3 border-b px-4 py-3">
      <div className="w-40">
        <SelectField label="Columns" name="x" defaultValue={x} options={options} />
      </div>
      <div className="w-40">
        <SelectField label="Rows" name="y" defaultValue={y} options={options} />
      </div>
      <Button>Show</Button>
    </Form>
  );
}
