import { Refusal, type RefusalCode } from './engine-types.ts';
import type { SimReply } from './server.ts';

/** An error as Binance states it. Source: https://developers.binance.com/docs/binance-spot-api-docs/errors (2026) */
export class BinanceError extends Error {
  readonly code: number;
  readonly status: number;
  constructor(code: number, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const OF_REFUSAL: Readonly<Record<RefusalCode, readonly [number, string]>> = {
  'unknown-symbol': [-1121, 'Invalid symbol.'],
  'insufficient-balance': [-2010, 'Account has insufficient balance for requested action.'],
  'price-filter': [-1013, 'Filter failure: PRICE_FILTER'],
  'lot-size': [-1013, 'Filter failure: LOT_SIZE'],
  notional: [-1013, 'Filter failure: NOTIONAL'],
  'duplicate-client-id': [-2010, 'Duplicate order sent.'],
  'would-match': [-2010, 'Order would immediately match and take.'],
  'would-trigger': [-2010, 'Stop price would trigger immediately.'],
  'no-such-order': [-2013, 'Order does not exist.'],
  'not-open': [-2011, 'Unknown order sent.'],
};

export function toErrorReply(error: unknown): SimReply {
  if (error instanceof BinanceError)
    return { status: error.status, body: { code: error.code, msg: error.message } };
  if (error instanceof Refusal) {
    const [code, msg] = OF_REFUSAL[error.code];
    return { status: 400, body: { code, msg } };
  }
  throw error;
}
