import { REBALANCE } from '../../jobs/trading/rebalance/names.ts';
import type { BotView, StrategyView } from '../schemas/views.ts';
import { Card } from './card.tsx';
import { Facts, type Fact } from './facts.tsx';
import { paramFields } from './params-schema.ts';
import { formatMoney, formatPercent, formatQuantity, moneyDecimals } from './format.ts';

const plain = (value: RuleValue) => (typeof value === 'object' ? '' : String(value));
const asPercent = (value: RuleValue) => formatPercent(plain(value));
const asCandles = (value: RuleValue) => `${plain(value)} candles`;

type RuleValue = BotView['risk'][string];

const RULES: Record<string, { label: string; say: (value: RuleValue, quote: string) => string }> = {
  stop_loss_pct: { label: 'Stop-loss', say: asPercent },
  take_profit_pct: { label: 'Take profit', say: asPercent },
  trailing_stop_pct: { label: 'Trailing stop', say: asPercent },
  stop_on_exchange: { label: 'Its stop rests', say: () => 'on the exchange' },
  max_position_quote: {
    label: 'Largest position',
    say: (value, quote) => `${formatMoney(plain(value), moneyDecimals(quote))} ${quote}`,
  },
  max_daily_loss_pct: { label: 'Daily loss limit', say: asPercent },
  max_drawdown_pct: { label: 'Halts at a fall of', say: (value) => `${asPercent(value)} from its highest` },
  cooldown_candles: { label: 'Pause after a loss', say: asCandles },
  loss_streak: { label: 'Losses in a row', say: (value) => `pauses after ${plain(value)}` },
  loss_streak_candles: { label: 'Pause after losses in a row', say: asCandles },
  max_trades_per_day: { label: 'Trades a day', say: (value) => `at most ${plain(value)}` },
  min_confidence: { label: 'Confidence of a buy', say: (value) => `at least ${plain(value)}` },
  time_exit_candles: { label: 'Sells after', say: asCandles },
  roi_table: { label: 'ROI table', say: saySteps },
};

/** The risk rules that are on, each with its name. */
export function sayRiskRules(risk: BotView['risk'], quote: string): Fact[] {
  return Object.entries(RULES).flatMap(([name, rule]): Fact[] => {
    const value = risk[name];
    return value === undefined ? [] : [[rule.label, rule.say(value, quote)]];
  });
}

/** What the bot was told to do: unchanged for the length of its run. */
export function BotRules({ bot, strategy }: { bot: BotView; strategy: StrategyView | undefined }) {
  const params = (strategy ? paramFields(strategy.paramsSchema) : []).map(({ name, title }): Fact => [
    title,
    sayValue(bot.parameters[name]),
  ]);
  const shown = params.filter(([, value]) => value !== '');
  const hasRisk = Object.keys(bot.risk).length > 0;
  return (
    <Card title="Rules" flush>
      <Facts
        facts={[
          ['Each buy', bot.strategy === REBALANCE ? undefined : saySize(bot)],
          ...sayRiskRules(bot.risk, bot.quote),
          ['Risk rules', hasRisk ? undefined : 'all off'],
          ['Strategy', bot.strategyTitle],
          ...shown,
        ]}
      />
      {bot.strategySentence !== null && (
        <p className="border-t px-4 py-3 text-ink-2">{bot.strategySentence}</p>
      )}
    </Card>
  );
}

function saySteps(value: RuleValue): string {
  if (!Array.isArray(value)) return '';
  return value.map((step) => `${asPercent(step.profit_pct)} from candle ${step.after_candles}`).join(', ');
}

function sayValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function saySize({ sizing, quote }: BotView): string {
  if (sizing.type === 'quote_amount') return `${formatQuantity(sizing.value)} ${quote}`;
  return `${formatQuantity(String(Number(sizing.value) * 100), 4)} % of its equity`;
}
