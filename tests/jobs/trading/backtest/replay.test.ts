import { describe, expect, it } from 'vitest';
import { createPaperAccount } from '../../../../jobs/exchange/paper-gateway.ts';
import type { MarketDataGateway } from '../../../../jobs/exchange/gateway.ts';
import { simulate } from '../../../../jobs/trading/backtest/simulate.ts';
import { sliceCandles, toCandles } from '../../../../jobs/trading/candles.ts';
import { decide } from '../../../../jobs/trading/decide.ts';
import { money } from '../../../../jobs/trading/decimal.ts';
import { applyFill } from '../../../../jobs/trading/portfolio/ledger.ts';
import type { BotConfig, Candles, Fill } from '../../../../jobs/trading/types.ts';
import { freshState } from '../../../support/bot-states.ts';
import { findCandleFile, readCandleFile } from '../../../support/candle-files.ts';
import { btcUsdt } from '../../../support/markets.ts';
import { createMemoryPaperStore } from '../../../support/paper-store.ts';

const FILE = findCandleFile('BINANCE_BTC-USDT_5m');
const SLIPPAGE_BPS = 2;
const CONFIG: BotConfig = {
  strategy: 'RSI_CROSS',
  params: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
  timeframe: '5m',
  sizing: { type: 'equity_fraction', value: money('0.5') },
  risk: { cooldownCandles: 3, maxPositionQuote: money(480) },
};

/** Decides at each close as a tick does, and has a paper account fill at the next open. Returns the account's own fills. */
async function trade(candles: Candles): Promise<Fill[]> {
  const market = btcUsdt();
  let open = money(0);
  let nowMs = 0;
  const marketData = {
    venue: 'replay',
    loadMarkets: () => Promise.resolve(new Map([[market.symbol, market]])),
    fetchTicker: () => Promise.resolve({ last: open, bid: open, ask: open, timeMs: nowMs }),
  } as unknown as MarketDataGateway;
  const store = createMemoryPaperStore('bot', { USDT: '1000' });
  const clock = { now: () => nowMs };
  const account = createPaperAccount({
    accountId: 'bot',
    marketData,
    store,
    clock,
    slippageBps: SLIPPAGE_BPS,
  });
  const fills: Fill[] = [];
  let state = freshState();
  for (let end = 1; end < candles.close.length; end += 1) {
    nowMs = candles.openTimeMs[end]!;
    open = money(candles.open[end]!);
    const input = { config: CONFIG, market, state, price: null, nowMs };
    const { intent } = decide({ ...input, candles: sliceCandles(candles, 0, end) });
    if (!intent) continue;
    const { side, type, quantity } = intent;
    const request = { clientOrderId: `o${end}`, symbol: market.symbol, side, type, quantity };
    const placed = await account.placeOrder(request);
    for (const fill of placed.fills ?? []) {
      fills.push(fill);
      const feeQuote = fill.feeCurrency === market.base ? fill.fee.times(fill.price) : fill.fee;
      const { position, realizedPnl } = applyFill(state.position, { ...fill, feeQuote }, market);
      const exit = side === 'SELL' ? { lastExitAtMs: nowMs, lastExitPnl: realizedPnl } : {};
      state = { ...state, position, realizedPnl: state.realizedPnl.plus(realizedPnl), ...exit };
    }
    state = { ...state, freeQuote: (await account.fetchBalances()).get('USDT')!.free };
  }
  return fills;
}

describe.skipIf(!FILE)('a bot on a paper account', () => {
  it.each([0, 20_000, 50_000])(
    'trades 1,000 real candles from %i on as its backtest does, to the last digit',
    async (from) => {
      const candles = toCandles(readCandleFile(FILE ?? '', { from, limit: 1_000 }));
      const fills = await trade(candles);
      const { lotSize, tickSize, minNotional, takerFee } = btcUsdt();
      const { trades } = simulate([{ symbol: 'BTC/USDT', candles }], {
        ...CONFIG,
        initialBalance: money(1_000),
        stake: 'all',
        sizing: CONFIG.sizing,
        fee: takerFee,
        slippageBps: SLIPPAGE_BPS,
        lotSize,
        tickSize,
        minNotional,
        arithmetic: 'exact',
      });
      const closed = trades.filter(({ exitReason }) => exitReason === 'signal');
      const pairs = closed.map((_, at) => [fills[2 * at]!, fills[2 * at + 1]!] as const);
      expect(closed.length).toBeGreaterThan(5);
      expect(
        closed.map((one) => [one.entryTimeMs, one.entryPrice, one.exitTimeMs, one.exitPrice, one.quantity]),
      ).toEqual(
        pairs.map(([buy, sale]) => [
          buy.timeMs,
          buy.price.toNumber(),
          sale.timeMs,
          sale.price.toNumber(),
          sale.quantity.toNumber(),
        ]),
      );
      expect(closed.map(({ fees }) => fees)).toEqual(
        pairs.map(([buy, sale]) => buy.fee.times(buy.price).plus(sale.fee).toNumber()),
      );
      expect(fills.length - 2 * closed.length).toBe(trades.length - closed.length);
    },
  );
});
