import { BinanceError } from './binance-errors.ts';
import type { OrderCall } from './binance-orders.ts';
import { print } from './decimals.ts';
import type { SimulatedTransfer } from './engine-types.ts';

const MOST_ROWS = 1000;
const WINDOW_MS = 90 * 86_400_000;

/** Like Binance: the newest first, within at most 90 days. */
function listed(call: OrderCall, kind: SimulatedTransfer['kind']): SimulatedTransfer[] {
  const { engine, account, params } = call;
  const nowMs = engine.clock.now();
  const endMs = Number(params['endTime'] ?? nowMs);
  const startMs = Number(params['startTime'] ?? endMs - WINDOW_MS);
  if (endMs - startMs > WINDOW_MS)
    throw new BinanceError(-1127, 'The time interval must be within 0-90 days.');
  const limit = Math.min(Number(params['limit'] ?? MOST_ROWS), MOST_ROWS);
  return engine.transfers
    .list(account, kind)
    .filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs)
    .reverse()
    .slice(0, limit);
}

const DEPOSIT_STATUS = { done: 1, pending: 0, failed: 7 } as const;
const WITHDRAWAL_STATUS = { done: 6, pending: 4, failed: 5 } as const;

/** Binance credits deposits without a fee; what is credited is the amount. */
export function depositHistory(call: OrderCall): unknown {
  return listed(call, 'deposit').map(({ id, amount, fee, asset, status, timeMs }) => ({
    id,
    amount: print(amount.minus(fee)),
    coin: asset,
    network: asset,
    status: DEPOSIT_STATUS[status],
    address: 'sim',
    addressTag: '',
    txId: `tx-${id}`,
    insertTime: timeMs,
    transferType: 0,
    confirmTimes: '1/1',
    walletType: 0,
  }));
}

export function withdrawHistory(call: OrderCall): unknown {
  return listed(call, 'withdrawal').map(({ id, amount, fee, asset, status, timeMs }) => ({
    id,
    amount: print(amount),
    transactionFee: print(fee),
    coin: asset,
    network: asset,
    status: WITHDRAWAL_STATUS[status],
    address: 'sim',
    txId: `tx-${id}`,
    applyTime: new Date(timeMs).toISOString().slice(0, 19).replace('T', ' '),
    transferType: 0,
  }));
}
