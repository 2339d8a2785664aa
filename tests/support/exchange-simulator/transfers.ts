import { Amount } from './decimals.ts';
import type { Clock, SimulatedAccount, SimulatedTransfer } from './engine-types.ts';

export type TransferSetup = {
  asset: string;
  amount: string;
  fee?: string;
  status?: SimulatedTransfer['status'];
};

/** Deposits and withdrawals. Only those that are done have moved money. */
export class Transfers {
  readonly #clock: Clock;
  readonly #transfers = new Map<SimulatedAccount, SimulatedTransfer[]>();
  #lastId = 9000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The account's transfers of one kind, oldest first. */
  list(account: SimulatedAccount, kind: SimulatedTransfer['kind']): SimulatedTransfer[] {
    return (this.#transfers.get(account) ?? []).filter((transfer) => transfer.kind === kind);
  }

  /** Adds `amount - fee`. */
  deposit(account: SimulatedAccount, setup: TransferSetup): SimulatedTransfer {
    const transfer = this.#record(account, 'deposit', setup);
    if (transfer.status === 'done') account.ledger.add(transfer.asset, transfer.amount.minus(transfer.fee));
    return transfer;
  }

  /** Takes `amount + fee`. */
  withdraw(account: SimulatedAccount, setup: TransferSetup): SimulatedTransfer {
    const transfer = this.#record(account, 'withdrawal', setup);
    if (transfer.status === 'done')
      account.ledger.add(transfer.asset, transfer.amount.plus(transfer.fee).negated());
    return transfer;
  }

  #record(
    account: SimulatedAccount,
    kind: SimulatedTransfer['kind'],
    { asset, amount, fee = '0', status = 'done' }: TransferSetup,
  ): SimulatedTransfer {
    this.#lastId += 1;
    const figures = { amount: new Amount(amount), fee: new Amount(fee) };
    const transfer = { id: `FT${this.#lastId}`, kind, asset, ...figures, timeMs: this.#clock.now(), status };
    this.#transfers.set(account, [...(this.#transfers.get(account) ?? []), transfer]);
    return transfer;
  }
}
