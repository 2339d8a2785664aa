import { money } from '../decimal.ts';
import type { RiskSettings, StoredRisk } from '../types.ts';

const MONEY_RULES = {
  stop_loss_pct: 'stopLossPct',
  take_profit_pct: 'takeProfitPct',
  trailing_stop_pct: 'trailingStopPct',
  max_position_quote: 'maxPositionQuote',
  max_daily_loss_pct: 'maxDailyLossPct',
  max_drawdown_pct: 'maxDrawdownPct',
  min_confidence: 'minConfidence',
} as const;
const COUNT_RULES = {
  cooldown_candles: 'cooldownCandles',
  max_trades_per_day: 'maxTradesPerDay',
  loss_streak: 'lossStreak',
  loss_streak_candles: 'lossStreakCandles',
  time_exit_candles: 'timeExitCandles',
} as const;

/** Returns the stored rules (snake_case, decimal strings) as the risk rules read them. */
export function toRiskSettings(stored: StoredRisk): RiskSettings {
  const settings: RiskSettings = {};
  for (const [key, name] of Object.entries(MONEY_RULES)) {
    const value = stored[key];
    if (typeof value === 'string' || typeof value === 'number') settings[name] = money(value);
  }
  for (const [key, name] of Object.entries(COUNT_RULES)) {
    const value = stored[key];
    if (value !== undefined) settings[name] = Number(value);
  }
  const steps = stored['roi_table'];
  if (stored['stop_on_exchange'] === true) settings.stopOnExchange = true;
  if (Array.isArray(steps))
    settings.roiTable = steps.map((step) => ({
      afterCandles: step.after_candles,
      profitPct: money(step.profit_pct),
    }));
  return settings;
}

/** Returns rules as they are stored: the inverse of `toRiskSettings`. */
export function fromRiskSettings(settings: RiskSettings): StoredRisk {
  const stored: StoredRisk = {};
  for (const [key, name] of Object.entries(MONEY_RULES)) {
    const value = settings[name];
    if (value !== undefined) stored[key] = value.toFixed();
  }
  for (const [key, name] of Object.entries(COUNT_RULES)) {
    const value = settings[name];
    if (value !== undefined) stored[key] = value;
  }
  if (settings.stopOnExchange) stored['stop_on_exchange'] = true;
  if (settings.roiTable)
    stored['roi_table'] = settings.roiTable.map((step) => ({
      after_candles: step.afterCandles,
      profit_pct: step.profitPct.toFixed(),
    }));
  return stored;
}
