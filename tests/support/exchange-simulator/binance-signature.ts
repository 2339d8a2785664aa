import { createHmac } from 'node:crypto';
import { BinanceError } from './binance-errors.ts';
import type { ExchangeEngine } from './engine.ts';
import type { SimulatedAccount } from './engine-types.ts';
import type { SimRequest } from './server.ts';

const AHEAD_AT_MOST_MS = 1000;
const DEFAULT_WINDOW_MS = 5000;

/** Returns the account that signed a request; refuses a wrong key, signature or time as Binance does. */
export function requireAccount(engine: ExchangeEngine, request: SimRequest): SimulatedAccount {
  const apiKey = request.headers['x-mbx-apikey'];
  if (typeof apiKey !== 'string' || apiKey === '')
    throw new BinanceError(-2014, 'API-key format invalid.', 401);
  const account = engine.accounts.get(apiKey);
  if (!account) throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  checkTime(request, engine.clock.now());
  checkSignature(request, account.secret);
  return account;
}

function checkSignature(request: SimRequest, secret: string): void {
  const { signature } = request.params;
  if (signature === undefined)
    throw new BinanceError(
      -1102,
      "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    );
  const signed = [request.query, request.body].map((part) => part.replace(/&?signature=[^&]*/, '')).join('');
  const expected = createHmac('sha256', secret).update(signed).digest('hex');
  if (signature !== expected) throw new BinanceError(-1022, 'Signature for this request is not valid.');
}

function checkTime(request: SimRequest, nowMs: number): void {
  const timestamp = Number(request.params['timestamp']);
  const windowMs = Number(request.params['recvWindow'] ?? DEFAULT_WINDOW_MS);
  if (!Number.isSafeInteger(timestamp) || timestamp <= 0) {
    throw new BinanceError(
      -1102,
      "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
    );
  }
  if (timestamp > nowMs + AHEAD_AT_MOST_MS) {
    throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (nowMs - timestamp > windowMs)
    throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.');
}
