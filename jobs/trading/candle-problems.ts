/** What can be wrong with a row of candles, and which choice mends it. */

/** `duplicates` keeps the first of rows with one open time, `disorder` sorts, `impossible` drops what is no candle. */
export const MENDS = ['duplicates', 'disorder', 'impossible'] as const;
export type Mend = (typeof MENDS)[number];

type Kind = { mend: Mend; one: string; many: string };

const KINDS = {
  columns: { mend: 'impossible', one: 'row of too few or too many columns', many: 'of them' },
  blank: { mend: 'impossible', one: 'blank line', many: 'blank lines' },
  figure: { mend: 'impossible', one: 'row with a missing or unreadable figure', many: 'of them' },
  time: { mend: 'impossible', one: 'impossible timestamp', many: 'impossible timestamps' },
  price: { mend: 'impossible', one: 'price that is zero or negative', many: 'of them' },
  volume: { mend: 'impossible', one: 'negative volume', many: 'negative volumes' },
  range: { mend: 'impossible', one: 'candle beyond its own high or low', many: 'of them' },
  duplicate: { mend: 'duplicates', one: 'repeated candle', many: 'repeated candles' },
  conflict: { mend: 'duplicates', one: 'timestamp repeated with other figures', many: 'of them' },
  disorder: { mend: 'disorder', one: 'timestamp lower than the one before it', many: 'of them' },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof KINDS;

/** One row that is refused, or was mended. Lines count from 1, the header. */
export type CandleProblem = { line: number; kind: ProblemKind; detail: string };

export type ProblemCounts = Partial<Record<ProblemKind, number>>;

/** How many problems are told one by one. */
export const PROBLEMS_TOLD = 20;

/** The problems of one file: all are counted, the first of each kind are kept. */
export type ProblemList = { counts: ProblemCounts; kept: CandleProblem[] };

/** A candle file that cannot be used: what was found where, and what to do. Nothing of it is kept. */
export class CandleFileError extends Error {
  readonly problems: readonly CandleProblem[];
  readonly counts: ProblemCounts;

  constructor(message: string, found: { problems: readonly CandleProblem[]; counts: ProblemCounts }) {
    super(message);
    this.name = 'CandleFileError';
    this.problems = found.problems;
    this.counts = found.counts;
  }
}

/** Returns the error for a file that cannot be read at all. */
export function unreadable(message: string): CandleFileError {
  return new CandleFileError(message, { problems: [], counts: {} });
}

/** Counts a problem; keeps it if it is among the first of its kind. */
export function addProblem(list: ProblemList, kind: ProblemKind, at: { line: number; detail: string }): void {
  const count = (list.counts[kind] ?? 0) + 1;
  list.counts[kind] = count;
  if (count <= PROBLEMS_TOLD) list.kept.push({ kind, ...at });
}

/** Returns the choice that mends a kind of problem. */
export function mendOf(kind: ProblemKind): Mend {
  return KINDS[kind].mend;
}

/** Returns the first problems by line, as many as are told. */
export function firstProblems(list: ProblemList): CandleProblem[] {
  return list.kept.toSorted((left, right) => left.line - right.line).slice(0, PROBLEMS_TOLD);
}

/** Returns the kinds found with their counts, in words: "2 repeated candles, 1 blank line". */
export function describeCounts(counts: ProblemCounts): string {
  return kindsOf(counts)
    .map((kind) => describeCount(kind, counts[kind] ?? 0))
    .join(', ');
}

/** Returns the kinds that were found. */
export function kindsOf(counts: ProblemCounts): ProblemKind[] {
  return (Object.keys(KINDS) as ProblemKind[]).filter((kind) => (counts[kind] ?? 0) > 0);
}

function describeCount(kind: ProblemKind, count: number): string {
  const { one, many } = KINDS[kind];
  if (count === 1) return `1 ${one}`;
  return many === 'of them' ? `${count} times a ${one}` : `${count} ${many}`;
}
