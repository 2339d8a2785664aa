import type { BotDetailView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { Delta } from './delta.tsx';
import {
  formatMoney,
  formatPercent,
  formatQuantity,
  formatSignedPercent,
  moneyDecimals,
  percentOf,
} from './format.ts';
import { KeyFigure, KeyFigures } from './key-figure.tsx';

/** A bot's money and position, each figure with what it is measured in or against. */
export function BotFigures({ view }: { view: BotDetailView }) {
  const { bot, precision } = view;
  const decimals = moneyDecimals(bot.quote);
  const isFlat = bot.position.averagePrice === null;
  return (
    <Card flush>
      <KeyFigures>
        <KeyFigure
          label={`Profit, ${bot.quote}`}
          note={bot.profitPct === null ? 'after fees' : `${formatSignedPercent(bot.profitPct)} after fees`}
        >
          <Delta value={bot.profit} decimals={decimals} />
        </KeyFigure>
        <KeyFigure
          label="Position"
          note={
            isFlat
              ? bot.status === 'RUNNING'
                ? 'waits to buy'
                : 'nothing is held'
              : `bought at ${formatMoney(bot.position.averagePrice ?? '0', precision?.price)}`
          }
        >
          {isFlat ? 'Flat' : `${formatQuantity(bot.position.quantity)} ${bot.base}`}
        </KeyFigure>
        <KeyFigure
          label="Unrealised"
          note={isFlat ? 'no open position' : shareOf(bot.position.unrealizedPnl, bot.position.cost)}
        >
          <Delta value={bot.position.unrealizedPnl} decimals={decimals} />
        </KeyFigure>
        <StopFigure view={view} />
        <KeyFigure label={`Fees paid, ${bot.quote}`} note="counted in the profit">
          {formatMoney(bot.fees, decimals)}
        </KeyFigure>
        <KeyFigure
          label={`Equity, ${bot.quote}`}
          note={`${bot.basketId === null ? 'began with' : 'its share of the basket was'} ${formatMoney(bot.initialBalance, decimals)}`}
        >
          {formatMoney(bot.equity, decimals)}
        </KeyFigure>
      </KeyFigures>
      <Realised view={view} />
    </Card>
  );
}

/** The two ways to count what sales earned, with what tells them apart. */
function Realised({ view: { bot, realizedFifo } }: { view: BotDetailView }) {
  const decimals = moneyDecimals(bot.quote);
  return (
    <p className="border-t px-4 py-2.5 text-xs text-ink-2">
      Realised <Delta value={bot.realizedPnl} decimals={decimals} /> by average cost,{' '}
      <Delta value={realizedFifo} decimals={decimals} /> by first in, first out, where the oldest units are
      sold first. Both are after fees, and equal once everything is sold.
    </p>
  );
}

function shareOf(part: string, whole: string): string {
  const share = percentOf(part, whole);
  return share === undefined ? 'of its cost' : `${formatSignedPercent(share)} of its cost`;
}

function StopFigure({ view: { bot, chart, precision } }: { view: BotDetailView }) {
  const stop = chart.lines.find((line) => line.kind === 'stop');
  const ruled = [bot.risk['stop_loss_pct'], bot.risk['trailing_stop_pct']].find(
    (rule): rule is string | number => typeof rule === 'string' || typeof rule === 'number',
  );
  if (stop === undefined)
    return (
      <KeyFigure label="Stop" note={ruled === undefined ? 'no stop-loss is set' : 'below the next buy'}>
        {ruled === undefined ? 'Off' : formatPercent(ruled)}
      </KeyFigure>
    );
  const distance =
    bot.lastPrice === null
      ? undefined
      : percentOf(String(Number(stop.price) - Number(bot.lastPrice)), bot.lastPrice);
  return (
    <KeyFigure
      label="Stop"
      note={distance === undefined ? 'watched' : `${formatSignedPercent(distance)} from the last price`}
    >
      {formatMoney(stop.price, precision?.price)}
    </KeyFigure>
  );
}
