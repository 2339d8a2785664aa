/** The strategy that holds several assets at target weights: it decides once for all of them. */
export const REBALANCE = 'REBALANCE';
