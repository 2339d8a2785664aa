import type { BacktestRequest } from '../../db/schema/backtests.ts';
import type { BacktestSettings } from '../trading/backtest/settings.ts';
import { money } from '../trading/decimal.ts';
import { toRiskSettings } from '../trading/risk/stored-risk.ts';

const BPS = 10_000;

/** Returns a stored request as the engine takes it: the same as the command of the same options. */
export function toBacktestSettings(request: BacktestRequest): BacktestSettings {
  const { strategy, params, timeframe, stake, maxOpen, lotSize, tickSize, minNotional } = request;
  return {
    strategy,
    params,
    timeframe,
    initialBalance: money(request.initialBalance),
    stake: stake === 'all' ? stake : money(stake),
    fee: money(request.fee),
    slippageBps: money(request.slippage).times(BPS).toNumber(),
    risk: toRiskSettings(request.risk),
    ...(maxOpen === undefined ? {} : { maxOpen }),
    ...(lotSize === undefined ? {} : { lotSize: money(lotSize) }),
    ...(tickSize === undefined ? {} : { tickSize: money(tickSize) }),
    ...(minNotional === undefined ? {} : { minNotional: money(minNotional) }),
  };
}
