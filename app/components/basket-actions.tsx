import { Form, useNavigation } from '@remix-run/react';
import { Play } from 'lucide-react';
import type { BasketView } from '../schemas/basket-views.ts';
import { Button, ButtonLink } from './button.tsx';
import { countOf } from './format.ts';
import { Notice } from './notice.tsx';
import { StartButton, StopButtons } from './run-buttons.tsx';
import { Time } from './time.tsx';

const isActive = ({ status }: BasketView) => status === 'RUNNING' || status === 'HALTED';
/** Some of its pairs, or all, can be started again. */
const canStart = ({ legs }: BasketView) =>
  legs.some(({ status }) => status !== 'RUNNING') && legs.every(({ status }) => status !== 'STOPPING');

/** What can be done with a basket as a whole. Where money moves, the click leads to a question first. */
export function BasketActions({ basket }: { basket: BasketView }) {
  const navigation = useNavigation();
  const isBusy = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  return (
    <>
      {canStart(basket) && basket.halt === null && (
        <StartButton
          label={basket.status === 'RUNNING' ? 'Start the rest' : 'Start again'}
          isLive={basket.mode === 'live'}
          isBusy={isBusy}
        />
      )}
      {isActive(basket) && (
        <StopButtons isFlat={basket.openPositions === 0} closeLabel="Close positions" isBusy={isBusy} />
      )}
    </>
  );
}

/** Why a basket is halted, and the click that lets it trade again. */
export function BasketHaltNotice({ basket }: { basket: BasketView }) {
  if (!basket.halt) return null;
  const isKilled = basket.halt.rule === 'kill-switch';
  const held =
    basket.openPositions === 0
      ? 'No open position.'
      : `It holds ${countOf(basket.openPositions, 'position')}; their stops are still watched.`;
  return (
    <Notice
      kind="warn"
      title={isKilled ? `${basket.name} was halted by the kill switch.` : `${basket.name} stopped itself.`}
    >
      <p>
        {isKilled ? '' : `${basket.halt.reason} `}Since <Time at={basket.halt.at} style="full" />. {held} None
        of its pairs makes an entry until you let it trade again
        {isKilled ? '.' : '; its fall then counts from what it owns now.'}
      </p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        <Button icon={Play} name="intent" value="start">
          {basket.mode === 'live' ? 'Trade again with real money' : 'Trade again'}
        </Button>
        {isKilled && (
          <ButtonLink to="/risk" tone="quiet">
            See the kill switch
          </ButtonLink>
        )}
      </Form>
    </Notice>
  );
}

/** The question before money moves, at the top of the basket's page. */
export function BasketQuestion({ basket, ask }: { basket: BasketView; ask: string | null }) {
  if (ask === 'start' && canStart(basket)) return <StartQuestion basket={basket} />;
  if ((ask === 'stop' || ask === 'close') && isActive(basket)) return <StopQuestion basket={basket} />;
  return null;
}

function StartQuestion({ basket }: { basket: BasketView }) {
  return (
    <Notice kind="warn" title={`${basket.name} trades with real money on ${basket.venueName}.`}>
      <p>All its pairs go on with the rules below, from the next {basket.timeframe} candle on.</p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        <Button tone="primary" name="intent" value="start">
          Start with real money
        </Button>
        <ButtonLink to={`/baskets/${basket.id}`}>Not now</ButtonLink>
      </Form>
    </Notice>
  );
}

function StopQuestion({ basket }: { basket: BasketView }) {
  const held = basket.legs
    .filter(({ position }) => position.averagePrice !== null)
    .map(({ base }) => base)
    .join(', ');
  return (
    <Notice
      kind="warn"
      title={
        held === ''
          ? 'The basket holds nothing.'
          : `The basket holds ${countOf(basket.openPositions, 'position')}: ${held}.`
      }
    >
      <p>
        Stopped without sales, it keeps what it holds, and no stop is watched any more. Sales are market
        orders: their price is what the market pays at that moment.
      </p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        {held !== '' && (
          <Button tone="danger" name="intent" value="close">
            Stop and sell all
          </Button>
        )}
        <Button name="intent" value="stop">
          {held === '' ? 'Stop' : 'Stop and keep them'}
        </Button>
        <ButtonLink to={`/baskets/${basket.id}`} tone="quiet">
          Go on trading
        </ButtonLink>
      </Form>
    </Notice>
  );
}
