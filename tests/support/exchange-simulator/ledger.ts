import { Amount, NOTHING } from './decimals.ts';

export type Holding = { free: Amount; locked: Amount };

/** One account's assets. Every change that would leave a negative amount is a fault of the simulator and throws. */
export class Ledger {
  readonly #holdings = new Map<string, Holding>();

  constructor(balances: Readonly<Record<string, string>>) {
    for (const [asset, amount] of Object.entries(balances))
      this.#holdings.set(asset, { free: new Amount(amount), locked: NOTHING });
  }

  holding(asset: string): Holding {
    return this.#holdings.get(asset) ?? { free: NOTHING, locked: NOTHING };
  }

  /** Adds to the free amount; a negative `amount` takes from it. */
  add(asset: string, amount: Amount): void {
    const { free, locked } = this.holding(asset);
    this.#set(asset, { free: free.plus(amount), locked });
  }

  /** Moves from free to locked; a negative `amount` moves back. */
  lock(asset: string, amount: Amount): void {
    const { free, locked } = this.holding(asset);
    this.#set(asset, { free: free.minus(amount), locked: locked.plus(amount) });
  }

  all(): Record<string, { free: string; locked: string; total: string }> {
    return Object.fromEntries(
      [...this.#holdings].map(([asset, { free, locked }]) => [
        asset,
        { free: free.toFixed(), locked: locked.toFixed(), total: free.plus(locked).toFixed() },
      ]),
    );
  }

  #set(asset: string, holding: Holding): void {
    if (holding.free.isNegative() || holding.locked.isNegative())
      throw new Error(`Ledger would be negative in ${asset}`);
    this.#holdings.set(asset, holding);
  }
}
