import type { FieldError } from '../schemas/views.ts';

/** The part of zod's issues that is read here; `errors` are those of a union's members. */
export type ParamIssue = {
  code: string;
  path: PropertyKey[];
  message: string;
  minimum?: unknown;
  maximum?: unknown;
  expected?: unknown;
  origin?: unknown;
  values?: unknown;
  keys?: string[];
  options?: unknown;
  errors?: ParamIssue[][];
};

/** Returns refusals that name the parameter by path and title: "params.entry.all[1].right.period". */
export function toParamErrors(
  issues: readonly ParamIssue[],
  titles: { strategy: string; of: (name: string) => string | undefined },
): FieldError[] {
  return issues.flatMap(unfold).flatMap((issue): FieldError[] => {
    if (issue.keys)
      return issue.keys.map((key) => ({
        path: toPath([...issue.path, key]),
        message:
          issue.path.length === 0
            ? `${titles.strategy} has no such parameter.`
            : 'There is no such field here.',
      }));
    return [{ path: toPath(issue.path), message: sayIssue(titleOf(issue.path, titles.of), issue) }];
  });
}

function toPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    'params',
  );
}

function titleOf(path: readonly PropertyKey[], of: (name: string) => string | undefined): string {
  const [first = '', ...rest] = path;
  if (rest.length === 0) return of(String(first)) ?? 'This parameter';
  const name = String(rest.findLast((key) => typeof key === 'string') ?? first).replaceAll('_', ' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A union's issue becomes those of the member that was meant: the one that fits its outermost shape best. */
function unfold(issue: ParamIssue): ParamIssue[] {
  const members = issue.errors ?? [];
  const meant = members.reduce<ParamIssue[] | undefined>(
    (best, member) => (!best || misfit(member) < misfit(best) ? member : best),
    undefined,
  );
  if (!meant) return [issue];
  const types = members.map(([first]) => first?.expected);
  if (members.every(([first]) => first?.path.length === 0 && first.code === 'invalid_type'))
    return [{ ...issue, code: 'invalid_type', expected: [...new Set(types)].join(' or ') }];
  return meant.flatMap((each) => unfold({ ...each, path: [...issue.path, ...each.path] }));
}

/** How little issues look as if this member had been meant: keys that are absent or not its own, a wrong name of its kind. */
const misfit = (issues: readonly ParamIssue[]): number =>
  issues.reduce((sum, issue) => sum + misfitOf(issue), 0);

function misfitOf({ path, code, keys, errors }: ParamIssue): number {
  if (keys) return path.length === 0 ? 2 * keys.length : 0;
  if (path.length > 1) return 0;
  if (code === 'invalid_type') return 1;
  if (code !== 'invalid_union') return 0;
  if (errors?.length === 0) return 1;
  return path.length === 0 ? Math.min(...(errors ?? []).map(misfit)) : 0;
}

/** What a bound, type or choice that was missed is called; any other message is the schema's own sentence. */
const SENTENCES: Record<string, (issue: ParamIssue) => string> = {
  too_small: ({ minimum, origin }) =>
    `must ${origin === 'array' ? 'hold' : 'be'} at least ${String(minimum)}`,
  too_big: ({ maximum, origin }) => `must ${origin === 'array' ? 'hold' : 'be'} at most ${String(maximum)}`,
  invalid_type: ({ expected }) => `must be ${sayType(String(expected))}`,
  invalid_value: ({ values }) => `must be one of: ${Array.isArray(values) ? values.join(', ') : ''}`,
  invalid_union: ({ options }) => `must be one of: ${Array.isArray(options) ? options.join(', ') : ''}`,
};

const TYPES: Record<string, string> = { int: 'a whole number', array: 'a list', object: 'an object' };

const sayType = (expected: string) =>
  expected
    .split(' or ')
    .map((type) => TYPES[type] ?? `a ${type}`)
    .join(' or ');

function sayIssue(title: string, issue: ParamIssue): string {
  const say = SENTENCES[issue.code];
  return say ? `${title} ${say(issue)}.` : issue.message;
}
