/** An optimisation that cannot be done; the message says why, for its owner. Trying again changes nothing. */
export class OptimizationFault extends Error {}
