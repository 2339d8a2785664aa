import { Plus, X, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { TextAreaField } from './field.tsx';
import { errorWithin, type FormRefusal, type FormValues } from './form-values.ts';
import type { Figure } from './rule-figures.ts';
import {
  EDIT,
  joinField,
  jsonField,
  NUMBER,
  rowField,
  toRows,
  treeField,
  type Row,
  type Rows,
  type Side,
} from './rule-rows.ts';

type RulesFormProps = {
  figures: readonly Figure[];
  /** The parameter of each side, as JSON, where the form has none yet. */
  fallbacks: Record<Side, string>;
  values: FormValues;
  refusal: FormRefusal | undefined;
};

const OPERATORS = [
  ['above', 'is above'],
  ['below', 'is below'],
  ['crosses_above', 'crosses above'],
  ['crosses_below', 'crosses below'],
  ['between', 'is between (two numbers)'],
  ['rising', 'has risen for (candles)'],
  ['falling', 'has fallen for (candles)'],
] as const;

/** Conditions for buying and for selling. A button sends the form to be shown again, with a row more or less. */
export function RulesForm(props: RulesFormProps) {
  return (
    <div className="grid gap-5">
      <SideForm {...props} side="entry" title="Buy when" />
      <SideForm {...props} side="exit" title="Sell when" />
    </div>
  );
}

function SideForm({ side, title, ...props }: RulesFormProps & { side: Side; title: string }) {
  const { figures, fallbacks, values, refusal } = props;
  const json = values[treeField(side)] ?? fallbacks[side];
  const isJson = values[jsonField(side)] === '1';
  const rows = isJson ? null : toRows(json, figures);
  const error = errorWithin(refusal, treeField(side));
  if (!rows)
    return (
      <div className="grid gap-2">
        {isJson && <input type="hidden" name={jsonField(side)} value="1" />}
        <TextAreaField
          name={treeField(side)}
          label={title}
          hint="Groups three deep, and every choice that rows have no room for."
          error={error}
          defaultValue={json}
          rows={14}
        />
        {isJson && <EditButton edit={`rows ${side}`}>Back to rows</EditButton>}
      </div>
    );
  return (
    <fieldset className="grid min-w-0 gap-2" key={rows.rows.length}>
      <legend className="mb-1 flex w-full flex-wrap items-center gap-2 font-medium">
        {title}
        <JoinSelect side={side} rows={rows} />
      </legend>
      {rows.rows.map((row, index) => (
        <RowForm key={index} {...props} side={side} row={row} index={index} />
      ))}
      {error !== undefined && <p className="text-xs text-loss">{sayRow(error)}</p>}
      <div className="flex flex-wrap gap-2">
        <EditButton edit={`add ${side}`} icon={Plus}>
          Add a condition
        </EditButton>
        <EditButton edit={`json ${side}`}>Write as JSON</EditButton>
      </div>
    </fieldset>
  );
}

/** `all[0].right: …` as the row that it is, in the words of the rows. */
function sayRow(error: string): string {
  if (/^(?:all|any): .* at least 1\.$/.test(error)) return 'Add at least one condition.';
  return error
    .replace(/^(?:all|any)\[(\d+)\][^:]*/, (_, at: string) => `Condition ${String(Number(at) + 1)}`)
    .replace('Right must be a number or an object.', 'give the number that it is compared with.');
}

const BOX = 'control-box control-height min-w-0 truncate';

function JoinSelect({ side, rows }: { side: Side; rows: Rows }) {
  return (
    <select
      name={joinField(side)}
      defaultValue={rows.join}
      aria-label="Joined by"
      className={`${BOX} w-auto! font-normal`}
    >
      <option value="all">all of these hold</option>
      <option value="any">any of these holds</option>
    </select>
  );
}

type RowFormProps = Pick<RulesFormProps, 'figures'> & { side: Side; row: Row; index: number };

function RowForm({ side, row, index, figures }: RowFormProps) {
  const field = (part: keyof Row) => ({ name: rowField(side, index, part), defaultValue: row[part] });
  const nth = `condition ${String(index + 1)}`;
  const timeframes = figures.find((each) => each.timeframes.length > 0)?.timeframes ?? [];
  const known = figures.filter(
    ({ type }) => side === 'exit' || !['profit_pct', 'candles_held'].includes(type),
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_4.5rem_5.75rem] gap-1.5 rounded-card border p-2">
      <FigureSelect {...field('left')} label={`Figure of ${nth}`} figures={known} />
      <NumbersInput {...field('leftNumbers')} label={`Its numbers, ${nth}`} />
      <TimeframeSelect {...field('leftTimeframe')} label={`Its timeframe, ${nth}`} timeframes={timeframes} />
      <select {...field('operator')} aria-label={`How, ${nth}`} className={`${BOX} col-span-2`}>
        {OPERATORS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <EditButton edit={`remove ${side} ${String(index)}`} icon={X}>
        <span className="sr-only">Remove {nth}</span>
      </EditButton>
      <FigureSelect {...field('right')} label={`Compared with, ${nth}`} figures={known} withNumber />
      <NumbersInput {...field('rightNumbers')} label={`Number or numbers, ${nth}`} />
      <TimeframeSelect
        {...field('rightTimeframe')}
        label={`Timeframe compared with, ${nth}`}
        timeframes={timeframes}
      />
    </div>
  );
}

type ControlProps = { name: string; defaultValue: string; label: string };

function FigureSelect({
  label,
  figures,
  withNumber = false,
  ...select
}: ControlProps & { figures: readonly Figure[]; withNumber?: boolean }) {
  return (
    <select {...select} aria-label={label} className={BOX}>
      {withNumber && <option value={NUMBER}>Number</option>}
      {figures.map(({ type, title }) => (
        <option key={type} value={type}>
          {title}
        </option>
      ))}
    </select>
  );
}

function NumbersInput({ label, ...input }: ControlProps) {
  return (
    <input
      {...input}
      aria-label={label}
      placeholder="–"
      inputMode="decimal"
      className={`${BOX} tabular-nums`}
    />
  );
}

function TimeframeSelect({ label, timeframes, ...select }: ControlProps & { timeframes: readonly string[] }) {
  return (
    <select {...select} aria-label={label} className={BOX}>
      <option value="">own</option>
      {timeframes.map((timeframe) => (
        <option key={timeframe}>{timeframe}</option>
      ))}
    </select>
  );
}

/** Sends the form back to its own page, which shows it changed; nothing is started. */
function EditButton({ edit, icon, children }: { edit: string; icon?: LucideIcon; children: ReactNode }) {
  return (
    <Button name={EDIT} value={edit} formMethod="get" formNoValidate {...(icon ? { icon } : {})}>
      {children}
    </Button>
  );
}
