import type { BacktestRequest } from '../../db/schema/backtests.ts';
import type { BacktestSettings } from '../trading/backtest/settings.ts';
import { money } from '../trading/decimal.ts';
import { toRiskSettings } from '../trading/risk/stored-risk.ts';

const BPS = 10_000;

/** Returns a stored request as the engine takes it: the same as the command of the same options. */
export function toBacktestSettings(request: BacktestRequest): BacktestSettings {
  const { strategy, params, timeframe, stake, sizing, maxOpen, lotSize, tickSize, minNotional } = request;
  return {
    strategy,
    params,
    timeframe,
    initialBalance: money(request.initialBalance),
    stake: stake === 'all' ? stake : money(stake),
    ...(sizing && { sizing: { type: sizing.type, value: money(sizing.value) } }),
    fee: money(request.fee),
    ...(request.makerFee === undefined ? {} : { makerFee: money(request.makerFee) }),
    slippageBps: money(request.slippage).times(BPS).toNumber(),
    risk: toRiskSettings(request.risk),
    ...(maxOpen === undefined ? {} : { maxOpen }),
    ...(lotSize === undefined ? {} : { lotSize: money(lotSize) }),
    ...(tickSize === undefined ? {} : { tickSize: money(tickSize) }),
    ...(minNotional === undefined ? {} : { minNotional: money(minNotional) }),
  };
}
