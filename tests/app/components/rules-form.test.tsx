import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { FormRefusal } from '../../../app/components/form-values.ts';
import { listFigures } from '../../../app/components/rule-figures.ts';
import { RulesForm } from '../../../app/components/rules-form.tsx';
import { rules } from '../../../jobs/trading/strategies/rules.ts';
import { paramsJsonSchema } from '../../../jobs/trading/strategies/strategy.ts';

const { entry, exit } = rules.paramsSchema.parse({});
const props = {
  figures: listFigures(paramsJsonSchema(rules)),
  fallbacks: { entry: JSON.stringify(entry), exit: JSON.stringify(exit) },
  refusal: undefined,
};
const render = (values: Record<string, string>, refusal?: FormRefusal) =>
  renderToStaticMarkup(<RulesForm {...props} values={values} refusal={refusal} />);

describe('the form of own rules', () => {
  it('has a row of plain fields for each condition, and buttons that send it back to its page', () => {
    const html = render({});
    expect(html.match(/name="rule\.(entry|exit)\.\d\.operator"/g)).toHaveLength(4);
    expect(html).toMatch(/name="rule\.entry\.0\.leftNumbers"[^>]* value="14"/);
    expect(html).toMatch(/value="add entry" formMethod="get"/i);
    expect(html).toContain('value="remove exit 1"');
    expect(html).not.toContain('textarea');
  });

  it('offers conditions on the position for selling alone', () => {
    expect(render({}).match(/<option value="profit_pct"/g)).toHaveLength(2 * 2);
  });

  it('shows as JSON what rows cannot say, and what the trader wants as JSON', () => {
    const leaf = { operator: 'rising', left: { type: 'close' } };
    const deep = JSON.stringify({ all: [{ any: [leaf] }] });
    expect(render({ 'params.entry': deep })).toMatch(/<textarea[^>]*name="params\.entry"/);
    const wanted = render({ 'json.exit': '1' });
    expect(wanted).toMatch(/<textarea[^>]*name="params\.exit"/);
    expect(wanted).toContain('value="rows exit"');
  });

  it('says which condition was refused', () => {
    const errors = [{ path: 'params.entry.all[1].right.period', message: 'Period must be at least 2.' }];
    const html = render({}, { message: '', errors, values: {} });
    expect(html).toContain('Condition 2: Period must be at least 2.');
    const half = { path: 'params.exit.all[0].right', message: 'Right must be a number or an object.' };
    const none = { path: 'params.entry.all', message: 'All must hold at least 1.' };
    const unfinished = render({}, { message: '', errors: [half, none], values: {} });
    expect(unfinished).toContain('Condition 1: give the number that it is compared with.');
    expect(unfinished).toContain('Add at least one condition.');
  });
});
