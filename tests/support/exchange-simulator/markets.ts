import { Amount } from './decimals.ts';
import type { MarketSetup, SimulatedMarket } from './engine-types.ts';

const LARGE_MARKET = {
  tickSize: '0.01',
  lotSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  minNotional: '5',
  spread: '0',
  fillsPerMarketOrder: 1,
  restingFillLimit: '0',
};

export function toMarket(setup: MarketSetup): SimulatedMarket {
  const [base, quote] = setup.symbol.split('/');
  if (base === undefined || quote === undefined) throw new Error(`Not a symbol: ${setup.symbol}`);
  const { candles, timeframeMs, startMs } = setup;
  const given = { ...LARGE_MARKET, ...setup };
  return {
    symbol: setup.symbol,
    base,
    quote,
    replay: { candles, timeframeMs, startMs },
    fillsPerMarketOrder: given.fillsPerMarketOrder,
    tickSize: new Amount(given.tickSize),
    lotSize: new Amount(given.lotSize),
    minQuantity: new Amount(given.minQuantity),
    maxQuantity: new Amount(given.maxQuantity),
    minNotional: new Amount(given.minNotional),
    spread: new Amount(given.spread),
    restingFillLimit: new Amount(given.restingFillLimit),
  };
}
