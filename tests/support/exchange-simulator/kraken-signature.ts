import { createHash, createHmac } from 'node:crypto';
import type { ExchangeEngine } from './engine.ts';
import type { SimulatedAccount } from './engine-types.ts';
import { KrakenError } from './kraken-errors.ts';
import type { SimRequest } from './server.ts';

/** Checks who signed a request, and that its nonce is above every one of that key before. */
export type KrakenGate = (request: SimRequest) => SimulatedAccount;

/** Source: https://docs.kraken.com/api/docs/guides/spot-rest-auth (2026) */
export function openGate(engine: ExchangeEngine): KrakenGate {
  const lastNonces = new Map<SimulatedAccount, number>();
  return (request) => {
    const account = engine.accounts.get(String(request.headers['api-key'] ?? ''));
    if (!account) throw new KrakenError('EAPI:Invalid key');
    const nonceText = request.params['nonce'] ?? '';
    if (request.headers['api-sign'] !== signatureOf(request, nonceText, account.secret))
      throw new KrakenError('EAPI:Invalid signature');
    const nonce = Number(nonceText);
    if (!Number.isSafeInteger(nonce) || nonce <= (lastNonces.get(account) ?? 0))
      throw new KrakenError('EAPI:Invalid nonce');
    lastNonces.set(account, nonce);
    return account;
  };
}

function signatureOf({ path, body }: SimRequest, nonce: string, secret: string): string {
  const hash = createHash('sha256')
    .update(nonce + body)
    .digest();
  const signed = Buffer.concat([Buffer.from(path), hash]);
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(signed).digest('base64');
}
