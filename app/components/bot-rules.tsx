import type { BotView, StrategyView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { paramFields } from './params-schema.ts';
import { formatMoney, formatPercent, formatQuantity, moneyDecimals } from './format.ts';

const asPercent = (value: string | number) => formatPercent(String(value));

const RULES: Record<string, { label: string; say: (value: string | number, bot: BotView) => string }> = {
  stop_loss_pct: { label: 'Stop-loss', say: asPercent },
  take_profit_pct: { label: 'Take profit', say: asPercent },
  trailing_stop_pct: { label: 'Trailing stop', say: asPercent },
  max_position_quote: {
    label: 'Largest position',
    say: (value, bot) => `${formatMoney(String(value), moneyDecimals(bot.quote))} ${bot.quote}`,
  },
  max_daily_loss_pct: { label: 'Daily loss limit', say: asPercent },
  cooldown_candles: { label: 'Pause after a sale', say: (value) => `${String(value)} candles` },
  max_trades_per_day: { label: 'Trades a day', say: (value) => `at most ${String(value)}` },
};

/** What the bot was told to do: unchanged for the length of its run. */
export function BotRules({ bot, strategy }: { bot: BotView; strategy: StrategyView | undefined }) {
  const risk = Object.entries(RULES).map(([name, rule]): Fact => {
    const value = bot.risk[name];
    return [rule.label, value === undefined ? undefined : rule.say(value, bot)];
  });
  const params = (strategy ? paramFields(strategy.paramsSchema) : []).map(({ name, title }): Fact => [
    title,
    sayValue(bot.parameters[name]),
  ]);
  const hasRisk = Object.keys(bot.risk).length > 0;
  return (
    <Card title="Rules" flush>
      <Facts
        facts={[
          ['Each buy', saySize(bot)],
          ...risk,
          ['Risk rules', hasRisk ? undefined : 'all off'],
          ['Strategy', bot.strategyTitle],
          ...params,
        ]}
      />
    </Card>
  );
}

const sayValue = (value: unknown) =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';

function saySize({ sizing, quote }: BotView): string {
  if (sizing.type === 'quote_amount') return `${formatQuantity(sizing.value)} ${quote}`;
  return `${formatQuantity(String(Number(sizing.value) * 100), 4)} % of its equity`;
}
