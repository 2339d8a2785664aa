import { strategies } from '../../db/schema/bots.ts';
import { paramsSchema, type RebalanceParams } from '../../jobs/trading/rebalance/params.ts';
import { makeBasket, type TestBasket } from './basket.ts';
import type { Engine } from './engine.ts';

type Given = Omit<TestBasket, 'maxOpen' | 'strategy' | 'parameters'> & { params: Partial<RebalanceParams> };

/** Stores a running basket at target weights, as `makeBasket`. */
export async function makeRebalanced(
  engine: Pick<Engine, 'deps' | 'clock'>,
  { params, ...basket }: Given,
): ReturnType<typeof makeBasket> {
  const strategy = 'REBALANCE';
  await engine.deps.db.insert(strategies).values({ name: strategy, description: '' }).onConflictDoNothing();
  const parameters = paramsSchema.parse(params);
  return makeBasket(engine, { ...basket, strategy, parameters, maxOpen: basket.symbols.length });
}
