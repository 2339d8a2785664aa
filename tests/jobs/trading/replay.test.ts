import { describe, expect, it } from 'vitest';
import { createDemoMarket } from '../../../jobs/exchange/demo-market.ts';
import { createPaperAccount } from '../../../jobs/exchange/paper-gateway.ts';
import { sliceCandles, tailCandles, toCandles } from '../../../jobs/trading/candles.ts';
import { decide } from '../../../jobs/trading/decide.ts';
import { money, type Money } from '../../../jobs/trading/decimal.ts';
import { applyFill, equity } from '../../../jobs/trading/portfolio/ledger.ts';
import type { BotConfig, BotState, Candles, Fill, Market, ValuedFill } from '../../../jobs/trading/types.ts';
import { freshState } from '../../support/bot-states.ts';
import { findCandleFile, readCandleFile } from '../../support/candle-files.ts';
import { btcUsdt } from '../../support/markets.ts';
import { createMemoryPaperStore } from '../../support/paper-store.ts';

const CANDLES = findCandleFile('BINANCE_BTC-USDT_5m');
const NOW = Date.UTC(2026, 4, 6, 12);

const config: BotConfig = {
  strategy: 'RSI_CROSS',
  params: { rsi_period: 14, oversold: 30, overbought: 70, smoothing: 'simple' },
  timeframe: '1s',
  sizing: { type: 'equity_fraction', value: money('0.5') },
  risk: {},
};

function valued(fill: Fill, market: Market): ValuedFill {
  return { ...fill, feeQuote: fill.feeCurrency === market.base ? fill.fee.times(fill.price) : fill.fee };
}

/** The state after the fills of one order, as the ledger derives it. */
function applyFills(state: BotState, fills: Fill[], market: Market): BotState {
  let { position, realizedPnl } = state;
  for (const fill of fills) {
    const applied = applyFill(position, valued(fill, market), market);
    position = applied.position;
    realizedPnl = realizedPnl.plus(applied.realizedPnl);
  }
  return { ...state, position, realizedPnl };
}

describe('a bot on the demo market with a paper account', () => {
  it('trades through ten minutes of 1s candles, and its ledger equals its balances to the last digit', async () => {
    const clock = { nowMs: NOW, now: () => clock.nowMs };
    const marketData = createDemoMarket({ clock });
    const market = (await marketData.loadMarkets()).get('BTC/USDT')!;
    const store = createMemoryPaperStore('bot', { USDT: '1000' });
    const account = createPaperAccount({ accountId: 'bot', marketData, store, clock });
    let state = freshState();
    let orders = 0;
    let price: Money = money(0);
    for (; clock.nowMs < NOW + 600_000; clock.nowMs += 1_000) {
      const sinceMs = clock.nowMs - 60_000;
      const rows = await marketData.fetchCandles({ symbol: 'BTC/USDT', timeframe: '1s', sinceMs, limit: 60 });
      price = (await marketData.fetchTicker('BTC/USDT')).ask;
      const { intent } = decide({
        config,
        market,
        state,
        candles: toCandles(rows),
        price,
        nowMs: clock.nowMs,
      });
      if (!intent) continue;
      orders += 1;
      const { side, type, quantity } = intent;
      const request = { clientOrderId: `o${orders}`, symbol: 'BTC/USDT', side, type, quantity };
      const placed = await account.placeOrder(request);
      const free = (await account.fetchBalances()).get('USDT')!.free;
      state = { ...applyFills(state, placed.fills ?? [], market), freeQuote: free };
    }
    const balances = await store.balances('bot');
    const owned = balances.get('USDT')!.free.plus(balances.get('BTC')!.free.times(price));
    expect(orders).toBeGreaterThanOrEqual(16);
    expect(String(state.position.quantity)).toBe(String(balances.get('BTC')!.free));
    expect(String(equity(state, price))).toBe(String(owned));
  });
});

describe('decisions on real candles', () => {
  it.skipIf(!CANDLES)('equal an independent computation, candle by candle, however many came before', () => {
    const rows = readCandleFile(CANDLES ?? '', { limit: 5_000 });
    const candles = toCandles(rows);
    const expected = independentSignals(rows.map(({ close }) => close));
    const signals = (window: (end: number) => Candles) =>
      rows.map((_, index) => {
        const input = { config, market: btcUsdt(), state: freshState(), price: null, nowMs: 0 };
        return decide({ ...input, candles: window(index + 1) }).signal.kind;
      });
    expect(expected.filter((kind) => kind !== 'HOLD').length).toBeGreaterThan(100);
    expect(signals((end) => sliceCandles(candles, 0, end))).toEqual(expected);
    expect(signals((end) => tailCandles(sliceCandles(candles, 0, end), 16))).toEqual(expected);
  });
});

/** In whole hundredths, so that nothing is rounded: RSI >= 30 is 100 x gains >= 30 x (gains + losses). */
function independentSignals(closes: number[]): string[] {
  const cents = closes.map((close) => BigInt(Math.round(close * 100)));
  const side = (end: number, level: bigint): number => {
    const moves = cents
      .slice(end - 14, end + 1)
      .map((close, at, all) => (at === 0 ? 0n : close - all[at - 1]!));
    const gains = moves.reduce((total, move) => total + (move > 0n ? move : 0n), 0n);
    const losses = moves.reduce((total, move) => total - (move < 0n ? move : 0n), 0n);
    const difference = losses === 0n ? 1n : 100n * gains - level * (gains + losses);
    return difference > 0n ? 1 : difference < 0n ? -1 : 0;
  };
  return closes.map((_, end) => {
    if (end < 15) return 'HOLD';
    if (side(end - 1, 30n) < 0 && side(end, 30n) >= 0) return 'BUY';
    return side(end - 1, 70n) > 0 && side(end, 70n) <= 0 ? 'SELL' : 'HOLD';
  });
}
