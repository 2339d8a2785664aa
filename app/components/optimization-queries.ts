import type { BacktestView } from '../schemas/backtests.ts';
import type { OptimizationView } from '../schemas/optimizations.ts';
import { toRerunQuery } from './backtest-form-input.ts';
import type { FormValues } from './form-values.ts';
import { toPercent, toRuleText, toStakeText, type Values } from './optimization-words.ts';

/** All parameters of a set: those that vary and those that the plan fixed. */
function paramsOf({ plan }: OptimizationView, values: Values): FormValues {
  const params: FormValues = {};
  for (const line of plan.vary) {
    const at = line.indexOf('=');
    const [name, text] = [line.slice(0, at), line.slice(at + 1)];
    params[`params.${name}`] = String(values[name] ?? text);
  }
  return params;
}

const riskOf = ({ risk }: OptimizationView): FormValues =>
  Object.fromEntries(Object.entries(risk).map(([name, value]) => [`risk.${name}`, toRuleText(value)]));

function marketOf(view: OptimizationView): FormValues {
  const { venue, symbol, timeframe, strategy, initialBalance } = view;
  return { exchange: venue, symbol, timeframe, strategy, initial_balance: initialBalance };
}

function periodOf({ fromTime, toTime }: OptimizationView): FormValues {
  const lastMs = Date.parse(toTime) - 1;
  return { from: fromTime.slice(0, 10), last_day: new Date(lastMs).toISOString().slice(0, 10) };
}

function costsOf(view: OptimizationView): FormValues {
  const { fee, makerFee, slippage, keepsMarketRules } = view;
  return {
    stake: toStakeText(view),
    fee: toPercent(fee),
    maker_fee: makerFee === fee ? '' : toPercent(makerFee),
    slippage: toPercent(slippage),
    market_rules: String(keepsMarketRules),
  };
}

/** The query that fills the form of a bot with a set that was found. */
export function toBotQuery(view: OptimizationView, values: Values): string {
  const { sizing, stake } = view;
  const isShare = sizing ? sizing.type === 'equity_fraction' : stake === 'all';
  return new URLSearchParams({
    // The form of a bot has a stop unless told otherwise.
    'risk.stop_loss_pct': '',
    ...marketOf(view),
    ...paramsOf(view, values),
    ...riskOf(view),
    'sizing.type': isShare ? 'equity_fraction' : 'quote_amount',
    'sizing.value': isShare ? toPercent(sizing?.value ?? '1') : (sizing?.value ?? stake),
  }).toString();
}

/** The query that fills the form of a backtest with a set that was found. */
export function toBacktestQuery(view: OptimizationView, values: Values): string {
  const whole = { ...marketOf(view), ...periodOf(view), ...costsOf(view) };
  return new URLSearchParams({ ...whole, ...paramsOf(view, values), ...riskOf(view) }).toString();
}

/** The query that fills the form of an optimisation with the plan of another. */
export function toAgainQuery(view: OptimizationView): string {
  const { plan } = view;
  const lines = plan.vary.map((line) => {
    const at = line.indexOf('=');
    return [`vary.${line.slice(0, at)}`, line.slice(at + 1)] as const;
  });
  return new URLSearchParams({
    ...marketOf(view),
    ...periodOf(view),
    ...costsOf(view),
    ...riskOf(view),
    ...Object.fromEntries(lines),
    sampler: plan.sampler,
    objective: plan.objective,
    tries: String(plan.tries),
    min_trades: String(plan.minTrades),
    hold_out: String(Math.round(100 * plan.holdOut)),
    walk_steps: String(plan.walkSteps),
  }).toString();
}

const NOT_OF_A_CHECK = ['name', 'detail_timeframe', 'max_open_positions'];

/** The query that fills the form of an optimisation with a backtest's own parameters: nothing varies, so it is a check. */
export function toCheckQuery(backtest: BacktestView): string {
  const entries = [...new URLSearchParams(toRerunQuery(backtest))]
    .filter(([name]) => !NOT_OF_A_CHECK.includes(name))
    .map(([name, value]) => [name.replace(/^params\./, 'vary.'), value]);
  return new URLSearchParams(entries).toString();
}
