import type postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { openAudit } from '../support/chaos/audit.ts';
import type { ChaosVenue } from '../support/chaos/venue.ts';
import { createWorld } from '../support/chaos/world.ts';
import { Amount } from '../support/exchange-simulator/decimals.ts';
import type { SimulatedOrder } from '../support/exchange-simulator/engine-types.ts';

const world = createWorld('audit', 1);
const [bot] = world.bots;

let lastId = 0;

type Sketch = { side: 'BUY' | 'SELL'; quantity: string; filled?: string; id?: string };

function order({ side, quantity, filled = '0', id }: Sketch): SimulatedOrder {
  lastId += 1;
  const isFilled = filled === quantity;
  const trade = { side, quantity: new Amount(filled), feeAsset: 'USDT', fee: new Amount(0) };
  return {
    id: lastId,
    clientOrderId: id ?? `order${lastId}`,
    symbol: bot!.symbol,
    side,
    quantity: new Amount(quantity),
    filled: new Amount(filled),
    status: isFilled ? 'FILLED' : 'NEW',
    trades: filled === '0' ? [] : [trade],
  } as unknown as SimulatedOrder;
}

type DoubledSlot = { bot: string; slot: string; ids: string };

function auditOf(orders: SimulatedOrder[], doubled: DoubledSlot[] = []) {
  const has = (symbol?: string) => (symbol === undefined || symbol === bot!.symbol ? orders : []);
  const binance = {
    orders: (account: unknown, symbol?: string) => (account === bot!.account ? has(symbol) : []),
  } as unknown as ChaosVenue;
  const kraken = { orders: () => [] } as unknown as ChaosVenue;
  return openAudit((() => Promise.resolve(doubled)) as unknown as postgres.Sql, {
    world,
    venues: { binance, kraken },
  });
}

describe('the audit of what must hold at any time', () => {
  it('lets a bot offer all that it holds, in parts', async () => {
    const audit = auditOf([
      order({ side: 'BUY', quantity: '1', filled: '1' }),
      order({ side: 'SELL', quantity: '0.5' }),
      order({ side: 'SELL', quantity: '0.5', filled: '0.1' }),
    ]);
    expect(await audit.always()).toEqual({ duplicates: [], oversold: [] });
  });

  it('finds two exits that could both fill', async () => {
    const audit = auditOf([
      order({ side: 'BUY', quantity: '1', filled: '1' }),
      order({ side: 'SELL', quantity: '1', id: 'stop' }),
      order({ side: 'SELL', quantity: '0.4', id: 'exit' }),
    ]);
    const { oversold } = await audit.always();
    expect(oversold).toEqual([
      `bot ${bot!.account.apiKey} ${bot!.symbol} holds 1 and sells 1.4 (stop, exit)`,
    ]);
  });

  it('finds two orders that work in one slot', async () => {
    const audit = auditOf(
      [order({ side: 'BUY', quantity: '1', id: 'one' }), order({ side: 'BUY', quantity: '1', id: 'other' })],
      [{ bot: 'grid', slot: 'g1:2', ids: 'one, other' }],
    );
    expect((await audit.always()).duplicates).toEqual([
      'bot grid has several orders working in slot g1:2 (one, other)',
    ]);
  });

  it('finds a client order id that was taken twice', async () => {
    const audit = auditOf([
      order({ side: 'BUY', quantity: '1', filled: '1', id: 'same' }),
      order({ side: 'BUY', quantity: '1', filled: '1', id: 'same' }),
    ]);
    const { duplicates } = await audit.always();
    expect(duplicates).toEqual([`${bot!.account.apiKey}: same was placed 2 times`]);
  });
});
