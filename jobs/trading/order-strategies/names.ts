/** The names of the strategies that keep orders instead of acting on candles. */
export const ORDER_STRATEGY_NAMES: readonly string[] = ['GRID', 'DCA'];

/** Returns whether a strategy of that name keeps orders. */
export function keepsOrders(strategy: string | undefined): boolean {
  return strategy !== undefined && ORDER_STRATEGY_NAMES.includes(strategy);
}
