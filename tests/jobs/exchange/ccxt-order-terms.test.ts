import { describe, expect, it } from 'vitest';
import type { CcxtExchange } from '../../../jobs/exchange/ccxt-client.ts';
import { toOrderArguments } from '../../../jobs/exchange/ccxt-order-arguments.ts';
import type { OrderRequest } from '../../../jobs/exchange/gateway.ts';
import { money } from '../../../jobs/trading/decimal.ts';
import { failureOf, KEY, openScenario, orderOf, START_MS, SYMBOL } from './binance-scenario.ts';

const limitOf = (price: string, changes: Partial<OrderRequest> = {}) =>
  orderOf({ type: 'limit', limitPrice: money(price), ...changes });

describe('the terms of a limit order on Binance', () => {
  it('leave an IOC or FOK order that finds no price closed and unfilled', async () => {
    const { account } = await openScenario();
    for (const timeInForce of ['IOC', 'FOK'] as const) {
      const { clientOrderId } = await account.placeOrder(limitOf('90', { timeInForce }));
      const ref = { symbol: SYMBOL, clientOrderId: clientOrderId ?? '', sinceMs: START_MS };
      expect(await account.findOrder(ref)).toMatchObject({ status: 'expired', filledQuantity: money(0) });
    }
    expect(await account.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('fill an IOC order that finds its price, and send GTC where nothing is said', async () => {
    const { account, simulator } = await openScenario();
    expect(await account.placeOrder(limitOf('110', { timeInForce: 'IOC' }))).toMatchObject({
      status: 'filled',
    });
    await account.placeOrder(limitOf('90'));
    expect(simulator.orders(KEY).map(({ timeInForce }) => timeInForce)).toEqual(['IOC', 'GTC']);
  });

  it('let a post-only order rest, and refuse one that would trade', async () => {
    const { account, simulator } = await openScenario();
    await account.placeOrder(limitOf('90', { isPostOnly: true }));
    expect((await failureOf(account.placeOrder(limitOf('110', { isPostOnly: true })))).kind).toBe('rejected');
    expect(simulator.orders(KEY)).toMatchObject([{ type: 'LIMIT_MAKER', status: 'NEW' }]);
  });

  it('belong to limit orders alone', async () => {
    const { account, simulator } = await openScenario();
    for (const terms of [{ timeInForce: 'FOK' }, { isPostOnly: true }] as const)
      expect((await failureOf(account.placeOrder(orderOf(terms)))).kind).toBe('rejected');
    expect(simulator.orders(KEY)).toEqual([]);
  });
});

describe('a stop with a limit on Binance', () => {
  const falling = Array.from({ length: 10 }, (_, index) => [100 - index, 99 - index] as const);
  const stopOf = (limit: number) =>
    orderOf({
      type: 'stop_limit',
      side: 'SELL',
      quantity: money(1),
      stopPrice: money(95),
      limitPrice: money(limit),
    });

  it('sells at its stop where the limit allows it, and rests where it does not', async () => {
    const { account, moveTo, simulator } = await openScenario({ prices: falling });
    const [low, high] = [stopOf(94), stopOf(99)];
    await account.placeOrder(low);
    expect(await account.placeOrder(high)).toMatchObject({ type: 'stop', status: 'open' });
    moveTo(START_MS + 8000);
    const stateOf = async ({ clientOrderId }: OrderRequest) =>
      (await account.findOrder({ symbol: SYMBOL, clientOrderId, sinceMs: START_MS }))?.status;
    expect([await stateOf(low), await stateOf(high)]).toEqual(['filled', 'open']);
    expect(simulator.trades(KEY).map(({ price }) => price.toFixed())).toEqual(['95']);
    expect((await account.fetchBalances()).get('BTC')?.used).toEqual(money(1));
  });

  it('needs both prices', async () => {
    const { account } = await openScenario();
    const [stopPrice, limitPrice] = [money(95), money(94)];
    for (const prices of [{ stopPrice }, { limitPrice }]) {
      const request = orderOf({ type: 'stop_limit', side: 'SELL', ...prices });
      expect((await failureOf(account.placeOrder(request))).kind).toBe('rejected');
    }
  });
});

describe('the terms that a venue does not offer', () => {
  const venueWith = (timeInForce: Record<string, boolean> | undefined) =>
    ({
      id: 'somewhere',
      options: {},
      features: { spot: { createOrder: { timeInForce } } },
      amountToPrecision: (_: string, text: string) => text,
      priceToPrecision: (_: string, text: string) => text,
    }) as unknown as CcxtExchange;

  it.each([[{ IOC: true, FOK: false, PO: false }], [undefined]])('are refused: %j', async (offered) => {
    for (const terms of [{ timeInForce: 'FOK' }, { isPostOnly: true }] as const) {
      const failure = await failureOf(toOrderArguments(venueWith(offered), limitOf('90', terms)));
      expect(failure).toMatchObject({
        kind: 'rejected',
        message: expect.stringMatching(/^somewhere: has no (FOK|post-only) orders/) as string,
      });
    }
  });
});
