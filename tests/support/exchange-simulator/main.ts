/**
 * Runs the exchange simulator in real time: node tests/support/exchange-simulator/main.ts [--port 4100]
 * [--face binance|kraken] [--file BINANCE_BTC-USDT_5m] [--symbol BTC/USDT] [--timeframe-ms 1000] [--from 0]. One account:
 * simkey / simsecret, in base64 (c2ltc2VjcmV0) for Kraken, which has no candles below 1m.
 */
import { parseArgs } from 'node:util';
import { findCandleFile, readCandleFile } from '../candle-files.ts';
import { startExchangeSimulator, type ExchangeSimulator } from './start.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4100' },
    face: { type: 'string', default: 'binance' },
    file: { type: 'string', default: 'BINANCE_BTC-USDT_5m' },
    symbol: { type: 'string', default: 'BTC/USDT' },
    'timeframe-ms': { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
  },
});

const WARM_UP_ROWS = 500;
const path = findCandleFile(values.file);
if (path === undefined) process.exit(1);
const timeframeMs = Number(values['timeframe-ms']);
const startMs = Math.floor(Date.now() / timeframeMs - WARM_UP_ROWS) * timeframeMs;
const candles = readCandleFile(path, { from: Number(values.from) });
const face = values.face === 'kraken' ? 'kraken' : 'binance';
const secret = face === 'kraken' ? Buffer.from('simsecret').toString('base64') : 'simsecret';
const simulator = await startExchangeSimulator({
  face,
  clock: { now: () => Date.now() },
  port: Number(values.port),
  markets: [{ symbol: values.symbol, candles, timeframeMs, startMs }],
  accounts: [{ apiKey: 'simkey', secret, balances: { USDT: '10000', BTC: '0' } }],
});
console.log(`EXCHANGE_URLS='{"${face}":"${simulator.url}"}'  (key simkey, secret ${secret})`);
const timer = setInterval(logOrders(simulator), 500);
process.on('SIGINT', () => {
  clearInterval(timer);
  console.log(simulator.balances('simkey'));
  void simulator.stop();
});

function logOrders({ orders }: ExchangeSimulator): () => void {
  let seen = 0;
  return () => {
    const all = orders('simkey');
    for (const order of all.slice(seen)) {
      const { side, type, symbol, status, clientOrderId } = order;
      console.log(
        new Date(order.createdMs).toISOString(),
        side,
        type,
        symbol,
        order.quantity.toFixed(),
        status,
        clientOrderId,
      );
    }
    seen = all.length;
  };
}
