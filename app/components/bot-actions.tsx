import { Form, useNavigation } from '@remix-run/react';
import { Play } from 'lucide-react';
import type { BotView } from '../schemas/views.ts';
import { Button, ButtonLink } from './button.tsx';
import { Notice } from './notice.tsx';
import { formatMoney, formatQuantity, moneyDecimals } from './format.ts';
import { StartButton, StopButtons } from './run-buttons.tsx';
import { Time } from './time.tsx';

const isFlat = (bot: BotView) => bot.position.averagePrice === null;

/** What can be done with a bot; one that is halted is lifted from the notice that says why. */
export function BotActions({ bot }: { bot: BotView }) {
  const navigation = useNavigation();
  const isBusy = navigation.state !== 'idle' && navigation.formMethod === 'POST';
  if (bot.status === 'STOPPING') return null;
  if (bot.status === 'RUNNING' || bot.status === 'HALTED')
    return <StopButtons isFlat={isFlat(bot)} closeLabel="Close position" isBusy={isBusy} />;
  return <StartButton label="Start again" isLive={bot.mode === 'live'} isBusy={isBusy} />;
}

/** Why a bot is halted, what it does meanwhile, and the click that lets it trade again. */
export function HaltNotice({ bot }: { bot: BotView }) {
  if (!bot.halt) return null;
  const isKilled = bot.halt.rule === 'kill-switch';
  // What halted all of a basket is lifted for all of it.
  const basketId = isKilled ? null : bot.basketId;
  const held = isFlat(bot)
    ? 'No open position.'
    : `It holds ${formatQuantity(bot.position.quantity)} ${bot.base}; its stops are still watched.`;
  return (
    <Notice
      kind="warn"
      title={isKilled ? `${bot.name} was halted by the kill switch.` : `${bot.name} stopped itself.`}
    >
      <p>
        {isKilled ? '' : `${bot.halt.reason} `}Since <Time at={bot.halt.at} style="full" />. {held} It makes
        no entries until you let it trade again
        {isKilled ? '.' : '; its fall then counts from what it owns now.'}
      </p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        {basketId === null ? (
          <Button icon={Play} name="intent" value="start">
            {bot.mode === 'live' ? 'Trade again with real money' : 'Trade again'}
          </Button>
        ) : (
          <ButtonLink to={`/baskets/${basketId}`}>See its basket</ButtonLink>
        )}
        {isKilled && (
          <ButtonLink to="/risk" tone="quiet">
            See the kill switch
          </ButtonLink>
        )}
      </Form>
    </Notice>
  );
}

/** The question before money moves, at the top of the bot's page. */
export function BotQuestion({ bot, ask }: { bot: BotView; ask: string | null }) {
  if (ask === 'start' && bot.status !== 'RUNNING') return <StartQuestion bot={bot} />;
  if ((ask === 'stop' || ask === 'close') && (bot.status === 'RUNNING' || bot.status === 'HALTED'))
    return <StopQuestion bot={bot} />;
  return null;
}

function StartQuestion({ bot }: { bot: BotView }) {
  return (
    <Notice kind="warn" title={`${bot.name} trades with real money on ${bot.venueName}.`}>
      <p>It goes on with the rules below, from the next {bot.timeframe} candle on.</p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        <Button tone="primary" name="intent" value="start">
          Start with real money
        </Button>
        <ButtonLink to={`/bots/${bot.id}`}>Not now</ButtonLink>
      </Form>
    </Notice>
  );
}

function StopQuestion({ bot }: { bot: BotView }) {
  const held = `${formatQuantity(bot.position.quantity)} ${bot.base}`;
  const cost = `${formatMoney(bot.position.cost, moneyDecimals(bot.quote))} ${bot.quote}`;
  return (
    <Notice
      kind="warn"
      title={isFlat(bot) ? 'The bot holds nothing.' : `The bot holds ${held}, bought for ${cost}.`}
    >
      <p>
        Stopped without a sale, it keeps the position, and its stop is no longer watched. A sale is a market
        order: its price is what the market pays at that moment.
      </p>
      <Form method="post" className="mt-3 flex flex-wrap gap-2">
        {!isFlat(bot) && (
          <Button tone="danger" name="intent" value="close">
            Stop and sell
          </Button>
        )}
        <Button name="intent" value="stop">
          Stop and keep it
        </Button>
        <ButtonLink to={`/bots/${bot.id}`} tone="quiet">
          Go on trading
        </ButtonLink>
      </Form>
    </Notice>
  );
}
