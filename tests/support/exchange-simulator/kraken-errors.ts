import { Refusal, type RefusalCode } from './engine-types.ts';
import type { SimReply } from './server.ts';

/** An error as Kraken states it, with status 200. Source: https://docs.kraken.com/api/docs/guides/spot-errors (2026) */
export class KrakenError extends Error {}

const OF_REFUSAL: Readonly<Record<RefusalCode, string>> = {
  'unknown-symbol': 'EQuery:Unknown asset pair',
  'insufficient-balance': 'EOrder:Insufficient funds',
  'price-filter': 'EOrder:Tick size check failed',
  'lot-size': 'EGeneral:Invalid arguments:volume minimum not met',
  notional: 'EOrder:Cost minimum not met',
  'duplicate-client-id': 'EOrder:Duplicate client order id',
  'would-match': 'EOrder:Post only order',
  'would-trigger': 'EOrder:Trigger price would be met at once',
  'no-such-order': 'EOrder:Unknown order',
  'not-open': 'EOrder:Unknown order',
};

export function toErrorReply(error: unknown): SimReply {
  if (error instanceof KrakenError) return { status: 200, body: { error: [error.message] } };
  if (error instanceof Refusal) return { status: 200, body: { error: [OF_REFUSAL[error.code]] } };
  throw error;
}
