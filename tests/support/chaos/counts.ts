import { EXCHANGES, type Exchange } from './protocol.ts';

/** How often each thing happened, by the exchange where it did or in the campaign at large. */
export type Counts = {
  note(what: string, where?: Exchange, times?: number): void;
  /** All in all, or at one exchange. */
  of(what: string, where?: Exchange): number;
  /** The table as text, a line each. */
  lines(): string[];
};

type Row = Partial<Record<Exchange | 'campaign', number>>;

export function createCounts(): Counts {
  const rows = new Map<string, Row>();
  const sum = (row: Row) => Object.values(row).reduce((total, count) => total + count, 0);
  return {
    note(what, where, times = 1) {
      const row = rows.get(what) ?? {};
      const column = where ?? 'campaign';
      row[column] = (row[column] ?? 0) + times;
      rows.set(what, row);
    },
    of(what, where) {
      const row = rows.get(what) ?? {};
      return where === undefined ? sum(row) : (row[where] ?? 0);
    },
    lines() {
      const cell = (text: string | number) => String(text).padStart(8);
      const head = `${''.padEnd(40)}${cell('all')}${EXCHANGES.map(cell).join('')}`;
      const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
      return [
        head,
        ...sorted.map(([what, row]) => {
          const places = EXCHANGES.map((exchange) => cell('campaign' in row ? '' : (row[exchange] ?? 0)));
          return `${what.padEnd(40)}${cell(sum(row))}${places.join('')}`.trimEnd();
        }),
      ];
    },
  };
}
