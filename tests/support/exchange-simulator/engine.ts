import { Amount, NOTHING } from './decimals.ts';
import {
  Refusal,
  type AccountSetup,
  type Clock,
  type FeeSetup,
  type HandOrder,
  type MarketSetup,
  type PlaceRequest,
  type SimulatedAccount,
  type SimulatedMarket,
  type SimulatedOrder,
  type SimulatedTransfer,
} from './engine-types.ts';
import {
  bookFill,
  feeOnTop,
  midPrice,
  releaseAll,
  takerParts,
  takerPrice,
  type FillContext,
} from './fills.ts';
import { Ledger } from './ledger.ts';
import { toMarket } from './markets.ts';
import { awaitsStop, checkFilters, findCrossing, isOpen, spendingOf, type Costing } from './order-rules.ts';
import { Transfers, type TransferSetup } from './transfers.ts';

export type EngineSetup = { clock: Clock; markets: MarketSetup[]; accounts: AccountSetup[]; fees?: FeeSetup };

/** An exchange without any protocol: markets that replay candles, accounts with exact balances, orders and their fills. */
export class ExchangeEngine {
  readonly clock: Clock;
  readonly markets: ReadonlyMap<string, SimulatedMarket>;
  readonly accounts: ReadonlyMap<string, SimulatedAccount>;
  readonly fees: FeeSetup;
  /** Deposits and withdrawals of the accounts: what happens beside all orders. */
  readonly transfers: Transfers;
  readonly #orders = new Map<SimulatedAccount, SimulatedOrder[]>();
  readonly #working = new Map<SimulatedOrder, SimulatedAccount>();
  #lastOrderId = 1000;
  #lastTradeId = 5000;

  constructor(setup: EngineSetup) {
    this.clock = setup.clock;
    this.fees = setup.fees ?? { maker: '0.001', taker: '0.001' };
    this.markets = new Map(setup.markets.map((market) => [market.symbol, toMarket(market)]));
    this.accounts = new Map(
      setup.accounts.map((account) => [account.apiKey, { ...account, ledger: new Ledger(account.balances) }]),
    );
    this.transfers = new Transfers(setup.clock);
  }

  /** The account of an API key, for tests; faces answer a wrong key in their own words. */
  account(apiKey: string): SimulatedAccount {
    const account = this.accounts.get(apiKey);
    if (!account) throw new Error(`The simulator has no account ${apiKey}`);
    return account;
  }

  market(symbol: string): SimulatedMarket {
    const market = this.markets.get(symbol);
    if (!market) throw new Refusal('unknown-symbol');
    return market;
  }

  /** The account's orders, oldest first, of one symbol if given. */
  orders(account: SimulatedAccount, symbol?: string): SimulatedOrder[] {
    this.settle();
    return (this.#orders.get(account) ?? []).filter(
      (order) => symbol === undefined || order.symbol === symbol,
    );
  }

  balances(account: SimulatedAccount): ReturnType<Ledger['all']> {
    this.settle();
    return account.ledger.all();
  }

  /** Takes an order in, fills what fills at once, and returns it. Throws `Refusal` with nothing changed. */
  place(account: SimulatedAccount, request: PlaceRequest): SimulatedOrder {
    this.settle();
    const market = this.market(request.symbol);
    const now = this.clock.now();
    checkFilters(market, request, midPrice(market, now));
    const working = [...this.#working].filter(([order, owner]) => owner === account && isOpen(order));
    const { clientOrderId } = request;
    if (clientOrderId !== '' && working.some(([order]) => order.clientOrderId === clientOrderId))
      throw new Refusal('duplicate-client-id');
    const isMarketable = this.#isMarketable(market, request, now);
    if (request.type === 'LIMIT_MAKER' && isMarketable) throw new Refusal('would-match');
    if (awaitsStop({ ...request, isTriggered: false }) && isMarketable) throw new Refusal('would-trigger');
    const spending = spendingOf(market, request, this.#costing(market, request, now));
    if (account.ledger.holding(spending.asset).free.lt(spending.amount))
      throw new Refusal('insufficient-balance');
    return this.#accept(account, request, { isMarketable, spending: spending.amount });
  }

  /** Places an order as its owner would on the exchange's own page: with a client order id that is none of ours. */
  placeByHand(apiKey: string, order: HandOrder): SimulatedOrder {
    const { symbol, side, quantity, price } = order;
    const type = price === undefined ? 'MARKET' : 'LIMIT';
    const limit = price === undefined ? {} : { price: new Amount(price) };
    const clientOrderId = `hand-${String(this.#lastOrderId + 1)}`;
    const request = { symbol, side, type, quantity: new Amount(quantity), clientOrderId, ...limit } as const;
    return this.place(this.account(apiKey), request);
  }

  deposit(apiKey: string, transfer: TransferSetup): SimulatedTransfer {
    this.settle();
    return this.transfers.deposit(this.account(apiKey), transfer);
  }

  withdraw(apiKey: string, transfer: TransferSetup): SimulatedTransfer {
    this.settle();
    return this.transfers.withdraw(this.account(apiKey), transfer);
  }

  cancel(account: SimulatedAccount, order: SimulatedOrder): void {
    this.settle();
    if (!isOpen(order)) throw new Refusal('not-open');
    this.#close(account, order, 'CANCELED');
  }

  /** Loses a working order: what it held is free again, and nothing knows it any more. */
  forget(account: SimulatedAccount, order: SimulatedOrder): void {
    this.cancel(account, order);
    const own = this.#orders.get(account) ?? [];
    own.splice(own.indexOf(order), 1);
  }

  /** Lets resting orders fill and stops trigger, in the order in which the price reached them. */
  settle(): void {
    const now = this.clock.now();
    for (;;) {
      const next = this.#nextCrossing(now);
      if (!next) return;
      const { order, account, timeMs } = next;
      order.seenUntilMs = timeMs;
      if (awaitsStop(order)) this.#trigger(account, order, timeMs);
      else this.#fillResting(account, order, timeMs);
    }
  }

  #nextCrossing(
    now: number,
  ): { order: SimulatedOrder; account: SimulatedAccount; timeMs: number } | undefined {
    const crossings = [...this.#working].flatMap(([order, account]) => {
      if (!isOpen(order)) this.#working.delete(order);
      const timeMs = isOpen(order) ? findCrossing(this.market(order.symbol), order, now) : undefined;
      if (timeMs === undefined) order.seenUntilMs = Math.max(order.seenUntilMs, now);
      return timeMs === undefined ? [] : [{ order, account, timeMs }];
    });
    return crossings.sort((a, b) => a.timeMs - b.timeMs || a.order.id - b.order.id)[0];
  }

