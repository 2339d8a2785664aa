import type { ReactNode } from 'react';

export type Column<Row> = {
  key: string;
  title: string;
  align?: 'right';
  /** Left out where the table has less than 32 rem: the same is said elsewhere in the row, or a click away. */
  wideOnly?: boolean;
  /** Quieter than the rest. */
  muted?: boolean;
  cell: (row: Row) => ReactNode;
};

type DataTableProps<Row> = {
  /** What the table holds, for screen readers. */
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
};

function cellClass<Row>(column: Column<Row>): string {
  const align = column.align === 'right' ? 'text-right whitespace-nowrap' : 'text-left';
  return `px-1.5 first:pl-4 last:pr-4 @lg:px-2 ${align} ${column.wideOnly ? 'hidden @lg:table-cell' : ''}`;
}

export function DataTable<Row>({ caption, columns, rows, rowKey }: DataTableProps<Row>) {
  return (
    <div className="@container relative overflow-x-auto">
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="h-8 border-b">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`text-xs font-normal text-ink-2 ${cellClass(column)}`}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="relative h-9 border-b touch:h-11 last:border-0 hover:bg-sunken/60"
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={`py-1.5 ${column.muted ? 'text-ink-2' : ''} ${cellClass(column)}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
