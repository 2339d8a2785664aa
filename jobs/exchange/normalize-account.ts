import { z } from 'zod';
import { ZERO } from '../trading/decimal.ts';
import { OddReplyError } from './exchange-reply.ts';
import type { VenuePosition, VenueTransfer } from './gateway.ts';
import { decimal } from './normalize-market.ts';

const positionShape = z.looseObject({
  symbol: z.string().min(1),
  side: z.enum(['long', 'short']).nullish(),
  contracts: decimal,
  contractSize: decimal.nullish(),
  entryPrice: decimal.nullish(),
  unrealizedPnl: decimal.nullish(),
});

/** Returns the open positions of ccxt's list. Throws on one without symbol, side or quantity. */
export function toPositions(raw: unknown): VenuePosition[] {
  return z
    .array(positionShape)
    .parse(raw)
    .filter(({ contracts }) => !contracts.isZero())
    .map(({ symbol, side, contracts, contractSize, entryPrice, unrealizedPnl }) => {
      if (!side && contracts.gt(0))
        throw new OddReplyError(`The venue reports a position in ${symbol} without a side`);
      return {
        symbol,
        side: side === 'long' ? 'LONG' : 'SHORT',
        quantity: contracts.abs().times(contractSize ?? 1),
        entryPrice: entryPrice ?? null,
        unrealizedPnl: unrealizedPnl ?? null,
      };
    });
}

const transferShape = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String).nullish(),
  txid: z.string().nullish(),
  type: z.string().nullish(),
  currency: z.string().min(1),
  amount: decimal,
  fee: z.looseObject({ cost: decimal.nullish(), currency: z.string().nullish() }).nullish(),
  timestamp: z.number(),
  status: z.string().nullish(),
});
type Transfer = z.infer<typeof transferShape>;

/**
 * Returns the transfers of ccxt's list, as `kind` where one is given and by their own word otherwise. Throws on one
 * without asset, amount or time, or without a kind.
 */
export function toTransfers(raw: unknown, kind?: VenueTransfer['kind']): VenueTransfer[] {
  return z
    .array(transferShape)
    .parse(raw)
    .map((transfer) => {
      const { currency: asset, timestamp: timeMs } = transfer;
      const [amount, fee] = [transfer.amount.abs(), transfer.fee?.cost?.abs() ?? ZERO];
      return {
        id: transfer.id ?? transfer.txid ?? `${asset}-${timeMs}-${amount.toFixed()}`,
        kind: kind ?? toKind(transfer),
        asset,
        amount,
        fee,
        feeCurrency: transfer.fee?.currency ?? asset,
        timeMs,
        status: toStatus(transfer.status),
      };
    });
}

function toKind({ type, currency }: Transfer): VenueTransfer['kind'] {
  if (type === 'deposit' || type === 'withdrawal') return type;
  throw new OddReplyError(`The venue reports a transfer of ${currency} that is no deposit and no withdrawal`);
}

/** A status that nobody knows counts as not settled yet. */
function toStatus(status: string | null | undefined): VenueTransfer['status'] {
  if (status === 'ok') return 'done';
  return ['failed', 'canceled', 'rejected', 'expired'].includes(status ?? '') ? 'failed' : 'pending';
}