  #costing(market: SimulatedMarket, request: PlaceRequest, timeMs: number): Costing {
    return { parts: takerParts(market, request, timeMs), feeOnTop: feeOnTop(this.fees) };
  }

  #isMarketable(market: SimulatedMarket, request: PlaceRequest, now: number): boolean {
    const price = takerPrice(market, request.side, now);
    if (request.type === 'MARKET') return true;
    if (request.type === 'STOP_LOSS' || request.type === 'STOP_LOSS_LIMIT') {
      const stop = request.stopPrice ?? NOTHING;
      return request.side === 'SELL' ? price.lte(stop) : price.gte(stop);
    }
    const limit = request.price ?? NOTHING;
    return request.side === 'BUY' ? price.lte(limit) : price.gte(limit);
  }

  #accept(
    account: SimulatedAccount,
    request: PlaceRequest,
    how: { isMarketable: boolean; spending: Amount },
  ): SimulatedOrder {
    const now = this.clock.now();
    this.#lastOrderId += 1;
    const order: SimulatedOrder = {
      ...request,
      id: this.#lastOrderId,
      status: 'NEW',
      filled: NOTHING,
      quoteFilled: NOTHING,
      locked: NOTHING,
      isTriggered: false,
      createdMs: now,
      updatedMs: now,
      seenUntilMs: now,
      trades: [],
    };
    const own = this.#orders.get(account) ?? [];
    own.push(order);
    this.#orders.set(account, own);
    if (how.isMarketable) this.#fillAsTaker(account, order, now);
    else if (request.timeInForce === 'IOC' || request.timeInForce === 'FOK') order.status = 'EXPIRED';
    else this.#rest(account, order, how.spending);
    return order;
  }

  #rest(account: SimulatedAccount, order: SimulatedOrder, amount: Amount): void {
    const market = this.market(order.symbol);
    account.ledger.lock(order.side === 'BUY' ? market.quote : market.base, amount);
    order.locked = amount;
    this.#working.set(order, account);
  }

  #fillAsTaker(account: SimulatedAccount, order: SimulatedOrder, timeMs: number): void {
    const context = this.#context(account, order);
    const best = { quantity: order.quantity, price: takerPrice(context.market, order.side, timeMs) };
    const parts = order.price ? [best] : takerParts(context.market, order, timeMs);
    for (const part of parts) bookFill(context, part, { timeMs, isMaker: false });
  }

  #fillResting(account: SimulatedAccount, order: SimulatedOrder, timeMs: number): void {
    const context = this.#context(account, order);
    const left = order.quantity.minus(order.filled);
    const limit = context.market.restingFillLimit;
    const quantity = limit.gt(0) && limit.lt(left) ? limit : left;
    bookFill(context, { quantity, price: order.price ?? NOTHING }, { timeMs, isMaker: true });
    const { startMs, timeframeMs } = context.market.replay;
    order.seenUntilMs = startMs + (Math.floor((timeMs - startMs) / timeframeMs) + 1) * timeframeMs;
  }

  /** A stop becomes a market order at the price of its moment; it expires where the money is no longer there. */
  #trigger(account: SimulatedAccount, order: SimulatedOrder, timeMs: number): void {
    order.isTriggered = true;
    if (order.type === 'STOP_LOSS_LIMIT') {
      const asLimit = { ...order, type: 'LIMIT' as const };
      if (this.#isMarketable(this.market(order.symbol), asLimit, timeMs))
        this.#fillAsTaker(account, order, timeMs);
      return;
    }
    const context = this.#context(account, order);
    releaseAll(context);
    const { asset, amount } = spendingOf(
      context.market,
      { ...order, type: 'MARKET' },
      this.#costing(context.market, order, timeMs),
    );
    if (account.ledger.holding(asset).free.lt(amount)) order.status = 'EXPIRED';
    else this.#fillAsTaker(account, order, timeMs);
  }

  #close(account: SimulatedAccount, order: SimulatedOrder, status: 'CANCELED' | 'EXPIRED'): void {
    releaseAll(this.#context(account, order));
    order.status = status;
    order.updatedMs = this.clock.now();
  }

  #context(account: SimulatedAccount, order: SimulatedOrder): FillContext {
    const priceIn = (asset: string, quote: string, timeMs: number): Amount | undefined => {
      const market = this.markets.get(`${asset}/${quote}`);
      const stated = this.fees.feeAssetPrices?.[asset];
      return market ? midPrice(market, timeMs) : stated === undefined ? undefined : new Amount(stated);
    };
    return {
      account,
      order,
      market: this.market(order.symbol),
      fees: { ...this.fees, priceIn },
      nextTradeId: () => (this.#lastTradeId += 1),
    };
  }
}
