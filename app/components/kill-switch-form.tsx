import { Form } from '@remix-run/react';
import { CircleX } from 'lucide-react';
import type { KillPreview, RiskView } from '../schemas/risk.ts';
import { Button, ButtonLink } from './button.tsx';
import { Card } from './card.tsx';
import { SelectField } from './field.tsx';
import { countOf } from './format.ts';
import { Notice } from './notice.tsx';

const LEVELS = [
  { value: 'entries', label: 'No new entries' },
  { value: 'orders', label: 'Also cancel working orders' },
  { value: 'positions', label: 'Also close positions' },
];

export const sayLevel = (level: KillPreview['level']) =>
  ({
    entries: 'no new entries',
    orders: 'no new entries, working orders cancelled',
    positions: 'no new entries, working orders cancelled, positions closed',
  })[level];

type KillSwitchFormProps = { targets: RiskView['targets']; wished: { target: string; level: string } };

/** The first step: what, and how far. Nothing happens before the question that follows is answered. */
export function KillSwitchForm({ targets, wished }: KillSwitchFormProps) {
  return (
    <Card title="Kill switch" id="kill-switch">
      <Form method="get" className="grid gap-3">
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <SelectField label="Covers" name="target" options={targets} defaultValue={wished.target} />
          <SelectField label="How far it goes" name="level" options={LEVELS} defaultValue={wished.level} />
        </div>
        <p className="text-xs text-ink-3">
          Halted bots keep what they hold unless it is closed here, and their stops are still watched.
        </p>
        <div>
          <Button tone="danger" icon={CircleX} name="confirm" value="1">
            Kill switch…
          </Button>
        </div>
      </Form>
    </Card>
  );
}

/** The first step on a bot's own page, where what it covers is given. */
export function BotKillSwitchForm() {
  return (
    <Card title="Kill switch" id="kill-switch">
      <Form method="get" className="grid gap-3">
        <SelectField label="How far it goes" name="level" options={LEVELS} />
        <p className="text-xs text-ink-3">
          For this bot alone, at once, whatever the next candle says. It stays halted until you let it trade
          again; what it keeps is still watched for its stops.
        </p>
        <div>
          <Button tone="danger" icon={CircleX} name="confirm" value="kill">
            Kill switch…
          </Button>
        </div>
      </Form>
    </Card>
  );
}

type KillSwitchQuestionProps = {
  preview: KillPreview;
  /** The page that asks, and to which "no" leads back. */
  page?: string;
};

/** The second step: the question, with what it would do. */
export function KillSwitchQuestion({ preview, page = '/risk' }: KillSwitchQuestionProps) {
  const { level, running, workingOrders, positions, targetName } = preview;
  const doing = [
    `${countOf(running, 'running bot')} ${running === 1 ? 'makes' : 'make'} no new entries`,
    level === 'entries' || workingOrders === 0
      ? ''
      : `${countOf(workingOrders, 'working order')} to be cancelled`,
    level === 'positions' ? `${countOf(positions, 'position')} to be sold at the market` : '',
  ].filter(Boolean);
  return (
    <Notice kind="error" title={`Pull the kill switch for ${targetName}?`}>
      <p>
        {doing.join(', ')}.{' '}
        {level === 'positions'
          ? 'Prices are what the market pays at that moment; a sale cannot be taken back.'
          : `${countOf(positions, 'position')} stay${positions === 1 ? 's' : ''} open, with stops still watched.`}
      </p>
      <Form method="post" action={page} className="mt-3 flex flex-wrap gap-2">
        <input type="hidden" name="target" value={preview.target} />
        <input type="hidden" name="level" value={level} />
        <Button tone="danger" icon={CircleX} name="intent" value="pull">
          Pull the kill switch
        </Button>
        <ButtonLink to={page}>Go on trading</ButtonLink>
      </Form>
    </Notice>
  );
}
